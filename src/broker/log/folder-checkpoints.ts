/**
 * The three checkpoint files of a log folder: up to where each partition is synced, up to where consumers may read, and where it begins. They are
 * written now and then and at the stop, and read once, at the start.
 */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { highWatermarkFile, logStartFile, OffsetCheckpoint, recoveryPointFile } from './checkpoints.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { OpenFiles } from './open-files.ts'
import type { PartitionLog } from './partition-log.ts'

/** Kafka's `replica.high.watermark.checkpoint.interval.ms`. */
const highWatermarkMs = 5000

export interface FolderCheckpointOptions {
  readonly path: string
  readonly files: OpenFiles
  readonly clock: Clock
  readonly log: Log
  readonly recoveryCheckpointMs: number
}

export class FolderCheckpoints {
  readonly #options: FolderCheckpointOptions
  readonly #logs: Iterable<PartitionLog>
  readonly #recoveryPoints: OffsetCheckpoint
  readonly #highWatermarks: OffsetCheckpoint
  readonly #logStarts: OffsetCheckpoint
  readonly #foundRecoveryPoints: ReadonlyMap<string, number>
  readonly #foundLogStarts: ReadonlyMap<string, number>
  readonly #timers = new Map<OffsetCheckpoint, Disposable>()
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
    this.#repeat(this.#recoveryPoints, this.#options.recoveryCheckpointMs, () => this.#writeStarts())
    this.#repeat(this.#highWatermarks, highWatermarkMs, () => this.#writeEnds())
  }

  /** A partition is gone: what was noted of it must not be taken for one that gets its name later. */
  writeSoon(): void {
    this.#soon ??= this.#options.clock.after(0, () => {
      this.#soon = undefined
      this.#writeStarts().catch((thrown: unknown) => this.#sayUnwritten(this.#recoveryPoints, thrown))
    })
  }

  /** Writes them for the last time. */
  async stop(): Promise<void> {
    for (const timer of [...this.#timers.values(), ...(this.#soon === undefined ? [] : [this.#soon])])
      timer[Symbol.dispose]()
    this.#timers.clear()
    await this.#writeStarts()
    await this.#writeEnds()
  }

  async #writeStarts(): Promise<void> {
    const logs = Array.from(this.#logs)
    await this.#recoveryPoints.write(
      logs.map(({ topic, partition, recoveryPoint }) => ({ topic, partition, offset: recoveryPoint })),
    )
    const moved = this.#readable().filter((log) => log.logStartOffset > log.firstSegmentOffset)
    await this.#logStarts.write(
      moved.map(({ topic, partition, logStartOffset }) => ({ topic, partition, offset: logStartOffset })),
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
    const again = async (): Promise<void> => {
      try {
        await write()
      } catch (thrown) {
        this.#sayUnwritten(checkpoint, thrown)
      }
      if (this.#timers.has(checkpoint)) this.#repeat(checkpoint, everyMs, write)
    }
    this.#timers.set(
      checkpoint,
      this.#options.clock.after(everyMs, () => void again()),
    )
  }

  #sayUnwritten(checkpoint: OffsetCheckpoint, thrown: unknown): void {
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
