/**
 * The source itself: takes fetched records, makes batches of events, delivers them, and commits the offsets of what has settled. Group membership and
 * fetching go on behind it while a channel holds it back. When the group shares out anew it stops delivering, settles and commits what it can, and
 * voids the rest of the partitions that it loses.
 */
import { unlessAborted } from '../../src/base/abort.ts'
import { Bell } from '../../src/base/bell.ts'
import { counted } from '../../src/base/counted.ts'
import { reasonOf } from '../../src/base/faults.ts'
import type { TopicPartition } from '../../src/client/assignors/assignor.ts'
import type { Consumer, ConsumerHooks } from '../../src/client/consumer.ts'
import type { FetchedRecords } from '../../src/client/fetched-records.ts'
import { Ahead } from '../../src/flow/ahead.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Event } from '../../src/flow/event.ts'
import { settledReceipt } from '../../src/flow/receipt.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import type { EventMaker } from './event-maker.ts'
import { HeldPartitions } from './held-partitions.ts'
import type { HeldPartition } from './held-partitions.ts'
import { OffsetCommits } from './offset-commits.ts'

export interface KafkaSourceOptions {
  readonly topics: readonly string[] | RegExp
  readonly batchSize: number
  /** The longest that a batch waits to be full. */
  readonly batchDurationMs: number
  readonly commitIntervalMs: number
  /** How long a rebalance may be put off so that delivered events can settle. */
  readonly revokeWaitMs: number
  readonly maker: () => EventMaker
  /** A consumer of its own for each run. */
  readonly consumer: (hooks: ConsumerHooks) => Consumer
}

/** How far a batch got in one partition. */
interface Reached {
  readonly held: HeldPartition
  readonly offset: number
  readonly events: number
}

/** One life of the source, from its start to its end. */
class Run {
  readonly #options: KafkaSourceOptions
  readonly #context: SourceContext
  readonly #deliver: Deliver
  readonly #signal: AbortSignal
  readonly #maker: EventMaker
  readonly #consumer: Consumer
  readonly #held = new HeldPartitions()
  readonly #commits: OffsetCommits
  readonly #ahead: Ahead<readonly Reached[]>
  readonly #changed = new Bell()
  /** Records that are not used up. */
  #records: FetchedRecords | undefined
  /** The group is about to share out anew: nothing is delivered. */
  #preparing = false
  /** The batch under way: it is being filled, or on its way into the channels. */
  #moving: Promise<unknown> = Promise.resolve()
  #closed = false
  #waiting = new AbortController()

  constructor(options: KafkaSourceOptions, context: SourceContext, deliver: Deliver, signal: AbortSignal) {
    this.#options = options
    this.#context = context
    this.#deliver = deliver
    this.#signal = signal
    this.#maker = options.maker()
    this.#consumer = options.consumer({
      prepare: (partitions) => this.#prepare(partitions),
      assigned: (added, lost) => this.#assigned(added, lost),
    })
    this.#ahead = new Ahead(context.aheadMax, (reached) => this.#settled(reached))
    this.#commits = new OffsetCommits({
      held: this.#held,
      intervalMs: options.commitIntervalMs,
      commit: (offsets) => this.#consumer.commit(offsets),
      context,
    })
  }

  async untilStopped(): Promise<void> {
    const stopped = (): void => this.#wake()
    this.#signal.addEventListener('abort', stopped)
    try {
      await this.#consumer.open()
      this.#consumer.subscribe(this.#options.topics)
      while (!this.#signal.aborted) await this.#readBatch()
      await this.#ahead.empty(this.#context.grace)
    } finally {
      this.#signal.removeEventListener('abort', stopped)
      await this.#close()
    }
  }

  async #close(): Promise<void> {
    this.#closed = true
    await this.#commits.close(this.#context.grace, this.#signal.aborted)
    await this.#consumer[Symbol.asyncDispose]()
  }

  async #readBatch(): Promise<void> {
    while (this.#preparing && !this.#signal.aborted) await this.#changed.rung
    await this.#ahead.room(this.#signal)
    const moving = this.#moveBatch()
    this.#moving = moving.catch(reasonOf)
    await moving
  }

  async #moveBatch(): Promise<void> {
    const batch: Event[] = []
    const reached: Reached[] = []
    let failure: unknown
    try {
      await this.#fill(batch, reached)
    } catch (error) {
      failure = error
    }
    if (batch.length > 0) this.#ahead.add(batch.length, reached, await this.#deliver(batch))
    else if (reached.length > 0) this.#ahead.add(0, reached, settledReceipt)
    if (failure !== undefined) throw failure
  }

  /** Until the batch is full, its time is over, or nothing is to be delivered for now. */
  async #fill(batch: Event[], reached: Reached[]): Promise<void> {
    const { batchSize, batchDurationMs } = this.#options
    let dueMs = Infinity
    while (batch.length < batchSize && !this.#preparing && !this.#signal.aborted) {
      const records = this.#records ?? (await this.#nextRecords(dueMs))
      if (records === undefined) return
      this.#take(records, batch, reached)
      if (dueMs === Infinity) dueMs = this.#context.clock.monotonic() + batchDurationMs
    }
  }

  /** What was fetched, waited for until `dueMs`; undefined when that has passed or something else has happened. */
  async #nextRecords(dueMs: number): Promise<FetchedRecords | undefined> {
    const ready = this.#consumer.take()
    if (ready !== undefined) return ready
    const { clock, counters } = this.#context
    const startMs = clock.monotonic()
    if (startMs >= dueMs) return undefined
    const waiting = (this.#waiting = new AbortController())
    using _timer = dueMs === Infinity ? undefined : clock.after(dueMs - startMs, () => waiting.abort())
    const records = await this.#consumer.next(waiting.signal)
    counters.add('KafkaEventGetTimer', Math.round(clock.monotonic() - startMs))
    if (records === undefined) counters.add('KafkaEmptyCount', 1)
    return records
  }

  #take(records: FetchedRecords, batch: Event[], reached: Reached[]): void {
    const held = this.#held.get(records.topic, records.partition)
    this.#records = undefined
    if (held === undefined) return
    const before = batch.length
    try {
      if (this.#maker.fill(batch, this.#options.batchSize, records)) this.#records = records
    } finally {
      const events = batch.length - before
      held.unsettled += events
      reached.push({ held, offset: records.position, events })
    }
  }

  #settled(reached: readonly Reached[]): void {
    for (const { held, offset, events } of reached) held.settle(offset, events)
    if (!this.#closed) this.#commits.soon()
  }

  #wake(): void {
    this.#waiting.abort()
    this.#changed.ring()
  }

  async #prepare(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock } = this.#context
    this.#preparing = true
    this.#wake()
    const over = new AbortController()
    // Longer than the group waits for its members would cost the membership.
    const patienceMs = Math.min(this.#options.revokeWaitMs, this.#consumer.options.rebalanceTimeoutMs / 2)
    using _timer = clock.after(patienceMs, () => over.abort())
    await unlessAborted(this.#moving, over.signal)
    await this.#ahead.empty(over.signal)
    await this.#commits.now()
    for (const { topic, partition } of partitions)
      this.#context.log.debug(`Topic ${topic} - partition ${partition} may go to another member.`)
  }

  #assigned(added: readonly TopicPartition[], lost: readonly TopicPartition[]): void {
    const { log } = this.#context
    for (const { topic, partition } of lost) {
      const unsettled = this.#held.remove(topic, partition)?.unsettled ?? 0
      if (this.#records?.topic === topic && this.#records.partition === partition) this.#records = undefined
      log.info(`topic ${topic} - partition ${partition} revoked.`)
      if (unsettled > 0)
        log.warn(
          `${counted(unsettled, 'event')} of ${topic}-${partition} had not settled when the group took the partition away: its next reader repeats what had not.`,
        )
    }
    for (const { topic, partition } of added) {
      this.#held.add(topic, partition)
      log.info(`topic ${topic} - partition ${partition} assigned.`)
    }
    this.#preparing = false
    this.#wake()
  }
}

export class KafkaSource implements Source {
  readonly whenRefused = 'retry'
  readonly #options: KafkaSourceOptions
  readonly #context: SourceContext

  constructor(options: KafkaSourceOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
  }

  run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    return new Run(this.#options, this.#context, deliver, signal).untilStopped()
  }
}
