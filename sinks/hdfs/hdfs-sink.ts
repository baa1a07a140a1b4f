/** Writes each batch to the files of its buckets, and ends files that are full, old, idle or one too many. */
import { reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import { Rejected, type Sink } from '../../src/flow/sink.ts'
import { Bucket, type BucketOptions } from './bucket.ts'
import { BucketPaths, type BucketPathsOptions, type Group } from './bucket-paths.ts'
import { Change } from './change.ts'
import { Finisher, type FinisherOptions } from './finisher.ts'
import type { InUseFile } from './in-use-file.ts'
import { finishLeftovers, type LeftoverOptions } from './leftovers.ts'
import type { syncPolicies } from './settings.ts'
import { RollTimers, type RollTimes } from './rolling.ts'

export interface HdfsOptions extends RollTimes {
  readonly batchSize: number
  readonly paths: BucketPathsOptions
  readonly bucket: BucketOptions
  readonly maxOpenFiles: number
  readonly sync: (typeof syncPolicies)[number]
  readonly finisher: FinisherOptions
  readonly leftovers: LeftoverOptions
}

/** The system's words for a name that no file can have. */
const impossibleNames = new Set<string | undefined>(['ENAMETOOLONG', 'EILSEQ'])

export class HdfsSink implements Sink {
  readonly inFlight = 1
  readonly #options: HdfsOptions
  readonly #context: Context
  readonly #paths: BucketPaths
  readonly #finisher: Finisher
  /** Those used last at the end. */
  readonly #buckets = new Map<string, Bucket>()
  readonly #timers = new Map<InUseFile, RollTimers>()
  #writing = false
  /** Files whose time came in the middle of a write. */
  #due: { readonly bucket: Bucket; readonly file: InUseFile }[] = []

  constructor(options: HdfsOptions, context: Context) {
    this.#options = options
    this.#context = context
    this.#paths = new BucketPaths(options.paths)
    this.#finisher = new Finisher(options.finisher, context)
  }

  get batchSize(): number {
    return this.#options.batchSize
  }

  async open(): Promise<void> {
    finishLeftovers(this.#options.leftovers, this.#context)
  }

  async write(batch: Batch): Promise<void> {
    const groups = this.#paths.group(batch, this.#context.clock.now())
    const change = new Change<Bucket>()
    this.#writing = true
    try {
      for (const group of groups) await this.#append(group, change, batch)
      if (this.#options.sync === 'batch') await change.sync(this.#context.disk)
      this.#settle(change)
    } catch (thrown) {
      this.#undo(change)
      throw thrown
    } finally {
      this.#writing = false
      for (const { bucket, file } of this.#due.splice(0)) this.#timeOver(bucket, file)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bucket of this.#buckets.values()) this.#end(bucket)
    await this.#finisher.finishAll()
  }

  async #append({ path, events }: Group, change: Change<Bucket>, batch: Batch): Promise<void> {
    const bucket = this.#bucket(path)
    try {
      await bucket.append(events, change)
    } catch (thrown) {
      if (!isImpossibleName(thrown)) throw thrown
      const nameless = new Set(events)
      const indexes = [...batch.keys()].filter((i) => nameless.has(batch[i] as Event))
      throw new Rejected(
        indexes,
        `No file can have the name that hdfs.path and hdfs.filePrefix give: ${reasonOf(thrown)}.`,
        thrown,
      )
    }
    if (this.#buckets.size > this.#options.maxOpenFiles) bucket.file?.suspend()
  }

  /** The bucket of that path, moved to the end of those in use. */
  #bucket(path: string): Bucket {
    const bucket = this.#buckets.get(path) ?? new Bucket(path, this.#options.bucket, this.#context)
    this.#buckets.delete(path)
    this.#buckets.set(path, bucket)
    return bucket
  }

  #undo(change: Change<Bucket>): void {
    const { disk, log } = this.#context
    try {
      change.undo(disk)
    } catch (thrown) {
      log.warn(
        `What a failed write left in a file could not be taken back, and may be there twice: ${reasonOf(thrown)}.`,
      )
    }
  }

  /** The batch is stored: what is left is to end files, and to watch the clock for the others. */
  #settle(change: Change<Bucket>): void {
    for (const file of change.full) this.#finish(file)
    for (const { bucket, file } of change.touched) if (bucket.file === file) this.#watch(bucket, file)
    for (const bucket of this.#buckets.values()) {
      if (this.#buckets.size <= this.#options.maxOpenFiles) break
      this.#end(bucket)
    }
  }

  #watch(bucket: Bucket, file: InUseFile): void {
    const timers = this.#timers.get(file)
    if (timers !== undefined) return timers.written()
    const { rollIntervalMs, idleTimeoutMs } = this.#options
    if (rollIntervalMs === Infinity && idleTimeoutMs === Infinity) return
    this.#timers.set(file, new RollTimers(this.#context.clock, this.#options, () => this.#timeOver(bucket, file)))
  }

  #timeOver(bucket: Bucket, file: InUseFile): void {
    if (this.#writing) this.#due.push({ bucket, file })
    else if (bucket.file === file) this.#end(bucket)
  }

  /** Forgets the bucket and ends its file; the next event makes a new one. */
  #end(bucket: Bucket): void {
    if (this.#buckets.get(bucket.path) === bucket) this.#buckets.delete(bucket.path)
    const { file } = bucket
    bucket.file = undefined
    if (file !== undefined) this.#finish(file)
  }

  #finish(file: InUseFile): void {
    this.#timers.get(file)?.[Symbol.dispose]()
    this.#timers.delete(file)
    void this.#finisher.finish(file)
  }
}

const isImpossibleName = (thrown: unknown): boolean => impossibleNames.has(systemCode(thrown))
