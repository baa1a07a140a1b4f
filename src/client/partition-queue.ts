/**
 * The batches of one partition on their way to the broker: those that wait, those in flight, and the producer id, epoch and sequence they go out
 * with. Order is kept whatever happens: a batch that must be sent again waits until all in flight behind it have been answered, and a batch that
 * fails for good fails those behind it, so that nothing overtakes it. No input or output here.
 */
import { assert } from '../base/assert.ts'
import { Fault } from '../base/faults.ts'
import { Ring } from '../base/ring.ts'
import type { Outcome } from './outcome.ts'

/** `again`: as it is, later. `resequence`: again, under a new epoch. `newId`: again, under another producer id. */
export type Verdict = 'stored' | 'failed' | 'again' | 'resequence' | 'newId'

/** A batch, as its queue sees it. */
export interface QueuedBatch {
  readonly records: { readonly count: number }
  /** On the monotonic clock: after it the batch fails instead of being sent again. */
  readonly dueMs: number
  /** Sequence of its first record, -1 while it has none. */
  sequence: number
  /** The socket may still read the batch's bytes. */
  inFlight: boolean
  /** Its outcome was told. */
  readonly settled: boolean
  /** Tells the outcome, once. */
  settle(outcome: Outcome): void
  /** Nobody reads or will send it any more, unless it is in flight or not settled. */
  release(): void
}

const sequencesMax = 2 ** 31
const epochMax = 32_766

export interface ProducerIdentity {
  readonly producerId: number
  readonly epoch: number
}

export const noIdentity: ProducerIdentity = { producerId: -1, epoch: -1 }

export class PartitionQueue<Entry extends QueuedBatch> {
  readonly topic: string
  readonly partition: number
  readonly #waiting = new Ring<Entry>()
  readonly #inFlight: Entry[] = []
  /** Answered, to be sent again; in the order of their answers, which is that of their requests. */
  #again: Entry[] = []
  #failure: Error | undefined
  #problem: Error | undefined
  #resequence = false
  #identity: ProducerIdentity | undefined
  #retiredId = -1
  #nextSequence = 0

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** Undefined while a producer id is needed and not there. */
  get identity(): ProducerIdentity | undefined {
    return this.#identity
  }

  /** The producer id that the broker no longer takes here, -1 if none. */
  get retiredId(): number {
    return this.#retiredId
  }

  /** Its id was refused, and what is still in flight under it must be answered before it gets another. */
  get retiring(): boolean {
    return this.#identity === undefined && this.#inFlight.length > 0
  }

  /** What went wrong first with those last in flight together; what came after is mostly its consequence. */
  get problem(): Error | undefined {
    return this.#problem
  }

  /** Batches not in flight. */
  get waiting(): number {
    return this.#waiting.length + this.#again.length
  }

  get inFlight(): number {
    return this.#inFlight.length
  }

  /** Whether batches wait for those in flight to be answered before anything else is sent. */
  get draining(): boolean {
    return this.#again.length > 0 || this.#failure !== undefined
  }

  /** From here on batches go out under this identity, from sequence 0. Not while something is in flight. */
  identify(identity: ProducerIdentity): void {
    assert(this.#inFlight.length === 0, 'an identity changes only when nothing is in flight')
    this.#identity = identity
    this.#renumber()
  }

  push(entry: Entry): void {
    this.#waiting.push(entry)
  }

  /** The batch that may be sent next with at most `inFlightMax` in flight, without taking it. */
  next(inFlightMax: number): Entry | undefined {
    if (this.#identity === undefined || this.draining || this.#inFlight.length >= inFlightMax) return undefined
    for (let entry = this.#waiting.peek(); entry?.settled === true; entry = this.#waiting.peek()) this.#dropCancelled()
    return this.#waiting.peek()
  }

  /** Takes what `next` showed; it is in flight from now on. */
  take(): Entry {
    const entry = this.#waiting.shift()
    assert(entry !== undefined, 'nothing to take')
    if (entry.sequence < 0) {
      entry.sequence = this.#nextSequence
      this.#nextSequence = (this.#nextSequence + entry.records.count) % sequencesMax
    }
    if (this.#inFlight.length === 0) this.#problem = undefined
    entry.inFlight = true
    this.#inFlight.push(entry)
    return entry
  }

  /**
   * The broker's answer for a batch in flight, or that of a lost connection. `outcome` is told if the verdict is final.
   * Returns true when the queue needs help before it can go on: a new leader, a pause, a producer id.
   */
  answered(entry: Entry, verdict: Verdict, outcome: Outcome): boolean {
    const at = this.#inFlight.indexOf(entry)
    assert(at >= 0, 'an answer for a batch that is not in flight')
    this.#inFlight.splice(at, 1)
    entry.inFlight = false
    this.#problem ??= outcome.error
    if (verdict === 'stored') entry.settle(outcome)
    else if (verdict === 'failed') this.#fail(entry, outcome)
    else this.#again.push(entry)
    if (verdict === 'resequence') this.#resequence = true
    if (verdict === 'newId') this.#retire()
    entry.release()
    return this.#inFlight.length === 0 && this.draining && this.#turn()
  }

  /** Whether the oldest batch that waits is past its time. Never while something is in flight. */
  expired(nowMs: number): boolean {
    const oldest = this.#waiting.peek()
    return oldest !== undefined && this.#inFlight.length === 0 && oldest.dueMs <= nowMs
  }

  /** Fails everything that waits, at once or as soon as what is in flight was answered. */
  failWaiting(error: Error): void {
    this.#failure ??= error
    if (this.#inFlight.length === 0) this.#turn()
  }

  #fail(entry: Entry, outcome: Outcome): void {
    entry.settle(outcome)
    if (outcome.error === undefined || this.#failure !== undefined) return
    const { topic, partition } = this
    this.#failure = new Fault('BEHIND_REFUSED', { topic, partition, problem: outcome.error.message }, outcome.error)
  }

  /** Nothing is in flight: decides what happens to those that are to be sent again. */
  #turn(): boolean {
    const failure = this.#failure
    for (let i = this.#again.length - 1; i >= 0; i--) this.#waiting.unshift(this.#again[i] as Entry)
    this.#again = []
    this.#failure = undefined
    if (failure !== undefined) {
      for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift())
        entry.settle({ baseOffset: -1, error: failure })
    }
    if (failure !== undefined || this.#resequence) this.#nextEpoch()
    return failure === undefined || this.#identity === undefined
  }

  /** A cancelled batch that was sent before leaves a gap in the sequence. */
  #dropCancelled(): void {
    const entry = this.#waiting.shift()
    if (entry !== undefined && entry.sequence >= 0) this.#nextEpoch()
  }

  /** Batches that were never stored leave a gap that the broker would refuse: under a new epoch counting starts at 0. */
  #nextEpoch(): void {
    this.#resequence = false
    const identity = this.#identity
    if (identity === undefined || identity.producerId < 0) return
    if (identity.epoch >= epochMax) return this.#retire()
    this.#identity = { ...identity, epoch: identity.epoch + 1 }
    this.#renumber()
  }

  #retire(): void {
    this.#retiredId = this.#identity?.producerId ?? this.#retiredId
    this.#identity = undefined
  }

  #renumber(): void {
    this.#nextSequence = 0
    const count = this.#waiting.length
    for (let i = 0; i < count; i++) {
      const entry = this.#waiting.shift() as Entry
      entry.sequence = -1
      this.#waiting.push(entry)
    }
  }
}
