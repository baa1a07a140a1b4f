/**
 * Whether the indexes of aborted transactions are true of the log: nothing else says that a file of them is gone or that an entry was altered, and readers of
 * committed data would get what was aborted. So a note of our own, in the partition's folder, has the number of entries and their checksum for each segment;
 * what is not in it is compared with the markers in the log. Both happen once, when an index is first used.
 */
import { join } from 'node:path'
import { reasonOf } from '../../base/faults.ts'
import { formatNumbers, parseNumbers } from './checkpoints.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { LogHome } from './log-home.ts'
import { indexAborted, markersHold } from './producer-history.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { readWhole, replaceWhole } from './whole-file.ts'

/** In the form of the checkpoints; on each line a segment's base offset and bytes, how many entries its index had by then, and their CRC-32C. */
export const abortedNoteFile = 'txnindex-checkpoint'

type Note = readonly [base: number, bytes: number, count: number, crc: number]

const nothing: Note = [0, 0, 0, 0]

export class AbortedCare {
  readonly #home: LogHome
  readonly #segments: SegmentList
  readonly #snapshots: ProducerSnapshots
  /** By base offset; undefined until first asked for. */
  #notes: Map<number, Note> | undefined
  /** What the file says may not be all. */
  #isDue = false
  /** Nothing is appended any more. */
  #isOver = false

  constructor(home: LogHome, segments: SegmentList, snapshots: ProducerSnapshots) {
    this.#home = home
    this.#segments = segments
    this.#snapshots = snapshots
  }

  /** Makes sure that a segment knows its aborted transactions: an index that is not true of the log is made anew. Throws system errors. */
  mend(segment: Segment): void {
    const { aborted } = segment
    if (aborted.isChecked) return
    if (!this.#holds(segment)) {
      indexAborted(segment, this.#segments, this.#snapshots)
      this.#home.log.warn(`${aborted.file.path} was lost or damaged; it was made again from the log.`)
      this.#isDue = true
    }
    aborted.isChecked = true
  }

  /** A segment was closed. */
  closed({ aborted }: Segment): void {
    if (aborted.isChecked && aborted.count > 0) this.#isDue = true
  }

  /** Nothing is appended any more: all that is known is to be noted. Throws system errors. */
  end(): void {
    this.#isOver = true
    for (const segment of this.#segments.all()) this.closed(segment)
  }

  /** The segments from this offset up to another were cut or replaced: what was noted of them says nothing. Throws system errors. */
  forget(from: number, upTo = Infinity): void {
    for (const base of Array.from(this.#known().keys()))
      if (base >= from && base < upTo) this.#isDue = this.#known().delete(base)
  }

  /** Writes the note, if it has changed, once the indexes are on disk. Without it they are compared with the log. */
  async sync(): Promise<void> {
    if (!this.#isDue) return
    this.#isDue = false
    const { files, log, name } = this.#home
    try {
      const notes = this.#segments.all().flatMap((segment) => this.#noteOf(segment) ?? [])
      this.#notes = new Map(notes.map((note) => [note[0], note]))
      await files.sync(() => replaceWhole(files.disk, this.#path, formatNumbers(notes)))
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#isDue = true
      log.debug(`${name}: ${String(thrown)}`)
    }
  }

  /** The active segment's index is not known to be on disk, so of it only what was noted before. */
  #noteOf({ baseOffset, size, aborted }: Segment): Note[] | undefined {
    const isFinal = this.#isOver || baseOffset !== this.#segments.active.baseOffset
    const isWritten = isFinal && aborted.isChecked && aborted.unwrittenOffset === Infinity
    const known = this.#known().get(baseOffset)
    if (!isWritten) return known && [known]
    return aborted.count === 0 ? undefined : [[baseOffset, size, aborted.count, aborted.checksum(aborted.count)]]
  }

  #holds(segment: Segment): boolean {
    const { aborted, size } = segment.load()
    const known = this.#known().get(segment.baseOffset) ?? nothing
    // another segment has its name: compacted, or begun anew after a crash
    const [, , count, crc] = known[1] <= size ? known : nothing
    if (aborted.isDamaged || aborted.count < count || aborted.checksum(count) !== crc) return false
    return markersHold(segment, aborted.entries(count))
  }

  #known(): Map<number, Note> {
    return (this.#notes ??= this.#read())
  }

  #read(): Map<number, Note> {
    const text = this.#text()
    const notes = text === '' ? [] : parseNumbers(text, 4)
    if (notes === undefined) {
      this.#home.log.warn(`${this.#path} is damaged; it will be made anew.`)
      this.#isDue = true
    }
    return new Map((notes ?? []).map(([base = 0, bytes = 0, count = 0, crc = 0]) => [base, [base, bytes, count, crc]]))
  }

  #text(): string {
    try {
      return readWhole(this.#home.files.disk, this.#path)?.toString() ?? ''
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#home.log.warn(`${this.#path} cannot be read; it will be made anew.`, { reason: reasonOf(thrown) })
      return ''
    }
  }

  get #path(): string {
    return join(this.#home.folder, abortedNoteFile)
  }
}
