/**
 * One sink's way: take from its channel, write, commit. What a write throws rolls its take back, and whoever runs the lane decides when to try
 * again; events that the sink rejects are settled here.
 */
import type { Take } from '../flow/channel.ts'
import type { Batch } from '../flow/event.ts'
import { Rejected, type Sink } from '../flow/sink.ts'
import type { Clock } from '../io/clock.ts'
import { type ComponentAccount, emptyAccount } from '../monitor/accounts.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import { Breath, turn } from './breath.ts'
import type { ChannelPort } from './channel-port.ts'
import { FlightRound } from './flight-round.ts'
import type { LaneSignals } from './lane-signals.ts'
import { OpenCommits } from './open-commits.ts'
import type { Rejects } from './rejects.ts'
import { type Part, partsOf, settleStored, storedIn } from './stored-parts.ts'

export interface SinkLaneOptions {
  readonly name: string
  readonly sink: Sink
  readonly port: ChannelPort
  readonly rejects: Rejects
  readonly counters: CounterGroup
  readonly clock: Clock
  /** Called after each commit. */
  readonly onStored: () => void
}

/** How long a stop waits for a channel to give again what was rolled back; it has it at hand, unless another sink has taken it. */
const settleMaxMs = 1000

export class SinkLane {
  readonly name: string
  readonly sink: Sink
  readonly port: ChannelPort
  readonly #rejects: Rejects
  readonly #onStored: () => void
  readonly #counts
  readonly #account = emptyAccount()
  readonly #breath = new Breath()
  readonly #commits = new OpenCommits()
  readonly #clock: Clock
  #opened = false
  /** Events that are stored and may be stored again after the next start. */
  #again = 0

  constructor({ name, sink, port, rejects, counters, clock, onStored }: SinkLaneOptions) {
    this.name = name
    this.sink = sink
    this.port = port
    this.#rejects = rejects
    this.#onStored = onStored
    this.#clock = clock
    this.#counts = {
      complete: counters.counter('BatchCompleteCount'),
      empty: counters.counter('BatchEmptyCount'),
      underflow: counters.counter('BatchUnderflowCount'),
      attempted: counters.counter('EventDrainAttemptCount'),
      stored: counters.counter('EventDrainSuccessCount'),
      writeFails: counters.counter('EventWriteFail'),
      readFails: counters.counter('ChannelReadFail'),
      // Only sinks that show it from their creation have it, as in Flume.
      rolledBack: counters.shown('RollbackCount'),
    }
  }

  /** Batch after batch until `takes` aborts. Rejects with what the sink or the channel threw; what was not stored is rolled back by then. */
  async run(signals: LaneSignals): Promise<void> {
    await this.#open(signals.writes)
    try {
      while (!signals.takes.aborted) {
        if (this.sink.inFlight > 1) await new FlightRound(this, signals).run()
        else await this.#takeAndWrite(signals)
      }
    } finally {
      await this.#commits.ended()
    }
    this.#commits.check()
  }

  /** One batch. False when there was nothing to take. Rejects as `run`. */
  async step(signals: LaneSignals): Promise<boolean> {
    await this.#open(signals.writes)
    const found = await this.#takeAndWrite(signals)
    await this.#commits.ended()
    this.#commits.check()
    return found
  }

  account(): ComponentAccount {
    return { kind: 'sink', name: this.name, ...this.#account, ...(this.#again > 0 && { again: this.#again }) }
  }

  /** The next events, or undefined when there were none before the channel's keep-alive or the abort. */
  async take(signal: AbortSignal): Promise<Take | undefined> {
    this.#commits.check()
    const max = Math.min(this.sink.batchSize, this.port.channel.transactionCapacity)
    const take = await this.#tryTake(max, signal)
    const events = take.events.length
    if (this.#breath.isDue(events)) await turn()
    if (events === 0) {
      this.#counts.empty.value++
      await take[Symbol.asyncDispose]()
      if (!signal.aborted) await turn()
      return undefined
    }
    this.#counts[events < max ? 'underflow' : 'complete'].value++
    this.#counts.attempted.value += events
    this.#account.in += events
    this.#account.held += events
    return take
  }

  /**
   * Commits a take whose events are stored. Where the commit waits for a disk, the next takes do not wait for it; one that fails is rolled back, and the
   * next `take` throws what it failed with.
   */
  async commit(take: Take): Promise<void> {
    if (!this.port.channel.durable) return this.#commitNow(take)
    await this.#commits.room()
    this.#commits.add(take.events.length, this.#commitOrRollBack(take))
  }

  async #commitOrRollBack(take: Take): Promise<void> {
    try {
      await this.#commitNow(take)
    } catch (error) {
      await this.rollBack(take)
      throw error
    }
  }

  /** But for `quarantined` of its events. */
  async #commitNow(take: Take, quarantined = 0): Promise<void> {
    const events = take.events.length
    await take.commit()
    this.port.committed(events)
    this.#counts.stored.value += events - quarantined
    this.#account.held -= events
    this.#account.out += events - quarantined
    this.#account.dropped += quarantined
    this.#onStored()
  }

  async rollBack(take: Take): Promise<void> {
    this.#account.held -= take.events.length
    this.#account.in -= take.events.length
    if (this.#counts.rolledBack !== undefined) this.#counts.rolledBack.value++
    await take[Symbol.asyncDispose]()
  }

  /**
   * A take's write threw, and no other take is open: rejected events are settled and the take committed, all else is rolled back and thrown on. `behind`
   * are the events of later takes, as they were rolled back.
   */
  async recover(take: Take, thrown: unknown, signals: LaneSignals, behind: readonly Part[] = []): Promise<void> {
    this.#counts.writeFails.value++
    const { events } = take
    let left: Batch
    try {
      if (!(thrown instanceof Rejected)) throw thrown
      const settled = await this.#rejects.settle(events, thrown, signals)
      left = settled.left
      if (left.length === 0) return await this.#commitNow(take, settled.quarantined)
    } catch (error) {
      await this.rollBack(take)
      throw error
    }
    await this.rollBack(take)
    await this.#endBlocked([...partsOf(events, new Set(left)), ...behind], left)
  }

  /** The stop came while the sink was blocked by `left`: what of `parts` is stored is committed all the same, as far as the channel can. */
  async #endBlocked(parts: readonly Part[], left: Batch): Promise<void> {
    const { channel } = this.port
    const unstored = parts.findIndex(({ isStored }) => !isStored)
    // A channel that others read too keeps one place, before what is not stored.
    const settleable = channel.shared === true ? parts.slice(0, unstored) : parts
    const over = new AbortController()
    using _timer = this.#clock.after(settleMaxMs, () => over.abort())
    let committed = 0
    try {
      committed = await settleStored(settleable, (max) => channel.take(max, over.signal), (take) => this.#commitGiven(take)) // prettier-ignore
    } finally {
      this.#again = storedIn(parts) - (channel.durable ? committed : 0)
      this.#rejects.sayStopped(left, this.#again)
    }
  }

  /** Of a take that is not accounted for yet. */
  async #commitGiven(take: Take): Promise<void> {
    const events = take.events.length
    this.#account.in += events
    this.#account.held += events
    try {
      await this.#commitNow(take)
    } catch (error) {
      this.#account.in -= events
      this.#account.held -= events
      throw error
    }
  }

  async #open(signal: AbortSignal): Promise<void> {
    if (this.#opened) return
    await this.sink.open?.(signal)
    this.#opened = true
  }

  async #tryTake(max: number, signal: AbortSignal): Promise<Take> {
    try {
      return await this.port.take(max, signal)
    } catch (error) {
      this.#counts.readFails.value++
      throw error
    }
  }

  async #takeAndWrite(signals: LaneSignals): Promise<boolean> {
    const take = await this.take(signals.takes)
    if (take === undefined) return false
    try {
      await this.sink.write(take.events, signals.writes)
      if (!this.port.channel.durable) await this.#commitNow(take)
    } catch (thrown) {
      await this.recover(take, thrown, signals)
      return true
    }
    if (this.port.channel.durable) await this.commit(take)
    return true
  }
}
