/**
 * When a partition's records come to be on disk: at once, after so many records or so much time, as the flush settings promise; and what a sync
 * that failed means. Syncs run off the thread and are shared by all who wait.
 */
import { reasonOf } from '../../base/faults.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { Flusher } from './flusher.ts'
import { unlimited } from './log-settings.ts'
import type { LogState } from './log-state.ts'

export class Durability {
  readonly #state: LogState
  readonly #flusher = new Flusher(() => this.#sync())
  #timer: Disposable | undefined
  #broken: KafkaFault | undefined
  #isOver = false

  constructor(state: LogState) {
    this.#state = state
  }

  /** What appends throw from now on, once a sync has failed. */
  get broken(): KafkaFault | undefined {
    return this.#broken
  }

  /** The log was closed, or its folder taken away. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when everything appended before the call is on disk; shared by all who wait. Rejects with KAFKA_STORAGE_ERROR. */
  flush(): Promise<void> {
    return this.#flusher.flush()
  }

  /** What the flush policy asks for after an append: the promise, if there is one, is what its answer must wait for. */
  appended(): Promise<void> | undefined {
    const { home, logEndOffset, flushedOffset } = this.#state
    const { flushMessages, flushMs } = home.settings
    if (logEndOffset - flushedOffset >= flushMessages) return this.flush()
    if (flushMs < unlimited) this.#timer ??= home.clock.after(flushMs, () => this.#flushUnheard())
    return undefined
  }

  /** The same for an append that a producer repeats, up to this offset: whoever waited for its sync went away, and it may still be under way. */
  repeated(lastOffset: number): Promise<void> | undefined {
    const { home, recoveryPoint } = this.#state
    return home.settings.flushMessages < unlimited && lastOffset >= recoveryPoint ? this.flush() : undefined
  }

  /** Nothing is synced any more by itself. */
  end(): void {
    this.#isOver = true
    this.#stopTimer()
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  /** For syncs that nobody waits for; a failure is said and remembered by `#sync`. */
  #flushUnheard(): void {
    this.flush().catch(() => undefined)
  }

  async #sync(): Promise<void> {
    this.#stopTimer()
    if (this.#broken !== undefined) throw this.#broken
    try {
      await this.#state.sync()
    } catch (thrown) {
      throw this.#break(thrown)
    }
  }

  /** After a failed sync the system may have dropped what it could not write, and a later sync would not tell: only a restart reads what is there. */
  #break(thrown: unknown): KafkaFault {
    const { name, log, suspected } = this.#state.home
    this.#broken = new KafkaFault('KAFKA_STORAGE_ERROR', `${name} could not be synced: ${reasonOf(thrown)}`)
    // nobody is waiting, or whoever closes it is told; perhaps the folder was taken away meanwhile
    if (this.#isOver) return this.#broken
    suspected?.(thrown)
    log.error(`${name} could not be synced to disk, and takes no more records until the broker is started again.`, {
      reason: reasonOf(thrown),
    })
    return this.#broken
  }
}
