/**
 * Several writes of one sink open at once. Writes begin in order and takes are committed in order. When one fails nothing new begins, the later
 * writes are waited for, and their takes are rolled back, newest first: later events may be stored again, and order is kept.
 */
import type { Take } from '../flow/channel.ts'
import type { Sink } from '../flow/sink.ts'
import { Bell } from '../base/bell.ts'
import type { LaneSignals } from './lane-signals.ts'
import type { Part } from './stored-parts.ts'

/** The lane, as a round sees it. */
export interface Lane {
  readonly sink: Pick<Sink, 'inFlight' | 'write'>
  /** The next events, or undefined when there were none for now. */
  take(signal: AbortSignal): Promise<Take | undefined>
  commit(take: Take): Promise<void>
  rollBack(take: Take): Promise<void>
  /**
   * Its write threw, and no other take is open: settles what was rejected, or rolls back and throws on. `behind` are the events of the later takes, as
   * they were rolled back.
   */
  recover(take: Take, thrown: unknown, signals: LaneSignals, behind: readonly Part[]): Promise<void>
}

interface Failure {
  readonly thrown: unknown
}

/** A take whose write is open. */
interface Flight {
  readonly take: Take
  /** Never rejects. Undefined: stored. */
  readonly outcome: Promise<Failure | undefined>
}

export class FlightRound {
  readonly #lane: Lane
  readonly #signals: LaneSignals
  /** Ends the taking, by the lane's end or a failure. */
  readonly #over = new AbortController()
  /** Oldest first; never more than the sink's `inFlight`. */
  readonly #flights: Flight[] = []
  readonly #bell = new Bell()
  #launched = false

  constructor(lane: Lane, signals: LaneSignals) {
    this.#lane = lane
    this.#signals = signals
  }

  /** Until `takes` aborts or a write fails. Rejects with what ended it, everything unstored rolled back by then. */
  async run(): Promise<void> {
    const { takes } = this.#signals
    takes.addEventListener('abort', this.#end)
    if (takes.aborted) this.#end()
    const launching = this.#launch()
    const launched = launching.catch(() => undefined)
    try {
      await this.#land(launched)
    } finally {
      takes.removeEventListener('abort', this.#end)
      this.#end()
      await launched
      await this.#rollBackAll()
    }
    await launching
  }

  readonly #end = (): void => {
    this.#over.abort()
    this.#bell.ring()
  }

  /** Takes and begins writes while there is room for them. */
  async #launch(): Promise<void> {
    try {
      while (!this.#over.signal.aborted) await this.#launchNext()
    } finally {
      this.#launched = true
      this.#bell.ring()
    }
  }

  async #launchNext(): Promise<void> {
    if (this.#flights.length >= this.#lane.sink.inFlight) return this.#bell.rung
    const take = await this.#lane.take(this.#over.signal)
    if (take === undefined) return
    if (this.#over.signal.aborted) return this.#lane.rollBack(take)
    this.#flights.push({ take, outcome: this.#write(take) })
    this.#bell.ring()
  }

  /** A failed write ends the taking at once, even when older writes are still open. */
  async #write(take: Take): Promise<Failure | undefined> {
    try {
      await this.#lane.sink.write(take.events, this.#signals.writes)
      return undefined
    } catch (thrown) {
      this.#end()
      return { thrown }
    }
  }

  /** Commits what was written, in order. */
  async #land(launched: Promise<void>): Promise<void> {
    for (;;) {
      const flight = this.#flights[0]
      if (flight !== undefined) {
        const failure = await flight.outcome
        if (failure !== undefined) return this.#recover(failure.thrown, launched)
        await this.#commit(flight)
      } else if (this.#launched) return
      else await this.#bell.rung
    }
  }

  async #commit(flight: Flight): Promise<void> {
    await this.#lane.commit(flight.take)
    this.#flights.shift()
    this.#bell.ring()
  }

  /** The oldest open take failed. */
  async #recover(thrown: unknown, launched: Promise<void>): Promise<void> {
    await launched
    const failed = this.#flights.shift()
    const behind = await this.#parts()
    try {
      await this.#rollBackAll()
    } finally {
      if (failed !== undefined) await this.#lane.recover(failed.take, thrown, this.#signals, behind)
    }
  }

  /** The events in flight, once all writes have ended. */
  async #parts(): Promise<Part[]> {
    const parts: Part[] = []
    for (const { take, outcome } of this.#flights)
      parts.push({ events: take.events, isStored: (await outcome) === undefined })
    return parts
  }

  /** Newest first, each after its write has ended. One that cannot be rolled back keeps none of the others from it. */
  async #rollBackAll(): Promise<void> {
    for (const { outcome } of this.#flights) await outcome
    const failures: unknown[] = []
    for (let flight = this.#flights.pop(); flight !== undefined; flight = this.#flights.pop()) {
      await this.#lane.rollBack(flight.take).catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
}
