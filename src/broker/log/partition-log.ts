/**
 * One partition's log. Appends check and stamp a batch and write it into the page cache in one synchronous call; reads give whole batches as they
 * lie in the file. Both happen in one thread, so nothing here needs a lock. The README beside this file says what a crash leaves.
 */
import { reasonOf } from '../../base/faults.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { admit } from './admission.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { Durability } from './durability.ts'
import { Listeners } from './listeners.ts'
import type { LogHome } from './log-home.ts'
import { LogLife } from './log-life.ts'
import { LogReader } from './log-reader.ts'
import type { LogStart } from './log-start.ts'
import { LogState } from './log-state.ts'
import type { Appended, AppendHow, FoundOffset, ReadLimits, SegmentStart } from './log-types.ts'
import type { LogSettings } from './log-settings.ts'
import { LogTransactions } from './log-transactions.ts'
import type { RememberedBatch } from './producer-state.ts'
import { Retention } from './retention.ts'
import { stamp, type Stamped } from './stamping.ts'
import type { StorageAlarm } from './storage-alarm.ts'

export interface PartitionLogOptions extends LogHome {
  readonly topic: string
  readonly partition: number
  readonly alarm: StorageAlarm
  readonly start: LogStart
}

/** Errors are KafkaFaults; after `close` or the deletion of the topic every call throws UNKNOWN_TOPIC_OR_PARTITION. */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly folder: string
  readonly transactions: LogTransactions
  readonly #state: LogState
  readonly #reader: LogReader
  readonly #alarm: StorageAlarm
  readonly #listeners = new Listeners()
  readonly #durability: Durability
  readonly #retention: Retention
  readonly #life: LogLife

  /** Lists the folder; its files are opened when they are first used, or by `ready`. Throws system errors. */
  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.folder = options.folder
    this.#alarm = options.alarm
    this.#state = new LogState(options, options.start)
    this.#life = new LogLife(this.#state)
    this.transactions = new LogTransactions(this.#state, (read) => this.#reading(read))
    this.#reader = new LogReader(this.#state)
    this.#durability = new Durability(this.#state)
    this.#retention = new Retention(this.#state, this.#durability, () => this.#listeners.call())
  }

  /** Throws KAFKA_STORAGE_ERROR, as all offsets do, where the log could not be read: a wrong answer would make consumers start over. */
  get logStartOffset(): number {
    if (this.isEndUnknown) this.ready()
    return this.#state.logStartOffset
  }

  get logEndOffset(): number {
    if (this.isEndUnknown) this.ready()
    return this.#state.logEndOffset
  }

  /** Equal to the log end on one broker. */
  get highWatermark(): number {
    return this.logEndOffset
  }

  /** The log was not closed properly and could not be read yet, or is offline. */
  get isEndUnknown(): boolean {
    return this.#life.isEndUnknown
  }

  /** Its folder has failed: every call throws KAFKA_STORAGE_ERROR until the broker is started again. */
  get isOffline(): boolean {
    return this.#life.isOffline
  }

  /** Where the first transaction begins that is not decided yet; the high watermark if there is none. */
  get lastStableOffset(): number {
    if (this.isEndUnknown) this.ready()
    // retention may take the beginning of a transaction that nobody ends
    const open = this.#life.guarded(() => this.#state.producers()).firstOpenOffset()
    return Math.min(this.logEndOffset, Math.max(this.logStartOffset, open))
  }

  get leaderEpoch(): number {
    return this.#state.epochs().latest
  }

  /** Everything before it is on disk. */
  get recoveryPoint(): number {
    return this.#state.recoveryPoint
  }

  /** Bytes of its records, without a look into them. Throws KAFKA_STORAGE_ERROR. */
  get sizeOnDisk(): number {
    return this.#life.guarded(() => this.#state.segments.all().reduce((sum, segment) => sum + segment.sizeOnDisk, 0))
  }

  /** Where the oldest segment begins. */
  get firstSegmentOffset(): number {
    return this.#state.segments.first.baseOffset
  }

  get settings(): LogSettings {
    return this.#state.home.settings
  }

  /** From the next append on. */
  set settings(settings: LogSettings) {
    this.#state.home.settings = settings
  }

  /** Does what is left to do before the files are used: recovery, or a look at the end. Throws KAFKA_STORAGE_ERROR where they cannot be read. */
  ready(): void {
    this.#life.ready()
  }

  /** Checks, stamps (in `records` itself) and writes; synchronous, so appends of one turn stay in order. */
  append(records: Buffer, how: AppendHow): Appended {
    this.#life.enter()
    if (this.#durability.broken !== undefined) throw this.#durability.broken
    const nowMs = this.#state.home.clock.now()
    const admitted = admit(records, how, this.settings, nowMs)
    const before = how.origin === 'client' ? this.transactions.earlier(admitted) : this.transactions.checkOwn(admitted)
    if (before !== undefined) return this.#repeated(before)
    const baseOffset = this.logEndOffset
    const stamped = stamp(admitted, baseOffset, this.leaderEpoch)
    this.#write(stamped, nowMs)
    const { last } = stamped
    const flushed = this.#durability.appended()
    this.#listeners.call()
    return {
      baseOffset,
      lastOffset: last.lastOffset,
      logAppendTimeMs: last.isAppendTime ? last.maxTimestamp : -1,
      logStartOffset: this.logStartOffset,
      duplicate: false,
      flushed,
    }
  }

  /** Whole batches from the one that holds `fromOffset` on; empty at the visible end. Throws OFFSET_OUT_OF_RANGE. */
  read(fromOffset: number, limits: ReadLimits): Buffer {
    return this.#reading(() => this.#reader.read(fromOffset, limits))
  }

  /** How many bytes `read` could give from here to `upTo` or the log end, `atMost` or a little more; 0 when out of range. */
  bytesFrom(fromOffset: number, atMost = Infinity, upTo?: number): number {
    return this.#reading(() => this.#reader.bytesFrom(fromOffset, atMost, upTo))
  }

  /** The first record whose timestamp is at or after this one, or undefined. */
  offsetForTime(timestampMs: number): FoundOffset | undefined {
    return this.#reading(() => this.#reader.offsetForTime(timestampMs))
  }

  /** The record with the greatest timestamp, or undefined in an empty log. */
  maxTimestamp(): FoundOffset | undefined {
    return this.#reading(() => this.#reader.maxTimestamp())
  }

  earliest(): FoundOffset {
    this.#life.enter()
    return { offset: this.logStartOffset, timestampMs: -1, leaderEpoch: this.#state.epochs().at(this.logStartOffset) }
  }

  latest(): FoundOffset {
    this.#life.enter()
    return { offset: this.highWatermark, timestampMs: -1, leaderEpoch: this.leaderEpoch }
  }

  /** Where each segment begins and when it was last written, oldest first. */
  segmentStarts(): SegmentStart[] {
    return this.#reading(() => this.#reader.segmentStarts())
  }

  /** Up to which offset records of `epoch` (or the greatest epoch below it) go; undefined for an epoch that is yet to come. */
  endOfEpoch(epoch: number): { epoch: number; endOffset: number } | undefined {
    this.#life.enter()
    return this.#state.epochs().endOf(epoch, this.logEndOffset)
  }

  /** Called once per append, and at the end of the log; must be cheap and must not throw. */
  onAppend(listener: () => void): Disposable {
    return this.#listeners.add(listener)
  }

  /** Resolves when everything appended before the call is on disk; shared by all who wait. Rejects with KAFKA_STORAGE_ERROR. */
  flush(): Promise<void> {
    return this.#durability.flush()
  }

  /** For compaction, which works on the segments themselves. */
  compacting<T>(work: (state: LogState) => T): T {
    return this.#reading(() => work(this.#state))
  }

  /** Lets go of the segments that the settings do not keep any longer. Rejects with system errors and KafkaFaults; what was done until then stays done. */
  async retain(): Promise<void> {
    this.#life.enter()
    await this.#retention.apply()
  }

  /** Lets the log begin at `offset`, if it begins earlier; what lies before is not read any more, and goes with the next `retain`. Throws OFFSET_OUT_OF_RANGE. */
  beginAt(offset: number): void {
    this.#life.enter()
    if (offset < 0 || offset > this.highWatermark)
      throw new KafkaFault('OFFSET_OUT_OF_RANGE', `${this.#name} cannot begin at ${offset}: it ends at ${this.highWatermark}`) // prettier-ignore
    if (offset <= this.logStartOffset) return
    this.#life.guarded(() => this.#state.beginAt(offset))
    this.#listeners.call()
  }

  /** Everything is written and synced. Rejects with what the disk says; the log is closed all the same. */
  async close(): Promise<void> {
    if (this.#life.hasEnded) return
    this.#end()
    try {
      this.#state.seal()
      await this.#durability.flush()
    } finally {
      this.#state.close()
    }
  }

  /** Closes without writing anything more: the folder is to be removed, or the process was stopped the hard way. */
  abandon(): void {
    this.#end()
    this.#state.close()
  }

  /** Its folder has failed. */
  takeOffline(): void {
    if (this.#life.hasEnded) return
    this.#life.goOffline()
    this.#endWork()
    try {
      this.#state.close()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  get #name(): string {
    return this.#state.home.name
  }

  /** Runs what reads files. Where segments were replaced by half, the old places are not true of the new files: the rest comes first. */
  #reading<T>(read: () => T): T {
    this.#life.enter()
    return this.#life.guarded(() => {
      this.#state.finishSwap()
      return read()
    })
  }

  #end(): void {
    this.#life.end()
    this.#endWork()
  }

  #endWork(): void {
    this.#durability.end()
    this.#listeners.call()
  }

  #repeated({ firstOffset, lastOffset, timestampMs }: RememberedBatch): Appended {
    const logAppendTimeMs = this.settings.timestampType === 'LogAppendTime' ? timestampMs : -1
    const { logStartOffset } = this
    const flushed = this.#durability.repeated(lastOffset)
    return { baseOffset: firstOffset, lastOffset, logAppendTimeMs, logStartOffset, duplicate: true, flushed }
  }

  #write({ bytes, batches, last }: Stamped, nowMs: number): void {
    try {
      this.#state.rollIfDue(bytes.length, last.lastOffset, last.maxTimestamp, nowMs)
      this.#state.epochs().note(last.leaderEpoch, this.logEndOffset)
      this.#state.append(bytes, batches)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#alarm.failed(thrown, bytes.length)
      this.#state.home.suspected?.(thrown)
      throw new KafkaFault('KAFKA_STORAGE_ERROR', `${this.#name} cannot be written: ${reasonOf(thrown)}`)
    }
    this.#alarm.worked(bytes.length)
  }
}
