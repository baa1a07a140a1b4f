/**
 * Flume's checkpoint: the queue as it stood at one write order, and the transactions that were open then. It is used where it is whole, whatever capacity
 * it was made for; where it is not, the log files alone tell everything that they still hold.
 */
import { join } from 'node:path'
import { crypto } from '../../../src/base/builtins.ts'
import { systemCode } from '../../../src/base/faults.ts'
import type { Disk } from '../../../src/io/disk.ts'
import { readWhole } from '../../../src/io/read-whole.ts'
import { type CheckpointMeta, type Pointer, pointerOf, readCheckpointMeta } from './messages.ts'
import { Pointers } from './pointers.ts'
import { Malformed } from './wire.ts'

/** Pointers by transaction. */
export type OpenTransactions = ReadonlyMap<number, readonly Pointer[]>

export interface Checkpoint {
  readonly folder: string
  /** Everything up to this is in it. */
  readonly writeOrderId: number
  /** Events that were committed and not taken, in order. */
  readonly queue: Pointers
  readonly openPuts: OpenTransactions
  readonly openTakes: OpenTransactions
}

/** The names of the files in a checkpoint folder that are Flume's. */
export const checkpointNames = [
  'checkpoint',
  'checkpoint.snappy',
  'checkpoint.meta',
  'inflightputs',
  'inflighttakes',
  'queueset',
  'backupComplete',
] as const

const longBytes = 8
/** Numbers in front of the slots, of which three are in use. */
const headerLongs = 1029
const longs = { version: 0, writeOrderId: 1, incomplete: 4 } as const
const version = 3
const digestBytes = 16
const pieceBytes = 1024 * 1024

const pointerAt = (bytes: Buffer, at: number): Pointer => pointerOf(bytes.readInt32BE(at), bytes.readInt32BE(at + 4))

const numberAt = (bytes: Buffer, at: number): number => {
  const value = bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
  if (!Number.isSafeInteger(value) || value < 0) throw new Malformed('a number is out of bounds')
  return value
}

const wanted = (disk: Disk, path: string): Buffer => {
  const file = readWhole(disk, path)
  if (file === undefined) throw new Malformed(`${path} is missing`)
  return file
}

/** An MD5 of the rest; for each transaction its id, a count and so many pointers; then 16 zeros. An empty file says that there is none. */
const readInflight = (file: Buffer): OpenTransactions => {
  const found = new Map<number, readonly Pointer[]>()
  if (file.length === 0) return found
  const rest = file.subarray(digestBytes)
  if (
    file.length < 2 * digestBytes ||
    !crypto().createHash('md5').update(rest).digest().equals(file.subarray(0, digestBytes))
  )
    throw new Malformed('the open transactions do not fit their checksum')
  const end = rest.length - digestBytes
  for (let at = 0; at < end;) {
    if (at + 2 * longBytes > end) throw new Malformed('a transaction is cut off')
    const [id, count] = [numberAt(rest, at), numberAt(rest, at + longBytes)]
    at += 2 * longBytes
    if (count > (end - at) / longBytes) throw new Malformed('a transaction is cut off')
    const from = at
    found.set(
      id,
      Array.from({ length: count }, (_, i) => pointerAt(rest, from + i * longBytes)),
    )
    at += count * longBytes
  }
  return found
}

class Slots implements Disposable {
  readonly #disk: Disk
  readonly #fd: number
  readonly capacity: number
  readonly #header: Buffer

  constructor(disk: Disk, path: string) {
    this.#disk = disk
    this.#fd = disk.open(path, 'r')
    const longsInFile = Math.floor(disk.fstat(this.#fd).size / longBytes)
    this.capacity = Math.max(0, longsInFile - headerLongs)
    this.#header = this.#read(0, Math.min(longsInFile, headerLongs) * longBytes)
  }

  /** Throws Malformed unless it is complete and belongs to `meta`. */
  check({ writeOrderId, queueSize, queueHead }: CheckpointMeta): void {
    if (this.capacity === 0) throw new Malformed('the checkpoint is cut off')
    const long = (index: number): number => numberAt(this.#header, index * longBytes)
    if (long(longs.version) !== version) throw new Malformed(`the checkpoint is of version ${long(longs.version)}`)
    if (long(longs.incomplete) !== 0) throw new Malformed('the checkpoint was being written')
    if (long(longs.writeOrderId) !== writeOrderId) throw new Malformed('the checkpoint and its meta file differ')
    const isWithin = queueSize >= 0 && queueHead >= 0 && queueSize <= this.capacity && queueHead < this.capacity
    if (!isWithin) throw new Malformed('the queue is larger than the checkpoint')
  }

  /** A ring that begins at `head`. */
  queue(head: number, size: number): Pointers {
    const queue = new Pointers(size)
    const beforeEnd = Math.min(size, this.capacity - head)
    this.#addTo(queue, head, beforeEnd)
    this.#addTo(queue, 0, size - beforeEnd)
    return queue
  }

  [Symbol.dispose](): void {
    this.#disk.close(this.#fd)
  }

  #addTo(queue: Pointers, first: number, count: number): void {
    for (let done = 0; done < count;) {
      const bytes = this.#read(
        (headerLongs + first + done) * longBytes,
        Math.min(pieceBytes, (count - done) * longBytes),
      )
      for (let at = 0; at < bytes.length; at += longBytes) queue.add(pointerAt(bytes, at))
      done += bytes.length / longBytes
    }
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    let got = 0
    for (let n = 1; got < length && n > 0; got += n)
      n = this.#disk.read(this.#fd, bytes, got, length - got, position + got)
    if (got < length) throw new Malformed('the checkpoint is cut off')
    return bytes
  }
}

const read = (disk: Disk, folder: string): Checkpoint => {
  const meta = readCheckpointMeta(wanted(disk, join(folder, 'checkpoint.meta')))
  if (meta.version !== version) throw new Malformed(`checkpoint.meta is of version ${meta.version}`)
  using slots = new Slots(disk, join(folder, 'checkpoint'))
  slots.check(meta)
  return {
    folder,
    writeOrderId: meta.writeOrderId,
    queue: slots.queue(meta.queueHead, meta.queueSize),
    openPuts: readInflight(wanted(disk, join(folder, 'inflightputs'))),
    openTakes: readInflight(wanted(disk, join(folder, 'inflighttakes'))),
  }
}

/** The checkpoint in a folder, or a text that says why it cannot be used. */
export const readCheckpoint = (disk: Disk, folder: string): Checkpoint | string => {
  try {
    return read(disk, folder)
  } catch (thrown) {
    if (thrown instanceof Malformed) return thrown.message
    if (systemCode(thrown) === undefined) throw thrown
    return systemCode(thrown) === 'ENOENT' ? 'there is no checkpoint' : String(thrown)
  }
}

/** The checkpoint, or else the backup of it that was completed; a text says why there is none. */
export const usableCheckpoint = (disk: Disk, folder: string, backupFolder: string | undefined): Checkpoint | string => {
  const found = readCheckpoint(disk, folder)
  if (typeof found !== 'string' || backupFolder === undefined) return found
  if (disk.stat(join(backupFolder, 'backupComplete')) === undefined) return found
  const backup = readCheckpoint(disk, backupFolder)
  return typeof backup === 'string' ? found : backup
}
