/**
 * Events that can never be stored. The rest of their batch is written again without them; they themselves block the sink, with one ERROR that
 * names the cure, or are quarantined, as the sink's `onReject` says.
 */
import { rethrowBroken } from '../base/assert.ts'
import { backoffMs } from '../base/backoff.ts'
import { counted } from '../base/counted.ts'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Batch } from '../flow/event.ts'
import { Rejected, type Sink } from '../flow/sink.ts'
import type { Clock } from '../io/clock.ts'
import type { Quarantine } from './quarantine.ts'
import type { LaneSignals } from './lane-signals.ts'

/** A blocked sink tries again slowly: what would cure it takes a person. */
const blockedFirstMs = 5_000
const blockedMaxMs = 60_000
/** How often quarantined events are spoken of. */
const sayEveryMs = 60_000

export interface RejectsOptions {
  readonly name: string
  readonly sink: Sink
  /** Where rejected events go; undefined to block. */
  readonly quarantine: Quarantine | undefined
  readonly log: Log
  readonly clock: Clock
}

/** What of a batch is left, and what its sink rejected so far. */
interface Sorted {
  readonly rest: Batch
  readonly rejected: Batch
}

/** What became of a batch of which the sink rejected some: all else is stored. */
export interface Settled {
  readonly quarantined: number
  /** What the sink still rejects, where it was stopped while it was blocked; else nothing. */
  readonly left: Batch
}

export class Rejects {
  readonly #options: RejectsOptions
  readonly #name: string
  #unsaid = 0
  #saidMs: number | undefined

  constructor(options: RejectsOptions) {
    this.#options = options
    this.#name = options.name
  }

  /**
   * Stores what can be stored of `batch`, of which the sink rejected some. Resolves when that is done and the others are stored or quarantined too, or
   * when `signals` end it. Rejects with what another write threw; the batch is then to be rolled back.
   */
  async settle(batch: Batch, first: Rejected, signals: LaneSignals): Promise<Settled> {
    const { rejected, reason } = await this.#writeRest(batch, first, signals.writes)
    const { quarantine } = this.#options
    if (quarantine === undefined) return { quarantined: 0, left: await this.#block(rejected, reason, signals) }
    this.#sayQuarantined(rejected.length, reason, await quarantine.add(rejected, reason))
    return { quarantined: rejected.length, left: [] }
  }

  /** The sink was stopped while it rejected `left`; `again` events that it has stored are not settled. */
  sayStopped(left: Batch, again: number): void {
    const stops = `Sink ${this.#name} stops while it is blocked by ${counted(left.length, 'event')} it rejects.`
    const repeats = ` ${counted(again, 'event')} that it has stored may be stored again after the next start.`
    this.#options.log.warn(`${stops}${again === 0 ? '' : repeats}`)
  }

  /** At once, and then no more than once a minute, however many there are. */
  #sayQuarantined(events: number, reason: string, path: string): void {
    const nowMs = this.#options.clock.monotonic()
    this.#unsaid += events
    if (this.#saidMs !== undefined && nowMs - this.#saidMs < sayEveryMs) return
    const what = `Sink ${this.#name} rejects ${counted(this.#unsaid, 'event')}: ${reason}`
    this.#options.log.error(`${what} Quarantined in ${path}.`)
    this.#saidMs = nowMs
    this.#unsaid = 0
  }

  /** Writes without the rejected ones, as often as the sink finds more of them. */
  async #writeRest(batch: Batch, first: Rejected, signal: AbortSignal): Promise<{ rejected: Batch; reason: string }> {
    let sorted: Sorted = { rest: batch, rejected: [] }
    for (let thrown: Rejected | undefined = first; thrown !== undefined;) {
      sorted = withoutRejected(sorted, thrown)
      thrown = sorted.rest.length === 0 ? undefined : await this.#rejectedBy(sorted.rest, signal)
    }
    return { rejected: sorted.rejected, reason: first.reason }
  }

  /** Undefined when the sink stored them all. */
  async #rejectedBy(batch: Batch, signal: AbortSignal): Promise<Rejected | undefined> {
    try {
      await this.#options.sink.write(batch, signal)
      return undefined
    } catch (thrown) {
      if (thrown instanceof Rejected) return thrown
      throw thrown
    }
  }

  /** Offers the rejected events again and again until the sink takes the last of them. Resolves with what is left of them at the stop. */
  async #block(rejected: Batch, reason: string, { takes, writes }: LaneSignals): Promise<Batch> {
    const { log, clock } = this.#options
    log.error(
      `Sink ${this.#name} is blocked by ${counted(rejected.length, 'event')} it rejects: ${reason} ` +
        'It tries again and goes on once that is stored; onReject = quarantine would set it aside.',
    )
    let left = rejected
    for (let failures = 1; left.length > 0; failures++) {
      await clock.sleep(backoffMs(failures, blockedFirstMs, blockedMaxMs), takes)
      if (takes.aborted) return left
      left = await this.#stillRejected(left, writes)
    }
    log.info(`Sink ${this.#name} has stored the events that it rejected before, and goes on.`)
    return left
  }

  /** What is left of `batch` after another try. */
  async #stillRejected(batch: Batch, signal: AbortSignal): Promise<Batch> {
    try {
      const thrown = await this.#rejectedBy(batch, signal)
      return thrown === undefined ? [] : (await this.#writeRest(batch, thrown, signal)).rejected
    } catch (error) {
      rethrowBroken(error)
      this.#options.log.debug(`Sink ${this.#name} is still blocked: ${reasonOf(error)}.`, { error })
      return batch
    }
  }
}

/** Takes the events that `thrown` names, and those it says are stored, out of the rest. A sink that names none, or some that are not there, is wrong: its error is thrown on. */
const withoutRejected = ({ rest, rejected }: Sorted, thrown: Rejected): Sorted => {
  const indexes = new Set(thrown.indexes.filter((index) => rest[index] !== undefined))
  if (indexes.size === 0) throw thrown
  const done = new Set(thrown.stored)
  return {
    rest: rest.filter((_, index) => !indexes.has(index) && !done.has(index)),
    rejected: [...rejected, ...rest.filter((_, index) => indexes.has(index))],
  }
}
