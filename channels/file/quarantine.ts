/**
 * What cannot be read is put aside and counted, and the channel goes on: a damaged record costs that record. The bytes are kept beside the data file, so
 * that a person may look at them.
 */
import { dirname, join } from 'node:path'
import type { Log } from '../../src/base/log.ts'
import { systemCode } from '../../src/base/faults.ts'
import type { LostEvents } from '../../src/flow/channel.ts'
import type { Disk } from '../../src/io/disk.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { writeWhole } from '../../src/io/write-whole.ts'
import type { DataFile } from './data-file.ts'

const asideEnding = '.damaged'

/** More of one damaged place is not copied. */
const copiedBytesMax = 64 * 1024 * 1024

/** What bytes behind the last record of the newest file are, after a crash. */
export const tailWords =
  'probably a put that was cut off and never acknowledged, though damage to what was acknowledged last looks the same'

export class Quarantine {
  readonly #disk: Disk
  readonly #log: Log
  #lost = 0
  readonly #keptIn = new Set<string>()

  constructor(disk: Disk, log: Log) {
    this.#disk = disk
    this.#log = log
  }

  /** Events that were put and can never be taken. */
  get lost(): LostEvents {
    return { events: this.#lost, keptIn: [...this.#keptIn] }
  }

  /** So many events are lost; what is left of them is in `path`, if anywhere. */
  count(events: number, path?: string): void {
    this.#lost += events
    if (path !== undefined) this.#keptIn.add(join(dirname(path), `*${asideEnding}`))
  }

  /** Bytes at the end of the newest file that are no record, found at a start. */
  tail(file: DataFile, position: number, length: number): void {
    this.#log.warn(
      `Data file ${file.path} has ${length} bytes at ${position} that are no whole record: ${tailWords}; they stay there until the file’s events are taken.`,
    )
  }

  /** A file with neither a whole header nor a whole record. */
  file(path: string, wasBeingMade: boolean): void {
    const aside = this.#asideOf(path)
    if (wasBeingMade)
      this.#log.info(`Data file ${path} was being made when the process ended; it is put aside as ${aside}.`)
    else {
      this.#log.error(`Data file ${path} has no whole header; it is put aside as ${aside}, and its events are lost.`)
      // How many they were comes out when they are to be taken.
      this.count(0, aside)
    }
    this.#disk.rename(path, aside)
  }

  /** Events `from` to `to - 1` cannot be read; `length` bytes at `position` are damaged; 0 where nothing is there. */
  events(file: DataFile, position: number, length: number, from: number, to: number): void {
    const aside = length > 0 ? this.#copy(file, position, Math.min(length, copiedBytesMax)) : undefined
    this.count(to - from, aside)
    const kept = aside === undefined ? '' : ` The bytes are kept in ${aside}.`
    const dead = file.reads.deadBytes(position, length)
    const unread = dead > 0 ? `, where the disk cannot read ${dead} bytes` : ''
    this.#log.error(`Data file ${file.path} is damaged at ${position}${unread}: ${to - from} events are lost.${kept}`)
  }

  /** Events `from` to `to - 1` are in no data file; `what` should have them, as far as that is known. */
  missing(from: number, to: number, what?: string): void {
    this.count(to - from)
    if (what === undefined) this.#log.error(`${to - from} events that were held are in no data file; they are lost.`)
    else this.#log.error(`${what}: ${to - from} events that were held, ordinals ${from} to ${to - 1}, are lost.`)
  }

  /** Undefined where the disk takes no copy. */
  #copy(file: DataFile, position: number, length: number): string | undefined {
    try {
      const bytes = file.read(position, length)
      const path = this.#asideOf(`${file.path}.${position}`, bytes)
      if (this.#disk.stat(path) === undefined) this.#write(path, bytes)
      return path
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      return undefined
    }
  }

  /** A name that is free: numbers of data files come again, and what is kept is never written over. One that has these very bytes already is as good. */
  #asideOf(of: string, bytes?: Buffer): string {
    for (let i = 1; ; i++) {
      const path = `${of}${i > 1 ? `-${i}` : ''}${asideEnding}`
      const found = this.#disk.stat(path)
      if (found === undefined) return path
      const isSame = found.size === bytes?.length && readWhole(this.#disk, path)?.equals(bytes)
      if (isSame === true) return path
    }
  }

  #write(path: string, bytes: Buffer): void {
    const fd = this.#disk.open(path, 'wx')
    try {
      writeWhole(this.#disk, fd, bytes, 0)
    } catch (thrown) {
      this.#dropPart(path)
      throw thrown
    } finally {
      this.#disk.close(fd)
    }
  }

  /** Half a copy is no use, and takes room on a disk that has none. */
  #dropPart(path: string): void {
    try {
      this.#disk.remove(path)
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      this.#log.warn(`${path} is only a part of what was damaged, and cannot be removed: ${String(thrown)}.`)
    }
  }
}
