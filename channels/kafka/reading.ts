/**
 * The taking side over the life of the channel: begun at the first take, and anew after what ended it (a broker that refuses the group, say, or a
 * partition without a place to begin). Between two of them the group is left, so that other agents take meanwhile, and a while goes by.
 */
import { unlessAborted } from '../../src/base/abort.ts'
import { backoffMs } from '../../src/base/backoff.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import { tell } from '../../src/base/told.ts'
import type { Clock } from '../../src/io/clock.ts'
import type { Takes } from './takes.ts'

export interface ReadingOptions {
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  readonly takes: (changed: () => void) => Takes
}

const pauseFirstMs = 250
const pauseMaxMs = 5000
/** What goes down and up all the time is said once in this while; what has read for so long has worked. */
const quietMs = 30_000

export class Reading implements AsyncDisposable {
  readonly #options: ReadingOptions
  readonly #changed: () => void
  readonly #closing = new AbortController()
  #takes: Takes | undefined
  #starting: Promise<void> | undefined
  /** The one before is being left, and the pause after it. */
  #pause: Promise<void> | undefined
  /** Events that were committed by those before. */
  #committed = 0
  #failures = 0
  #isSaid = false
  #startedMs = 0
  #saidMs = Number.NEGATIVE_INFINITY

  /** `changed` is called when `current` has more to give, or has failed. */
  constructor(options: ReadingOptions, changed: () => void) {
    this.#options = options
    this.#changed = changed
  }

  /** The one that reads now, if any. */
  get current(): Takes | undefined {
    return this.#takes
  }

  /** Events that were fetched and are not committed. */
  get held(): number {
    return this.#takes === undefined ? 0 : this.#takes.ready.count + this.#takes.taken
  }

  /** Events whose take was committed. */
  get committed(): number {
    return this.#committed + (this.#takes?.committed ?? 0)
  }

  /** The one that reads, begun where there is none, after the pause; undefined when `signal` aborts, or at the end. Rejects with BROKER_UNREACHABLE. */
  async started(signal: AbortSignal): Promise<Takes | undefined> {
    if (this.#pause !== undefined) await unlessAborted(this.#pause, signal)
    if (signal.aborted || this.#closing.signal.aborted) return undefined
    const takes = (this.#takes ??= this.#begun())
    this.#starting ??= takes.start()
    try {
      await this.#starting
    } catch (thrown) {
      this.#starting = undefined
      throw thrown
    }
    return takes
  }

  /** This one reads no more, for this reason, and has nothing left to give: the next `started` begins anew. */
  failed(takes: Takes, thrown: unknown): void {
    if (thrown instanceof Error) tell(thrown)
    if (takes !== this.#takes) return
    this.#takes = this.#starting = undefined
    this.#say(thrown)
    this.#pause = this.#leave(takes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#starting?.catch(reasonOf)
    await this.#takes?.[Symbol.asyncDispose]()
    await this.#pause
  }

  #begun(): Takes {
    const { takes, clock } = this.#options
    this.#startedMs = clock.monotonic()
    return takes(() => this.#noticed())
  }

  #noticed(): void {
    if (this.#isSaid && this.#takes !== undefined && this.#takes.ready.count > 0) {
      this.#isSaid = false
      this.#options.log.info(`Channel ${this.#options.name} takes events again.`)
    }
    this.#changed()
  }

  async #leave(takes: Takes): Promise<void> {
    const { clock } = this.#options
    await takes[Symbol.asyncDispose]()
    this.#committed += takes.committed
    await clock.sleep(backoffMs(this.#failures, pauseFirstMs, pauseMaxMs), this.#closing.signal)
    this.#pause = undefined
  }

  #say(thrown: unknown): void {
    const { log, clock, name } = this.#options
    const nowMs = clock.monotonic()
    if (nowMs - this.#startedMs >= quietMs) {
      this.#failures = 0
      this.#isSaid = false
    }
    this.#failures++
    if (this.#isSaid || nowMs - this.#saidMs < quietMs) return
    this.#isSaid = true
    this.#saidMs = nowMs
    const hint = thrown instanceof Fault ? ` ${thrown.hint}` : ''
    log.error(
      `Channel ${name} cannot take from its topic: ${reasonOf(thrown)}.${hint} What is in the topic stays there. It is tried again until it works.`,
      { error: thrown },
    )
  }
}
