/** Writes the directory of a Flume file channel on a fake disk, record by record, so that tests need no JVM. Encodes by itself, apart from the readers. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { FakeDisk } from './disk.ts'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

const fixed32 = (field: number, value: number): Buffer => {
  const bytes = Buffer.alloc(5, field * 8 + 5)
  bytes.writeInt32LE(value, 1)
  return bytes
}

const fixed64 = (field: number, value: number): Buffer => {
  const bytes = Buffer.alloc(9, field * 8 + 1)
  bytes.writeBigInt64LE(BigInt(value), 1)
  return bytes
}

const delimited = (bytes: Uint8Array): Buffer => Buffer.concat([varint(bytes.length), bytes])
const inside = (field: number, bytes: Uint8Array): Buffer => Buffer.concat([varint(field * 8 + 2), delimited(bytes)])

const longs = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [i, value] of values.entries()) bytes.writeBigInt64BE(BigInt(value), 8 * i)
  return bytes
}

export interface GivenMeta {
  readonly position?: number
  readonly writeOrderId?: number
  readonly backup?: { readonly position: number; readonly writeOrderId: number }
  readonly keyAlias?: string
  readonly version?: number
}

/** A pointer to an event as Flume writes it. */
export const flumePointer = (fileId: number, position: number): number => fileId * 2 ** 32 + position

export interface GivenCheckpoint {
  readonly folder?: string
  readonly writeOrderId: number
  readonly queue?: readonly number[]
  readonly head?: number
  readonly capacity?: number
  readonly openPuts?: Readonly<Record<number, readonly number[]>>
  readonly openTakes?: Readonly<Record<number, readonly number[]>>
  readonly incomplete?: boolean
}

/** One log file. Every record returns where it stands. */
export class FlumeLogWriter {
  readonly #id: number
  readonly #parts: Buffer[] = []
  #size = 0
  #nextOrder: () => number

  constructor(id: number, nextOrder: () => number) {
    this.#id = id
    this.#nextOrder = nextOrder
  }

  /** Returns the pointer. */
  put(transaction: number, body: string, headers: Readonly<Record<string, string>> = {}): number {
    const entries = Object.entries(headers).map(([name, value]) =>
      inside(1, Buffer.concat([inside(1, Buffer.from(name)), inside(2, Buffer.from(value))])),
    )
    const event = Buffer.concat([...entries, inside(2, Buffer.from(body))])
    return this.#record(1, transaction, Buffer.concat([inside(1, event), fixed64(2, crc32(body))]))
  }

  take(transaction: number, pointer: number): void {
    const [id, position] = [Math.floor(pointer / 2 ** 32), pointer % 2 ** 32]
    this.#record(2, transaction, Buffer.concat([fixed32(1, id), fixed32(2, position)]))
  }

  rollback(transaction: number): void {
    this.#record(3, transaction, Buffer.alloc(0))
  }

  commit(transaction: number, kind: 'puts' | 'takes' = 'puts'): void {
    this.#record(4, transaction, fixed32(1, kind === 'puts' ? 1 : 2))
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(Buffer.from(bytes))
    this.#size += bytes.length
  }

  get size(): number {
    return this.#size
  }

  /** With the filling that Flume writes ahead. */
  bytes(filling = 1000): Buffer {
    return Buffer.concat([...this.#parts, Buffer.alloc(filling, 0x80)])
  }

  #record(type: number, transaction: number, body: Buffer): number {
    const head = Buffer.concat([fixed32(1, type), fixed64(2, transaction), fixed64(3, this.#nextOrder())])
    const payload = Buffer.concat([delimited(head), delimited(body), delimited(Buffer.alloc(0))])
    const frame = Buffer.alloc(5, 0x7f)
    frame.writeInt32BE(payload.length, 1)
    const at = this.#size
    this.raw(Buffer.concat([frame, payload]))
    return flumePointer(this.#id, at)
  }
}

export class FlumeChannelWriter {
  readonly #disk: Pick<FakeDisk, 'plant'>
  order = 1000

  constructor(disk: Pick<FakeDisk, 'plant'>) {
    this.#disk = disk
  }

  log(id: number): FlumeLogWriter {
    return new FlumeLogWriter(id, () => this.order++)
  }

  /** Writes the log file and its meta file. */
  store(folder: string, id: number, log: FlumeLogWriter, meta: GivenMeta | null = {}): void {
    this.#disk.plant(`${folder}/log-${id}`, log.bytes())
    if (meta !== null) this.#disk.plant(`${folder}/log-${id}.meta`, this.meta(id, meta))
  }

  meta(id: number, given: GivenMeta): Buffer {
    const { position = 0, writeOrderId = 0, backup, keyAlias, version = 3 } = given
    const parts = [fixed32(1, version), fixed32(2, id), fixed64(3, position), fixed64(4, writeOrderId)]
    if (keyAlias !== undefined)
      parts.push(inside(5, Buffer.concat([inside(1, Buffer.from('AES')), inside(2, Buffer.from(keyAlias))])))
    parts.push(fixed64(6, backup?.position ?? 0), fixed64(7, backup?.writeOrderId ?? 0))
    return delimited(Buffer.concat(parts))
  }

  checkpoint(given: GivenCheckpoint): void {
    const { folder = '/checkpoint', writeOrderId, queue = [], head = 0, capacity = 16, incomplete = false } = given
    const slots = Array.from({ length: capacity }, () => 0)
    for (const [i, pointer] of queue.entries()) slots[(head + i) % capacity] = pointer
    const header = Array.from({ length: 1029 }, () => 0)
    header[0] = 3
    header[1] = writeOrderId
    header[4] = incomplete ? 1 : 0
    this.#disk.plant(`${folder}/checkpoint`, longs(...header, ...slots))
    const meta = [fixed32(1, 3), fixed64(2, writeOrderId), fixed32(3, queue.length), fixed32(4, head)]
    this.#disk.plant(`${folder}/checkpoint.meta`, delimited(Buffer.concat(meta)))
    this.#disk.plant(`${folder}/inflightputs`, this.#inflight(given.openPuts ?? {}))
    this.#disk.plant(`${folder}/inflighttakes`, this.#inflight(given.openTakes ?? {}))
  }

  #inflight(open: Readonly<Record<number, readonly number[]>>): Buffer {
    const entries = Object.entries(open)
    if (entries.length === 0) return Buffer.alloc(0)
    const data = entries.flatMap(([id, pointers]) => [Number(id), pointers.length, ...pointers])
    const rest = Buffer.concat([longs(...data), Buffer.alloc(16)])
    return Buffer.concat([createHash('md5').update(rest).digest(), rest])
  }
}
