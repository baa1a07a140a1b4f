/**
 * The copy of a partition that is made in another log folder while the partition is used: its records first, again and again what was added meanwhile,
 * and when the log is closed the little that is left, with all other files. Copied segments may have been compacted or deleted in between.
 */
import { join } from 'node:path'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { segmentFileName } from './file-names.ts'
import type { LogState } from './log-state.ts'
import type { PartitionLog } from './partition-log.ts'
import type { Segment } from './segment.ts'
import { readWhole, syncFile, syncFolder, writeWhole } from './whole-file.ts'

/** Copied in one go, before others have their turn. */
const pieceBytes = 1_048_576
/** What may be left for the moment in which nobody can use the partition. */
const restBytes = 4 * 1_048_576
/** A partition that is written faster than it is copied is closed all the same. */
const passesMax = 50
/** What is on its way out, or not finished. */
const transient = /\.(deleted|cleaned|swap|tmp)$/

export class PartitionCopy {
  readonly path: string
  readonly #log: PartitionLog
  readonly #disk: Disk
  readonly #clock: Clock
  /** How much of the records is there, by the base offset of the segment: compaction may put another in its place. */
  readonly #copied = new Map<number, { readonly segment: Segment; readonly bytes: number }>()
  #segments: readonly Segment[] = []
  #isCancelled = false

  constructor(log: PartitionLog, path: string, disk: Disk, clock: Clock) {
    this.#log = log
    this.path = path
    this.#disk = disk
    this.#clock = clock
  }

  /** Ends `begin`, which then rejects. */
  cancel(): void {
    this.#isCancelled = true
  }

  get sizeInBytes(): number {
    return Array.from(this.#copied.values()).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Copies until little is left. Rejects with system errors, and with the KafkaFault of a log that is gone. */
  async begin(): Promise<void> {
    // not in the turn of who asked for it
    await this.#clock.sleep(0)
    if (this.#isCancelled) throw new Error('it was called off')
    this.#disk.makeFolder(this.path)
    for (let pass = 0; pass < passesMax && this.#missing() > restBytes; pass++)
      for (const segment of this.#segments) await this.#copySlowly(segment)
  }

  /** The log was closed: copies the rest. Resolves when the copy is whole and on disk. Rejects with system errors. */
  async finish(segments: readonly Segment[]): Promise<void> {
    const kept = new Set(segments)
    for (const { segment } of Array.from(this.#copied.values())) if (!kept.has(segment)) this.#drop(segment)
    for (const segment of segments) while (this.#copyPiece(segment)) continue
    for (const name of this.#disk.list(this.#log.folder))
      if (!name.endsWith('.log') && !transient.test(name)) this.#copyWhole(name)
    for (const name of this.#disk.list(this.path)) await syncFile(this.#disk, join(this.path, name))
    await syncFolder(this.#disk, this.path)
  }

  #missing(): number {
    this.#segments = this.#log.compacting((state: LogState) => Array.from(state.segments.all()))
    return this.#segments.reduce((sum, segment) => sum + segment.load().size - this.#bytesOf(segment), 0)
  }

  async #copySlowly(segment: Segment): Promise<void> {
    while (this.#log.compacting(({ segments }) => segments.all().includes(segment)) && this.#copyPiece(segment)) {
      await this.#clock.sleep(1)
      if (this.#isCancelled) throw new Error('it was called off')
    }
  }

  /** Whether anything was left to copy. */
  #copyPiece(segment: Segment): boolean {
    const done = this.#bytesOf(segment)
    const length = Math.min(pieceBytes, segment.size - done)
    const path = this.#pathOf(segment)
    if (length <= 0 && (done > 0 || this.#disk.stat(path) !== undefined)) return false
    if (length <= 0 && !segment.log.exists()) return false
    const fd = this.#disk.open(path, done === 0 ? 'w' : 'r+')
    try {
      const piece = Buffer.allocUnsafe(Math.max(0, length))
      const got = segment.log.read(piece, 0, piece.length, done)
      for (let at = 0; at < got;) at += this.#disk.write(fd, piece, at, got - at, done + at)
      this.#copied.set(segment.baseOffset, { segment, bytes: done + got })
      return got > 0
    } finally {
      this.#disk.close(fd)
    }
  }

  #copyWhole(name: string): void {
    const content = readWhole(this.#disk, join(this.#log.folder, name))
    if (content !== undefined) writeWhole(this.#disk, join(this.path, name), content)
  }

  /** How much of this segment is there; nothing where the copy is of one that it has replaced. */
  #bytesOf(segment: Segment): number {
    const copied = this.#copied.get(segment.baseOffset)
    return copied?.segment === segment ? copied.bytes : 0
  }

  #drop(segment: Segment): void {
    this.#copied.delete(segment.baseOffset)
    this.#disk.remove(this.#pathOf(segment))
  }

  #pathOf({ baseOffset }: Segment): string {
    return join(this.path, segmentFileName(baseOffset, '.log'))
  }
}
