/**
 * What a partition has on disk, and what must be known of it: segments, end, recovery point, producers, leader epochs. Opening after a clean stop
 * reads none of the files: the end is taken from the checkpoint, and verified when the log is first used.
 */
import type { BatchHeader } from '../../protocol/record-batch.ts'
import { AbortedCare } from './aborted-care.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { emptyInventory, takeInventory } from './inventory.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { LogHome } from './log-home.ts'
import { isStartDoubtful, recordsDropped, startIgnored, type LogStart } from './log-start.ts'
import { openEpochs } from './lost-epochs.ts'
import { markerOf, producersAt } from './producer-history.ts'
import { ProducerSnapshots } from './producer-snapshots.ts'
import type { ProducerState } from './producer-state.ts'
import { endOfClosed, recover } from './recovery.ts'
import { Replacement } from './replacement.ts'
import { SegmentFiles } from './segment-files.ts'
import { SegmentList } from './segment-list.ts'
import { SegmentSyncs } from './segment-syncs.ts'
import type { Segment } from './segment.ts'

export class LogState {
  readonly home: LogHome
  readonly segments: SegmentList
  logStartOffset: number
  logEndOffset: number
  /** Everything before it is on disk. */
  recoveryPoint: number
  /** Everything before it is on disk or being synced. */
  flushedOffset: number
  readonly #snapshots: ProducerSnapshots
  /** What must be done before the segments are used. */
  #pending: (() => void) | undefined
  /** A clean stop noted where the log ends. */
  readonly #isNoted: boolean
  readonly #start: LogStart
  #producers: ProducerState | undefined
  #epochs: LeaderEpochs | undefined
  readonly #files: SegmentFiles
  readonly #syncs: SegmentSyncs
  readonly #replacement: Replacement
  readonly #aborted: AbortedCare

  /** Lists the folder and reads none of its files; `ready` does what is to be done before they are used. Throws system errors. */
  constructor(home: LogHome, start: LogStart) {
    const { bases, snapshots } = start.isNew ? emptyInventory : takeInventory(home)
    const first = bases[0] ?? start.logStartOffset ?? 0
    this.home = home
    this.#snapshots = new ProducerSnapshots(home.files.disk, home.folder, snapshots)
    this.#files = new SegmentFiles(home)
    this.segments = new SegmentList(
      bases.length === 0 ? [this.#files.begin(first)] : bases.map((base) => this.#files.found(base)),
    )
    this.#syncs = new SegmentSyncs(home, this.segments)
    this.#aborted = new AbortedCare(home, this.segments, this.#snapshots)
    const parts = { segments: this.segments, files: this.#files, snapshots: this.#snapshots, syncs: this.#syncs }
    this.#replacement = new Replacement({ ...parts, aborted: this.#aborted })
    this.logStartOffset = Math.max(first, start.logStartOffset ?? 0)
    if (start.isNew) this.#syncs.folderMade()
    const isEmpty = bases.length === 0
    this.logEndOffset = this.recoveryPoint = this.flushedOffset = isEmpty ? first : (start.recoveryPoint ?? first)
    this.#start = start
    this.#isNoted = start.isClean && start.recoveryPoint !== undefined && !isStartDoubtful(start)
    if (!isEmpty)
      this.#pending = start.isClean ? () => this.#verify(start) : () => this.#recover(start.recoveryPoint ?? 0)
  }

  /** Whether only `ready` can tell where the log ends. */
  get isEndUnknown(): boolean {
    return this.#pending !== undefined && !this.#isNoted
  }

  /** To be called before the segments are used. Throws system errors where the disk cannot be read, each time. */
  ready(): void {
    if (this.#pending === undefined) return
    this.#pending()
    this.#pending = undefined
  }

  /** The end that a clean stop noted must be where the last segment ends. */
  #verify({ recoveryPoint }: LogStart): void {
    const end = endOfClosed(this.segments.active)
    if (recoveryPoint === undefined && end !== undefined) this.#endAt(end)
    else if (end !== this.logEndOffset) {
      this.home.log.warn(
        `${this.home.name} does not end at offset ${this.logEndOffset}, as its clean stop noted; the last segment is read again.`,
      )
      this.#recover(this.segments.active.baseOffset)
    }
    if (this.logEndOffset < this.logStartOffset) this.#ignoreStart()
  }

  #ignoreStart(): void {
    this.home.log.warn(startIgnored(this.home.name, this.logStartOffset, this.logEndOffset))
    this.logStartOffset = this.segments.first.baseOffset
  }

  #endAt(offset: number): void {
    this.logEndOffset = this.recoveryPoint = this.flushedOffset = offset
  }

  producers(): ProducerState {
    return (this.#producers ??= producersAt(this.segments, this.#snapshots, this.logEndOffset))
  }

  /** Undefined until somebody asked for them, or a recovery came across them. */
  get knownProducers(): ProducerState | undefined {
    return this.#producers
  }

  /** Forgets producers that wrote last before this time. */
  expireProducers(beforeMs: number): void {
    this.#producers?.expire(beforeMs)
  }

  epochs(): LeaderEpochs {
    return (this.#epochs ??= openEpochs(this.home, this.segments, this.#start.isClean))
  }

  /** Begins another segment if the active one may not take so many bytes that end at `lastOffset`. */
  rollIfDue(bytes: number, lastOffset: number, maxTimestampMs: number, nowMs: number): void {
    if (this.segments.active.mustRoll(bytes, lastOffset, maxTimestampMs, nowMs)) this.roll()
  }

  /** Closes the active segment and begins one at the end of the log. Its files are made by the first write. */
  roll(): void {
    const closed = this.segments.active
    this.#quietly(() => closed.seal())
    closed.isDirty = true
    this.#aborted.closed(closed)
    this.takeSnapshot()
    const begun = this.#files.begin(this.logEndOffset)
    begun.firstOpenAtBase = this.#producers?.firstOpenOffset() ?? -1
    this.segments.push(begun)
  }

  /** Writes stamped batches behind the last one. Throws system errors, and is then as before. */
  append(bytes: Buffer, batches: readonly BatchHeader[]): void {
    // now little or nothing has to be read for it; what is written without producer ids would be, by the first reader that asks
    if (this.#producers === undefined) this.#quietly(() => this.producers())
    const segment = this.segments.active
    const start = segment.size
    let position = start
    segment.write(bytes)
    if (position === 0) this.#syncs.fileMade()
    for (const batch of batches) {
      segment.noteBatch(position, batch)
      if (batch.producerId >= 0) this.#noted(this.producers(), batch, segment, bytes, position - start)
      position += batch.sizeInBytes
      this.logEndOffset = batch.lastOffset + 1
    }
    if (batches.at(-1)?.isControl === true) this.#quietly(() => this.mendAborted(segment))
  }

  /** Takes note of a producer's batch, which stands at `at` in these bytes. */
  #noted(producers: ProducerState, batch: BatchHeader, segment: Segment, bytes: Buffer, at = 0): void {
    const ended = producers.note(batch, batch.isControl ? markerOf(batch, bytes, at) : undefined)
    if (ended?.outcome !== 'abort') return
    this.#quietly(() => segment.noteEnded(ended))
    // the index may be a new file
    this.#syncs.fileMade()
  }

  /** Makes sure that a segment knows its aborted transactions (aborted-care.ts). Throws system errors. */
  mendAborted(segment: Segment): void {
    this.#aborted.mend(segment)
  }

  /** Makes durable what was written before the call, off the thread. */
  async sync(): Promise<void> {
    const upTo = (this.flushedOffset = this.logEndOffset)
    const known = await this.#syncs.sync()
    await this.#aborted.sync()
    this.recoveryPoint = Math.max(this.recoveryPoint, Math.min(upTo, known))
  }

  /** Takes the oldest segments out of the log: their files are put out of sight and removed later. Throws system errors; what went before stays gone. */
  dropOldest(count: number): void {
    for (let left = count; left > 0; left--) {
      const { first } = this.segments
      this.#files.hide(first)
      this.segments.dropFirst()
      this.#snapshots.forget(first.baseOffset)
      this.beginAt(this.segments.first.baseOffset)
    }
  }

  /** Nothing before this offset is to be read any more. */
  beginAt(offset: number): void {
    this.logStartOffset = Math.max(this.logStartOffset, offset)
    this.#quietly(() => this.epochs().startAt(this.logStartOffset))
  }

  /** Makes the file of the active segment, if it has none; gives whether it did. Throws system errors. */
  makeActive(): boolean {
    const { log } = this.segments.active
    if (log.exists()) return false
    log.fdCreating()
    this.#syncs.fileMade()
    return true
  }

  /** Puts other segments in the place of neighbouring closed ones (replacement.ts). Throws system errors; then it is to be finished later. */
  replaceSegments(old: readonly Segment[], place: () => readonly number[]): void {
    this.#replacement.begin(old, place)
  }

  /** Goes on where the disk refused a `replaceSegments`: to be called before segments are read, go or are replaced. Throws system errors. */
  finishSwap(): void {
    this.#replacement.finish()
  }

  /** Removes snapshots from before this offset: compaction takes markers away there, and a transaction that one has for open would never end. Throws system errors. */
  forgetSnapshotsBefore(offset: number): void {
    this.#snapshots.removeBefore(offset)
  }

  /** Writes the producers down as of the end of the log. */
  takeSnapshot(): void {
    const offset = this.logEndOffset
    if (offset === 0 || this.#snapshots.newest === offset) return
    const bases = this.segments.all().map((segment) => segment.baseOffset)
    this.#quietly(() => this.#snapshots.take(offset, this.producers(), bases))
  }

  /** Writes out what only memory holds, for a clean stop. Throws system errors. */
  seal(): void {
    if (this.#pending !== undefined) return
    for (const segment of this.segments.all()) segment.seal()
    this.takeSnapshot()
    this.#quietly(() => this.#aborted.end())
  }

  close(): void {
    for (const segment of this.segments.all()) segment.close()
  }

  #recover(from: number): void {
    const point = Math.max(from, this.segments.first.baseOffset)
    const firstRead = this.segments.indexOf(point)
    const producers = producersAt(this.segments, this.#snapshots, point)
    for (const segment of this.segments.from(firstRead)) this.#quietly(() => segment.aborted.truncate(point))
    const found = recover(this.segments, point, (batch, bytes, segment) => {
      if (batch.baseOffset >= point) this.#noted(producers, batch, segment, bytes)
      this.epochs().note(batch.leaderEpoch, batch.baseOffset)
    })
    // files that the last process made may have names that only the page cache knows
    this.#syncs.folderMade()
    this.#producers = producers
    this.logEndOffset = found.logEndOffset
    this.recoveryPoint = this.flushedOffset = Math.min(point, found.logEndOffset)
    for (const segment of this.segments.from(firstRead)) {
      segment.isDirty = true
      if (segment !== this.segments.active) this.#quietly(() => segment.seal())
    }
    if (found.cutBytes > 0) this.#quietly(() => this.#aborted.forget(this.segments.active.baseOffset))
    for (const segment of found.dropped) this.#remove(segment)
    // their offsets will be given to other records, so they must not come back after a power cut
    if (found.dropped.length > 0) this.home.files.disk.syncFolder(this.home.folder)
    this.#snapshots.removeAbove(this.logEndOffset)
    this.epochs().truncateTo(this.logEndOffset)
    if (found.cutBytes > 0)
      this.home.log.warn(
        `${this.home.name}: cut ${found.cutBytes} bytes behind offset ${this.logEndOffset} that were no whole batches.`,
      )
    // a recovery point behind the end belongs to another log, or to bytes that were lost: it vouches for nothing
    if (this.logEndOffset < from && point > this.segments.first.baseOffset) return this.#recover(0)
    if (this.logEndOffset < this.logStartOffset && !isStartDoubtful(this.#start)) this.#restartAt(this.logStartOffset)
  }

  /** A log that ends before its start is of no use: it goes on, empty, where it should start. */
  #restartAt(offset: number): void {
    const bytes = this.segments.all().reduce((sum, segment) => sum + segment.sizeOnDisk, 0)
    if (bytes > 0) this.home.log.warn(recordsDropped(this.home.name, offset, this.logEndOffset, bytes))
    for (const segment of this.segments.all()) this.#remove(segment)
    this.#quietly(() => this.#aborted.forget(0))
    this.segments.restart(this.#files.begin(offset))
    this.#endAt(offset)
    this.makeActive()
  }

  #remove(segment: Segment): void {
    this.#files.remove(segment)
    this.#snapshots.forget(segment.baseOffset)
  }

  /** Does what can be made good later: a full disk must not stop it. */
  #quietly(action: () => void): void {
    try {
      action()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.home.log.debug(`${this.home.name}: ${String(thrown)}`)
    }
  }
}
