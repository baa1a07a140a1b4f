/**
 * Which leader epoch began at which offset: the file `leader-epoch-checkpoint` of a partition. Alone, a broker leads for ever in the epoch it
 * finds; followers and clients that lost their place ask for the end of an epoch.
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { formatPairs, parsePairs } from './checkpoints.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { readWhole, replaceQuickly } from './whole-file.ts'

export const leaderEpochFile = 'leader-epoch-checkpoint'

export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

/** Nothing when the file is missing or cannot be read. */
const textOf = (disk: Disk, path: string): string => {
  try {
    return readWhole(disk, path)?.toString() ?? ''
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    return ''
  }
}

export class LeaderEpochs {
  readonly path: string
  #disk: Disk
  #starts: EpochStart[]

  constructor(disk: Disk, folder: string) {
    this.#disk = disk
    this.path = join(folder, leaderEpochFile)
    const pairs = parsePairs(textOf(disk, this.path)) ?? []
    this.#starts = pairs.map(([epoch, startOffset]) => ({ epoch, startOffset }))
  }

  /** Nothing is known of the log; what its batches say is to be found out (lost-epochs.ts). */
  get isEmpty(): boolean {
    return this.#starts.length === 0
  }

  /** Goes on with epochs that were found out, even where the disk does not take them. */
  restore(starts: readonly EpochStart[]): void {
    this.#starts = [...starts]
    try {
      this.#write(this.#starts)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  /** The epoch of the newest entry; 0 in a log that has none. */
  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? 0
  }

  /** The epoch in which the record at this offset was written, or will be; the newest in a log that has no entry for it. */
  at(offset: number): number {
    return this.#starts.findLast((start) => start.startOffset <= offset)?.epoch ?? this.latest
  }

  /** Notes that records of `epoch` begin at `offset`, unless that is known. */
  note(epoch: number, offset: number): void {
    const last = this.#starts.at(-1)
    if (epoch < 0 || (last !== undefined && last.epoch >= epoch)) return
    this.#write([...this.#starts, { epoch, startOffset: offset }])
  }

  /** Forgets what began behind the end of the log; the epoch that goes on there stays, or an empty log would fall back to an older one. */
  truncateTo(endOffset: number): void {
    const kept = this.#starts.filter((start) => start.startOffset <= endOffset)
    if (kept.length === this.#starts.length) return
    this.#write(kept)
  }

  /** The log begins here now: epochs that ended before are forgotten. Throws system errors. */
  startAt(offset: number): void {
    const next = this.#starts.findIndex((start) => start.startOffset > offset)
    const first = (next === -1 ? this.#starts.length : next) - 1
    const current = this.#starts[first]
    if (current === undefined || (first === 0 && current.startOffset === offset)) return
    this.#write([{ epoch: current.epoch, startOffset: offset }, ...this.#starts.slice(first + 1)])
  }

  /** The greatest epoch up to `epoch`, and the offset at which it ended; undefined for an epoch that is yet to come. */
  endOf(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } | undefined {
    if (epoch < 0 || epoch > this.latest) return undefined
    const next = this.#starts.findIndex((start) => start.epoch > epoch)
    const found = this.#starts[(next === -1 ? this.#starts.length : next) - 1]
    return { epoch: found?.epoch ?? epoch, endOffset: this.#starts[next]?.startOffset ?? logEndOffset }
  }

  /** Recovery finds the epochs again in the batches, so the file is not synced. */
  #write(starts: EpochStart[]): void {
    replaceQuickly(this.#disk, this.path, formatPairs(starts.map((start) => [start.epoch, start.startOffset])))
    this.#starts = starts
  }
}
