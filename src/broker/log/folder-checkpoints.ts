/**
 * The three checkpoint files of a log folder: up to where each partition is synced, up to where consumers may read, and where it begins. They are
 * written now and then and at the stop, and read once, at the start.
 */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { highWatermarkFile, logStartFile, OffsetCheckpoint, recoveryPointFile } from './checkpoints.ts'
import type { PartitionOffset } from './checkpoints.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { partitionFolderName } from './file-names.ts'
import type { OpenFiles } from './open-files.ts'
import type { PartitionLog } from './partition-log.ts'
import { repeat } from './repeat.ts'

/** Kafka's `replica.high.watermark.checkpoint.interval.ms`. */
const highWatermarkMs = 5000
const startCheckpointDefaultMs = 60_000

export interface FolderCheckpointOptions {
  readonly path: string
  readonly files: OpenFiles
  readonly clock: Clock
  readonly log: Log
  /** `log.flush.offset.checkpoint.interval.ms`. */
  readonly recoveryCheckpointMs: number
  /** `log.flush.start.offset.checkpoint.interval.ms`. */
  readonly startCheckpointMs?: number
  /** Told of what the disk refused. */
  readonly suspected?: (thrown: unknown) => void
}

export class FolderCheckpoints {
  readonly #options: FolderCheckpointOptions
  readonly #logs: Iterable<PartitionLog>
  readonly #recoveryPoints: OffsetCheckpoint
  readonly #highWatermarks: OffsetCheckpoint
  readonly #logStarts: OffsetCheckpoint
  readonly #foundRecoveryPoints: ReadonlyMap<string, number>
  readonly #foundLogStarts: ReadonlyMap<string, number>
  readonly #timers: Disposable[] = []
  /** Of partitions that lie in the folder, or soon will, and are not among the logs: where they begin. */
  readonly #carried = new Map<string, PartitionOffset>()
  #soon: Disposable | undefined

  constructor(options: FolderCheckpointOptions, logs: Iterable<PartitionLog>) {
    const { files, path } = options
    this.#options = options
    this.#logs = logs
    this.#recoveryPoints = new OffsetCheckpoint(files.disk, path, recoveryPointFile)
    this.#highWatermarks = new OffsetCheckpoint(files.disk, path, highWatermarkFile)
    this.#logStarts = new OffsetCheckpoint(files.disk, path, logStartFile)
    this.#foundRecoveryPoints = this.#read(this.#recoveryPoints)
    this.#foundLogStarts = this.#read(this.#logStarts)
  }

  /** What was noted of a partition, by the name of its folder. */
  of(name: string): { recoveryPoint: number | undefined; logStartOffset: number | undefined } {
    return { recoveryPoint: this.#foundRecoveryPoints.get(name), logStartOffset: this.#foundLogStarts.get(name) }
  }

  start(): void {
    const { recoveryCheckpointMs, startCheckpointMs = startCheckpointDefaultMs } = this.#options
    this.#repeat(this.#recoveryPoints, recoveryCheckpointMs, () => this.#writeRecoveryPoints())
    this.#repeat(this.#logStarts, startCheckpointMs, () => this.writeLogStarts())
    this.#repeat(this.#highWatermarks, highWatermarkMs, () => this.#writeEnds())
  }

  /**
   * There is no such partition any more: its beginning must not be read for that of one that gets its name. Throws system errors, and then must be called again
   * before there is one.
   */
  forgetStart(topic: string, partition: number): void {
    if (this.#logStarts.mentions(topic, partition)) this.#logStarts.writeNow(this.#starts())
  }

  /** A partition is gone: what was noted of it must not be taken for one that gets its name later. */
  writeSoon(): void {
    this.#soon ??= this.#options.clock.after(0, () => {
      this.#soon = undefined
      this.#writeBeginnings().catch((thrown: unknown) => this.#sayUnwritten(this.#recoveryPoints, thrown))
    })
  }

  /** Writes them for the last time. */
  async stop(): Promise<void> {
    this.abandon()
    await this.#writeBeginnings()
    await this.#writeEnds()
  }

  /** Keeps in mind where a partition begins that is not among the logs. */
  carry(topic: string, partition: number, offset: number): void {
    this.#carried.set(partitionFolderName(topic, partition), { topic, partition, offset })
  }

  forget(topic: string, partition: number): void {
    this.#carried.delete(partitionFolderName(topic, partition))
  }

  /** Writes nothing any more. */
  abandon(): void {
    this.#soon?.[Symbol.dispose]()
    for (const timer of this.#timers.splice(0)) timer[Symbol.dispose]()
  }

  /** Resolves when it would survive a power cut where each log begins now. Rejects with system errors. */
  writeLogStarts(): Promise<void> {
    return this.#logStarts.write(this.#starts())
  }

  #starts(): PartitionOffset[] {
    const starts = Array.from(this.#logs).flatMap((log) => this.#logStartOf(log) ?? [])
    return [...starts, ...this.#carried.values()]
  }

  /** Also where the first segment says it: its predecessors may come back after a power cut, and an empty log may have no file. */
  #logStartOf(log: PartitionLog): PartitionOffset | undefined {
    const { topic, partition } = log
    const offset = log.isEndUnknown
      ? this.#foundLogStarts.get(partitionFolderName(topic, partition))
      : log.logStartOffset
    return offset === undefined || offset === 0 ? undefined : { topic, partition, offset }
  }

  async #writeBeginnings(): Promise<void> {
    await this.#writeRecoveryPoints()
    await this.writeLogStarts()
  }

  #writeRecoveryPoints(): Promise<void> {
    const logs = Array.from(this.#logs)
    return this.#recoveryPoints.write(
      logs.map(({ topic, partition, recoveryPoint }) => ({ topic, partition, offset: recoveryPoint })),
    )
  }

  #writeEnds(): Promise<void> {
    return this.#highWatermarks.write(
      this.#readable().map(({ topic, partition, highWatermark }) => ({ topic, partition, offset: highWatermark })),
    )
  }

  #readable(): PartitionLog[] {
    return Array.from(this.#logs).filter((log) => !log.isEndUnknown)
  }

  /** A checkpoint that cannot be written costs a longer recovery and nothing else. */
  #repeat(checkpoint: OffsetCheckpoint, everyMs: number, write: () => Promise<void>): void {
    const failed = (thrown: unknown): void => this.#sayUnwritten(checkpoint, thrown)
    this.#timers.push(repeat(this.#options.clock, everyMs, write, failed))
  }

  #sayUnwritten(checkpoint: OffsetCheckpoint, thrown: unknown): void {
    this.#options.suspected?.(thrown)
    this.#options.log.debug(`${checkpoint.path} could not be written.`, { reason: reasonOf(thrown) })
  }

  /** A damaged checkpoint is as good as none: more is read at the start. */
  #read(checkpoint: OffsetCheckpoint): ReadonlyMap<string, number> {
    try {
      const found = checkpoint.read()
      if (found !== undefined) return found
      this.#options.log.warn(`${checkpoint.path} is damaged; it will be made anew.`)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#options.log.warn(`${checkpoint.path} cannot be read; it will be made anew.`, { reason: reasonOf(thrown) })
    }
    return new Map()
  }
}
