/** The snapshots of producer state in one partition's folder: one for each segment that still exists, as of its beginning, and the newest. */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { segmentFileName } from './file-names.ts'
import { decodeSnapshot, encodeSnapshot } from './producer-snapshot.ts'
import { ProducerState } from './producer-state.ts'
import { readWhole, replaceQuickly } from './whole-file.ts'

export interface Snapshot {
  readonly offset: number
  readonly state: ProducerState
}

export class ProducerSnapshots {
  readonly #disk: Disk
  readonly #folder: string
  /** Ascending. */
  #offsets: number[]

  constructor(disk: Disk, folder: string, offsets: readonly number[]) {
    this.#disk = disk
    this.#folder = folder
    this.#offsets = [...offsets]
  }

  get newest(): number | undefined {
    return this.#offsets.at(-1)
  }

  /** The newest whole snapshot up to `limit`, or an empty state as of `start`; one before that is of no use. */
  read(limit: number, start: number): Snapshot {
    for (const offset of this.#offsets.filter((o) => o <= limit && o >= start).toReversed()) {
      const bytes = readWhole(this.#disk, this.#path(offset))
      const state = bytes === undefined ? undefined : decodeSnapshot(bytes)
      if (state !== undefined) return { offset, state }
    }
    return { offset: start, state: new ProducerState() }
  }

  /** Writes the state as of `offset`, and removes older snapshots that no segment begins with. A torn one is known by its checksum, so it is not synced. */
  take(offset: number, state: ProducerState, bases: readonly number[]): void {
    replaceQuickly(this.#disk, this.#path(offset), encodeSnapshot(state))
    this.#offsets.push(offset)
    const kept = new Set([...bases, offset])
    this.#remove((other) => !kept.has(other))
  }

  /** Removes those of offsets that the log does not have any more. */
  removeAbove(offset: number): void {
    this.#remove((other) => other > offset)
  }

  /** Removes those of offsets before this one. Throws system errors. */
  removeBefore(offset: number): void {
    this.#remove((other) => other < offset)
  }

  /** The file of this one was removed. */
  forget(offset: number): void {
    this.#offsets = this.#offsets.filter((other) => other !== offset)
  }

  #remove(isStale: (offset: number) => boolean): void {
    for (const offset of this.#offsets.filter(isStale)) this.#disk.unlink(this.#path(offset))
    this.#offsets = this.#offsets.filter((offset) => !isStale(offset))
  }

  #path(offset: number): string {
    return join(this.#folder, segmentFileName(offset, '.snapshot'))
  }
}
