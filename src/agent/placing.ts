/**
 * The puts of one source. A batch goes in pieces of each channel's transactionCapacity, in order, required channels before optional ones; no piece
 * goes again to a channel that has it. A refused put is tried again until it works, or the source is told.
 */
import { assert, rethrowBroken } from '../base/assert.ts'
import { backoffMs } from '../base/backoff.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Batch } from '../flow/event.ts'
import type { Receipt } from '../flow/receipt.ts'
import type { Selector } from '../flow/selector.ts'
import type { Source } from '../flow/source.ts'
import type { Counter } from '../monitor/counters.ts'
import type { ChannelPort } from './channel-port.ts'
import type { RunningEnvironment } from './environment.ts'
import { Outage } from './outage.ts'
import { joinedReceipt, pendingReceipt } from './receipts.ts'
import { type Layout, layOut, piecesOf, type Share } from './routing.ts'
import type { SourceAccount } from './source-account.ts'

const retryFirstMs = 50
const retryMaxMs = 1000

export interface PlacingOptions {
  readonly source: string
  readonly selector: Selector
  /** In the order of the source's `channels`. */
  readonly ports: readonly ChannelPort[]
  readonly whenRefused: Source['whenRefused']
  readonly account: SourceAccount
  readonly writeFails: Counter
  readonly log: Log
  readonly environment: RunningEnvironment
}

export class Placing {
  readonly #options: PlacingOptions
  readonly #outages: readonly Outage[]
  /** The one channel that gets everything, where that is so: the usual case, which needs no layout. */
  readonly #only: number | undefined

  constructor(options: PlacingOptions) {
    const { always } = options.selector
    this.#options = options
    this.#outages = options.ports.map(() => new Outage(options.log, options.environment.clock))
    this.#only = always?.optional.length === 0 && always.required.length === 1 ? always.required[0] : undefined
  }

  /**
   * Puts a batch that is not empty. Rejects when a required channel did not take all of its share, and nothing more is to be tried. Calls `admitted` as
   * soon as the next batch may be placed, if that is before this one is stored.
   */
  place(batch: Batch, admitted: () => void): Promise<Receipt> {
    const only = this.#only
    if (only === undefined) return this.#placeShares(batch, layOut(batch, this.#options.selector))
    const { channel } = this.#port(only)
    if (batch.length > channel.transactionCapacity)
      return this.#placeShares(batch, layOut(batch, this.#options.selector))
    const canReadAgain = this.#options.whenRefused === 'retry'
    return channel.durable && canReadAgain
      ? this.#admit(only, batch, admitted)
      : this.#placeWhole(only, batch, admitted)
  }

  /**
   * A source that can read again need not wait until the batch is stored: it goes on as soon as the batch has its place, and its receipt settles with the
   * sync. What then cannot be stored is tried again, perhaps behind later batches.
   */
  async #admit(channel: number, batch: Batch, admitted: () => void): Promise<Receipt> {
    const admission = Promise.withResolvers<void>()
    const stored = this.#placeWhole(channel, batch, () => {
      admitted()
      admission.resolve()
    })
    await Promise.race([admission.promise, stored])
    return pendingReceipt(stored)
  }

  async #placeWhole(channel: number, batch: Batch, admitted: () => void): Promise<Receipt> {
    const { account } = this.#options
    try {
      const receipt = await this.#put(channel, batch, admitted)
      account.placed(batch.length, 0)
      return receipt
    } catch (error) {
      account.refused(batch.length, 0)
      throw error
    }
  }

  async #placeShares(batch: Batch, layout: Layout): Promise<Receipt> {
    const { account } = this.#options
    const placed: Batch[] = []
    const receipts: Receipt[] = []
    try {
      for (const share of layout.required) await this.#putShare(share, placed, receipts)
    } catch (error) {
      const distinct = distinctIn(placed)
      account.refused(batch.length - distinct, distinct)
      throw error
    }
    for (const share of layout.optional) await this.#offerShare(share, placed)
    const dropped = layout.isAllRequired ? 0 : batch.length - distinctIn(placed)
    account.placed(batch.length - dropped, dropped)
    return joinedReceipt(receipts)
  }

  async #putShare({ channel, events }: Share, placed: Batch[], receipts: Receipt[]): Promise<void> {
    for (const piece of piecesOf(events, this.#port(channel).channel.transactionCapacity)) {
      receipts.push(await this.#put(channel, piece))
      placed.push(piece)
    }
  }

  /** One piece into one required channel. */
  async #put(channel: number, piece: Batch, admitted?: () => void): Promise<Receipt> {
    for (let failures = 1; ; failures++) {
      this.#mustGoOn(piece)
      try {
        return await this.#putOnce(channel, piece, admitted)
      } catch (error) {
        await this.#refused(channel, error, failures)
      }
    }
  }

  async #putOnce(channel: number, piece: Batch, admitted?: () => void): Promise<Receipt> {
    const port = this.#port(channel)
    port.putBegins(piece.length)
    const receipt = await port.channel.put(piece, admitted)
    port.putDone(piece.length)
    this.#options.account.put(piece.length)
    const outage = this.#outages[channel]
    if (outage?.isDown === true)
      outage.worked(`Channel ${port.name} takes events of source ${this.#options.source} again.`)
    return receipt
  }

  async #refused(channel: number, error: unknown, failures: number): Promise<void> {
    rethrowBroken(error)
    const { whenRefused, environment, source, writeFails } = this.#options
    writeFails.value++
    const then = whenRefused === 'retry' ? 'It is tried again until it works.' : 'Whoever sent them is told.'
    const what = `Channel ${this.#port(channel).name} refuses events of source ${source}: ${reasonOf(error)}.`
    this.#outages[channel]?.failed(`${what} ${then}`, { error })
    if (whenRefused === 'tell') throw error
    await environment.clock.sleep(backoffMs(failures, retryFirstMs, retryMaxMs), environment.graceOver)
  }

  async #offerShare({ channel, events }: Share, placed: Batch[]): Promise<void> {
    for (const piece of piecesOf(events, this.#port(channel).channel.transactionCapacity)) {
      if (await this.#offer(channel, piece)) placed.push(piece)
    }
  }

  /** One piece into one optional channel. Where it has no room the piece is not for it: an optional channel never slows its source. */
  async #offer(channel: number, piece: Batch): Promise<boolean> {
    const port = this.#port(channel)
    try {
      if (port.channel.held + piece.length > port.channel.capacity) {
        throw new Fault('CHANNEL_FULL', { channel: port.name, events: piece.length, seconds: 0 })
      }
      await this.#putOnce(channel, piece)
      return true
    } catch (error) {
      rethrowBroken(error)
      const what = `Optional channel ${port.name} goes without events of source ${this.#options.source}`
      this.#outages[channel]?.failed(`${what}: ${reasonOf(error)}.`, { error })
      return false
    }
  }

  #mustGoOn(piece: Batch): void {
    const { environment, source } = this.#options
    if (environment.graceOver.aborted) throw new Fault('STOPPED_BEFORE_HELD', { source, events: piece.length })
  }

  #port(channel: number): ChannelPort {
    const port = this.#options.ports[channel]
    assert(
      port !== undefined,
      `The selector of source ${this.#options.source} gave channel ${channel}, which is not there`,
    )
    return port
  }
}

const distinctIn = (pieces: readonly Batch[]): number => new Set(pieces.flat()).size
