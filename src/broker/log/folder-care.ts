/** What is done in the background for all partitions of a log folder: segments that are not to be kept go, silent producers are forgotten. */
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { PartitionLog } from './partition-log.ts'
import { repeat } from './repeat.ts'
import { RetentionAlarm } from './retention-alarm.ts'

const producerExpirationDefaultMs = 86_400_000
const producerCheckDefaultMs = 600_000
const retentionCheckDefaultMs = 300_000
const firstCheckDefaultMs = 30_000
/** Looking after so many milliseconds' worth of partitions in one go does not keep clients waiting. */
const sliceMs = 10

export interface FolderCareOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  /** `log.retention.check.interval.ms` and, before the first time, `log.initial.task.delay.ms`. */
  readonly retentionCheckMs?: number
  readonly firstCheckMs?: number
  /** `producer.id.expiration.ms`, as it is now: an idempotent producer that was silent for so long is forgotten; and how often that is looked at. */
  readonly producerExpirationMs?: () => number
  readonly producerCheckMs?: number
  /** Done before each round of retention. */
  readonly before?: () => void
  /** Told of what the disk refused. */
  readonly suspected: (thrown: unknown) => void
}

/** Begins at once; disposing it ends it. */
export class FolderCare implements Disposable {
  readonly #options: FolderCareOptions
  readonly #logs: Iterable<PartitionLog>
  readonly #alarm: RetentionAlarm
  readonly #work: readonly Disposable[]
  #isOver = false

  constructor(options: FolderCareOptions, logs: Iterable<PartitionLog>) {
    const { clock, retentionCheckMs = retentionCheckDefaultMs, firstCheckMs = firstCheckDefaultMs } = options
    const { producerCheckMs = producerCheckDefaultMs } = options
    const failed = (thrown: unknown): void =>
      options.log.warn(`Work on ${options.path} was not done this time.`, { reason: reasonOf(thrown) })
    this.#options = options
    this.#logs = logs
    this.#alarm = new RetentionAlarm(options.log, options.path)
    this.#work = [
      repeat(clock, producerCheckMs, () => this.#expireProducers(), failed),
      repeat(clock, retentionCheckMs, () => this.#retain(), failed, firstCheckMs),
    ]
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const work of this.#work) work[Symbol.dispose]()
  }

  #expireProducers(): void {
    const beforeMs = this.#options.clock.now() - (this.#options.producerExpirationMs?.() ?? producerExpirationDefaultMs)
    for (const log of this.#logs) log.transactions.expireProducers(beforeMs)
  }

  /** What cannot be done for one partition does not keep the others from it. */
  async #retain(): Promise<void> {
    const { clock, log: said, suspected } = this.#options
    this.#options.before?.()
    let sliceEndMs = clock.monotonic() + sliceMs
    for (const log of Array.from(this.#logs)) {
      if (this.#isOver) return
      try {
        await log.retain()
        this.#alarm.worked(log)
      } catch (thrown) {
        rethrowBroken(thrown)
        suspected(thrown)
        this.#alarm.failed(log, thrown)
        said.debug(`Retention skipped ${log.topic}-${log.partition}.`, { reason: reasonOf(thrown) })
      }
      if (clock.monotonic() < sliceEndMs) continue
      await clock.sleep(1)
      sliceEndMs = clock.monotonic() + sliceMs
    }
    this.#alarm.say()
  }
}
