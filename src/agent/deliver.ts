/**
 * What a source calls to hand a batch on: the interceptors see it at once, then it waits its turn for the channels, so that calls take effect
 * in call order. While the sources are held, nobody's turn comes.
 */
import { InvariantBroken } from '../base/assert.ts'
import type { Batch } from '../flow/event.ts'
import type { Interceptor } from '../flow/interceptor.ts'
import { type Receipt, settledReceipt } from '../flow/receipt.ts'
import type { Deliver } from '../flow/source.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import { Breath, turn } from './breath.ts'
import { Placing, type PlacingOptions } from './placing.ts'
import { SourceAccount } from './source-account.ts'
import { Turns } from './turns.ts'

export interface DeliveryOptions extends Omit<PlacingOptions, 'account' | 'writeFails'> {
  readonly interceptors: readonly Interceptor[]
  readonly counters: CounterGroup
}

export class Delivery {
  readonly account = new SourceAccount()
  readonly #options: DeliveryOptions
  readonly #counts
  readonly #placing: Placing
  readonly #turns = new Turns()
  readonly #breath = new Breath()
  #endHold: (() => void) | undefined

  constructor(options: DeliveryOptions) {
    const { counters } = options
    this.#options = options
    this.#counts = {
      received: counters.counter('EventReceivedCount'),
      accepted: counters.counter('EventAcceptedCount'),
      batchesReceived: counters.counter('AppendBatchReceivedCount'),
      batchesAccepted: counters.counter('AppendBatchAcceptedCount'),
    }
    this.#placing = new Placing({
      ...options,
      account: this.account,
      writeFails: counters.counter('ChannelWriteFail'),
    })
  }

  readonly deliver: Deliver = async (batch) => {
    try {
      this.#counts.received.value += batch.length
      this.#counts.batchesReceived.value++
      const receipt = await this.#inTurn(batch.length, this.#intercept(batch))
      this.#counts.accepted.value += batch.length
      this.#counts.batchesAccepted.value++
      return receipt
    } catch (error) {
      if (error instanceof InvariantBroken) this.#options.environment.broken(error)
      throw error
    }
  }

  /** Lets nothing more into the channels until `release`. What is under way is finished; later batches wait. Safe twice. */
  hold(): void {
    if (this.#endHold !== undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#endHold = resolve
    this.#options.environment.graceOver.addEventListener('abort', this.release, { once: true })
    void this.#keepTurn(promise)
  }

  /** Undoes `hold`. Safe without one. */
  readonly release = (): void => {
    this.#options.environment.graceOver.removeEventListener('abort', this.release)
    this.#endHold?.()
    this.#endHold = undefined
  }

  async #keepTurn(ended: Promise<void>): Promise<void> {
    await this.#turns.mine()
    await ended
    this.#turns.next()
  }

  #intercept(batch: Batch): Batch {
    let kept = batch
    for (const interceptor of this.#options.interceptors) {
      if (kept.length === 0) break
      kept = interceptor.intercept(kept)
    }
    this.account.begin(batch.length, kept.length)
    return kept
  }

  /** The turn ends when the batch has its place in the order of the channel, which may be before it is stored. */
  async #inTurn(received: number, kept: Batch): Promise<Receipt> {
    await this.#turns.mine()
    let isMine = true
    const end = (): void => {
      if (isMine) this.#turns.next()
      isMine = false
    }
    try {
      if (this.#breath.isDue(received)) await turn()
      return kept.length === 0 ? settledReceipt : await this.#placing.place(kept, end)
    } finally {
      end()
    }
  }
}
