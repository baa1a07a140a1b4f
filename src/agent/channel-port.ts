/**
 * The agent's side of one channel: opens it, counts what goes in and comes out, and says when it has run empty. Runners on both sides of the
 * channel share it.
 */
import { rethrowBroken } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Channel, Take } from '../flow/channel.ts'
import type { Account, ComponentAccount } from '../monitor/accounts.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import type { RunningEnvironment } from './environment.ts'
import { Outage } from './outage.ts'

const reopenMs = 3000

export class ChannelPort {
  readonly name: string
  readonly channel: Channel
  readonly #environment: RunningEnvironment
  readonly #counters: CounterGroup
  readonly #attempted
  readonly #took
  readonly #takeAttempts
  readonly #taken
  readonly #outage: Outage
  #found = 0
  #in = 0
  #out = 0
  #emptied: (() => void)[] = []
  readonly #opened = Promise.withResolvers<boolean>()

  constructor(name: string, channel: Channel, counters: CounterGroup, environment: RunningEnvironment) {
    this.name = name
    this.channel = channel
    this.#environment = environment
    this.#counters = counters
    this.#outage = new Outage(environment.log, environment.clock, 'error')
    this.#attempted = counters.counter('EventPutAttemptCount')
    this.#took = counters.counter('EventPutSuccessCount')
    this.#takeAttempts = counters.counter('EventTakeAttemptCount')
    this.#taken = counters.counter('EventTakeSuccessCount')
    counters.gauge('ChannelCapacity', () => channel.capacity)
    counters.gauge('ChannelSize', () => channel.held)
    counters.gauge('ChannelFillPercentage', () => (100 * channel.held) / channel.capacity)
    if ('lost' in channel) counters.gauge('EventLostCount', () => channel.lost?.events ?? 0)
  }

  /** Resolves when the channel is open (true) or never will be, because the agent stopped first (false). */
  get opened(): Promise<boolean> {
    return this.#opened.promise
  }

  /** Events that the channel held when it was opened; of a shared one, those that sinks took beyond what was put here. */
  get found(): number {
    return this.channel.shared === true ? Math.max(0, this.#out - this.#in) : this.#found
  }

  /** Resolves after the first try. A channel that cannot be opened is reported once and tried again until the agent stops. */
  async open(stop: AbortSignal): Promise<void> {
    if (await this.#tryOpen()) return
    void this.#keepOpening(stop)
  }

  /** A put of `events` is about to begin. */
  putBegins(events: number): void {
    this.#attempted.value += events
  }

  /** A put of `events` was taken. */
  putDone(events: number): void {
    this.#took.value += events
    this.#in += events
  }

  /** Counted as Flume counts: an attempt for each event, and one that found none. */
  async take(max: number, signal: AbortSignal): Promise<Take> {
    const take = await this.channel.take(max, signal)
    const events = take.events.length
    this.#takeAttempts.value += events < max ? events + 1 : events
    return take
  }

  /** A take of `events` was committed. */
  committed(events: number): void {
    this.#taken.value += events
    this.#out += events
    if (this.#emptied.length > 0) this.#tellEmptied()
  }

  /** Resolves when the channel holds nothing. */
  async empty(signal: AbortSignal): Promise<void> {
    while (this.channel.held > 0 && !signal.aborted) await this.#change(signal)
  }

  /** The agent begins to stop: what the channel has only in memory is made to last, if it can. */
  async writeDown(): Promise<void> {
    await this.channel.writeDown?.()
  }

  account(): ComponentAccount {
    const { lost } = this.channel
    const account: Account = {
      in: this.found + this.#in,
      out: this.#out,
      dropped: 0,
      held: this.channel.shared === true ? this.found + this.#in - this.#out : this.channel.held,
      ...(lost !== undefined && lost.events > 0 && { lost: lost.events }),
    }
    return { kind: 'channel', name: this.name, durable: this.channel.durable, keptIn: lost?.keptIn, ...account }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#opened.resolve(false)
    await this.channel[Symbol.asyncDispose]()
    this.#counters.stopped(this.#environment.clock.now())
  }

  async #tryOpen(): Promise<boolean> {
    try {
      await this.channel.open?.()
    } catch (error) {
      this.#cannotOpen(error)
      return false
    }
    this.#outage.worked(`Channel ${this.name} is open.`)
    this.#found = this.channel.held + (this.channel.lost?.events ?? 0)
    this.#counters.started(this.#environment.clock.now())
    this.#opened.resolve(true)
    return true
  }

  async #keepOpening(stop: AbortSignal): Promise<void> {
    do await this.#environment.clock.sleep(reopenMs, stop)
    while (!stop.aborted && !(await this.#tryOpen()))
    this.#opened.resolve(false)
  }

  #cannotOpen(error: unknown): void {
    try {
      rethrowBroken(error)
    } catch {
      return this.#environment.broken(error)
    }
    const hint = error instanceof Fault ? ` ${error.hint}` : ''
    const again = `It is tried again every ${reopenMs / 1000} s.`
    this.#outage.failed(`Cannot open channel ${this.name}: ${reasonOf(error)}.${hint} ${again}`, { error })
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
      this.#emptied.push(wake)
    })
  }

  #tellEmptied(): void {
    const waiting = this.#emptied
    this.#emptied = []
    for (const wake of waiting) wake()
  }
}
