/**
 * Commits what has settled: one commit at a time, no more often than the interval, all partitions together. A refused commit is tried again with the
 * next, and the last one until the grace period ends; while the group shares out anew that is no news.
 */
import { unlessAborted } from '../../src/base/abort.ts'
import { backoffMs } from '../../src/base/backoff.ts'
import { reasonOf } from '../../src/base/faults.ts'
import { isTold } from '../../src/base/told.ts'
import { BrokerError, isRetriable } from '../../src/client/errors.ts'
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { HeldPartitions } from './held-partitions.ts'

/** ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS. */
const rebalanceCodes: ReadonlySet<number> = new Set([22, 25, 27])

/** One failure may be the end of a connection, which the next try opens anew. */
const saidAfter = 2

const retryFirstMs = 50
const retryMaxMs = 1000

export interface OffsetCommitsOptions {
  readonly held: HeldPartitions
  readonly intervalMs: number
  readonly commit: (offsets: readonly OffsetToCommit[]) => Promise<void>
  readonly context: SourceContext
}

/** `again`: it failed, and the same may work later. */
type Outcome = 'done' | 'again' | 'refused'

export class OffsetCommits {
  readonly #options: OffsetCommitsOptions
  #running: Promise<Outcome> = Promise.resolve('done')
  #timer: Disposable | undefined
  #failures = 0
  #isSaid = false
  #closed = false

  constructor(options: OffsetCommitsOptions) {
    this.#options = options
  }

  /** Something has settled: it is committed within the interval. */
  soon(): void {
    if (this.#closed) return
    const { context, intervalMs } = this.#options
    this.#timer ??= context.clock.after(intervalMs, () => {
      this.#timer = undefined
      void this.now()
    })
  }

  /** Commits everything settled. Never rejects. */
  now(): Promise<Outcome> {
    this.#running = this.#after(this.#running)
    return this.#running
  }

  /** Commits for the last time; with `insist` again and again until that is done, no try can do it, or `signal` aborts. */
  async close(signal: AbortSignal, insist: boolean): Promise<void> {
    const { held, context } = this.#options
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    const outcome = await unlessAborted(this.now(), signal)
    if (insist && outcome === 'again') await this.#again(signal)
    const left = held.toCommit().map(({ topic, partition }) => `${topic}-${partition}`)
    if (left.length > 0)
      context.log.warn(
        `The last offsets of ${left.join(', ')} are not committed: their next reader repeats some events.`,
      )
  }

  async #again(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.context
    for (let failures = 1; ; failures++) {
      await clock.sleep(backoffMs(failures, retryFirstMs, retryMaxMs), signal)
      if (signal.aborted || (await unlessAborted(this.now(), signal)) !== 'again') return
    }
  }

  async #after(before: Promise<Outcome>): Promise<Outcome> {
    await before
    const { held, commit, context } = this.#options
    const offsets = held.toCommit()
    if (offsets.length === 0) return 'done'
    const startMs = context.clock.monotonic()
    try {
      await commit(offsets)
      held.committed(offsets)
      if (this.#isSaid) context.log.info('Offsets are committed again.')
      this.#isSaid = false
      this.#failures = 0
      return 'done'
    } catch (error) {
      return this.#failed(error)
    } finally {
      context.counters.add('KafkaCommitTimer', Math.round(context.clock.monotonic() - startMs))
    }
  }

  #failed(error: unknown): Outcome {
    const { log } = this.#options.context
    const isRebalance = error instanceof BrokerError && rebalanceCodes.has(error.errorCode)
    if (isRebalance) {
      log.debug(`Offsets are not committed while the group shares out anew: ${error.message}.`)
      this.soon()
      return 'again'
    }
    this.#failures++
    if (this.#failures >= saidAfter && !this.#isSaid && !isTold(error)) {
      const later = this.#closed ? 'It is tried again until the grace period ends' : 'They are kept and committed later'
      log.warn(`Offsets cannot be committed: ${reasonOf(error)}. ${later}.`)
      this.#isSaid = true
    }
    this.soon()
    return isRetriable(error) ? 'again' : 'refused'
  }
}
