/**
 * The taking side: one consumer for all sinks of the channel. It fetches a little ahead, hands events out in order, and commits for each partition the
 * offset of the first event that is not stored. A commit of a take resolves when the group has it. Takes of partitions that the group gave to another
 * agent are void: what they hold is delivered there.
 */
import { assert, rethrowBroken } from '../../src/base/assert.ts'
import { backoffMs } from '../../src/base/backoff.ts'
import { counted } from '../../src/base/counted.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import type { TopicPartition } from '../../src/client/assignors/assignor.ts'
import type { Consumer, ConsumerHooks } from '../../src/client/consumer.ts'
import { BrokerError } from '../../src/client/errors.ts'
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'
import type { FetchedRecords } from '../../src/client/fetched-records.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Event } from '../../src/flow/event.ts'
import { Bell } from '../../src/base/bell.ts'
import type { RecordMaker } from './record-maker.ts'
import { HeldPartition, ReadyEvents, type Slice } from './ready-events.ts'

/** What the takes need of the consumer. */
export type TakesConsumer = Pick<Consumer, 'open' | 'subscribe' | 'next' | 'commit' | typeof Symbol.asyncDispose>

export interface TakesOptions {
  readonly name: string
  readonly topic: string
  readonly maker: RecordMaker
  readonly consumer: (hooks: ConsumerHooks) => TakesConsumer
  readonly context: Context
  /** There is something to take, or the reading has ended. */
  readonly changed: () => void
}

/** Events made ahead of the takes. */
const aheadMax = 5000
const sliceMax = 1000
const retryFirstMs = 50
const retryMaxMs = 1000
/** Without a partition for so long, something is to be said: brokers let a group wait for 3 seconds for its first members. */
const sharelessMs = 10_000

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

export class Takes implements AsyncDisposable {
  readonly ready = new ReadyEvents()
  /** Events in takes that are open. */
  taken = 0
  /** Events whose take was committed. */
  committed = 0
  readonly #options: TakesOptions
  readonly #consumer: TakesConsumer
  readonly #held = new Map<string, HeldPartition>()
  readonly #stop = new AbortController()
  readonly #room = new Bell()
  #reading: Promise<void> | undefined
  #committing: Promise<void> | undefined
  #shareless: Disposable | undefined
  #failure: unknown
  #isUnreadableSaid = false

  constructor(options: TakesOptions) {
    this.#options = options
    this.#consumer = options.consumer({
      prepare: () =>
        this.#commitAll()
          .catch(reasonOf)
          .then(() => undefined),
      assigned: (added, lost) => this.#assigned(added, lost),
    })
  }

  /** Begins to read, the first time. Rejects with BROKER_UNREACHABLE. */
  async start(): Promise<void> {
    await this.#consumer.open()
    this.#consumer.subscribe([this.#options.topic])
    this.#shareless ??= this.#options.context.clock.after(sharelessMs, () => this.#sayShareless())
    this.#reading ??= this.#read()
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Up to `max` events that are ready. Throws what has ended the reading. */
  cut(max: number): Slice[] {
    const slices = this.ready.cut(max)
    this.taken += slices.reduce((sum, { events }) => sum + events.length, 0)
    this.#room.ring()
    if (slices.length === 0 && this.#failure !== undefined) throw this.#failure
    return slices
  }

  /**
   * The events are stored elsewhere; resolves when the group knows. Rejects with CHANNEL_CLOSED when the channel is closed before that, and with what
   * ended the reading where the group takes no more commits since.
   */
  async commit(slices: readonly Slice[]): Promise<void> {
    this.#untake(slices)
    for (const slice of slices) slice.held.settle(slice)
    for (let failures = 1; slices.some(isOpen); failures++) {
      // No commit would ever cover it, and the loop would not end.
      for (const { held } of slices)
        assert(held.isLost || this.#held.get(keyOf(held)) === held, `${keyOf(held)} went away and is not lost`)
      try {
        await this.#commitAll()
      } catch (thrown) {
        rethrowBroken(thrown)
        if (this.#failure !== undefined) throw this.#failure
        if (this.#stop.signal.aborted) throw new Fault('CHANNEL_CLOSED', { channel: this.#options.name }, thrown)
        await this.#options.context.clock.sleep(backoffMs(failures, retryFirstMs, retryMaxMs), this.#stop.signal)
      }
      // Behind the commit point: what is before it is still open, and will be committed with it.
      if (slices.every(({ held }) => held.toCommit === undefined)) break
    }
    this.committed += slices.reduce((sum, { events }) => sum + events.length, 0)
    const lost = slices.filter(isVoid).reduce((sum, { events }) => sum + events.length, 0)
    if (lost > 0) this.#options.context.log.warn(`A take of ${counted(lost, 'event')} is void: it was stored when its partition was another agent's, or to be read again. What it held is delivered again.`) // prettier-ignore
  }

  rollBack(slices: readonly Slice[]): void {
    const before = this.taken
    this.#untake(slices)
    this.#options.context.counters.add('RollbackCount', before - this.taken)
    this.ready.back(slices)
    this.#options.changed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#shareless?.[Symbol.dispose]()
    this.#room.ring()
    await this.#reading
    await this.#commitAll().catch((thrown: unknown) => {
      rethrowBroken(thrown)
      this.#options.context.log.warn(
        `The last offsets were not committed: ${reasonOf(thrown)}. Some events are delivered again.`,
      )
    })
    // Another reads on from there: takes that are open yet are not to be committed by this one.
    if (this.#failure !== undefined) for (const held of this.#held.values()) held.isLost = true
    await this.#consumer[Symbol.asyncDispose]()
  }

  #untake(slices: readonly Slice[]): void {
    this.taken -= slices.reduce((sum, { events }) => sum + events.length, 0)
  }

  async #read(): Promise<void> {
    const { signal } = this.#stop
    try {
      while (!signal.aborted) {
        while (this.ready.count >= aheadMax && !signal.aborted) await this.#room.rung
        const records = await this.#timed('KafkaEventGetTimer', this.#consumer.next(signal))
        if (records !== undefined) await this.#make(records)
      }
    } catch (thrown) {
      this.#failure = thrown
      this.#shareless?.[Symbol.dispose]()
      this.#options.changed()
    }
  }

  async #make(records: FetchedRecords): Promise<void> {
    const held = this.#heldFor(records)
    if (held === undefined) return
    held.goOn(records.position)
    while (!held.isLost && !this.#stop.signal.aborted) {
      const isLast = this.#makeSlice(records, held)
      this.#options.changed()
      if (isLast) return
      while (this.ready.count >= aheadMax && !this.#stop.signal.aborted) await this.#room.rung
    }
  }

  /** The partition as it is held now: anew where the reading has jumped back, since the same offsets come twice then. */
  #heldFor(records: FetchedRecords): HeldPartition | undefined {
    const { topic, partition } = records
    const held = this.#held.get(keyOf(records))
    if (held === undefined || records.position >= held.end) return held
    held.isLost = true
    const anew = new HeldPartition(topic, partition)
    this.#held.set(keyOf(records), anew)
    return anew
  }

  /** True where the records are used up. */
  #makeSlice(records: FetchedRecords, held: HeldPartition): boolean {
    const [events, offsets]: [Event[], number[]] = [[], []]
    const from = records.position
    let isLast = false
    while (events.length < sliceMax && !isLast) {
      isLast = !records.next()
      if (isLast) break
      events.push(this.#options.maker.event(records, (problem) => this.#unreadable(records, problem)))
      offsets.push(records.reader.offset)
    }
    held.end = records.position
    const slice = { held, events, offsets, from, to: held.end }
    if (events.length > 0) this.ready.push(slice)
    else held.settle(slice)
    return isLast
  }

  /** One commit at a time, of all that is settled; who comes meanwhile shares the next. */
  async #commitAll(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing.catch(reasonOf)
    if (this.#settled().length === 0) return
    this.#committing = this.#commitSettled()
    try {
      await this.#committing
    } catch (thrown) {
      if (thrown instanceof BrokerError)
        this.#options.context.log.debug(`Offsets were not committed: ${reasonOf(thrown)}.`)
      throw thrown
    } finally {
      this.#committing = undefined
    }
  }

  /** After a turn of the event loop, in which a busy sink settles more: a commit costs both ends as much as hundreds of events do. */
  async #commitSettled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    const settled = this.#settled()
    if (settled.length > 0) {
      const offsets = settled.map(({ offset }) => offset)
      await this.#timed('KafkaCommitTimer', this.#consumer.commit(offsets))
    }
    for (const { held, offset } of settled) held.committed(offset.offset)
  }

  /** Adds the milliseconds that it takes to the counter. */
  async #timed<T>(counter: string, work: Promise<T>): Promise<T> {
    const { clock, counters } = this.#options.context
    const startMs = clock.monotonic()
    try {
      return await work
    } finally {
      counters.add(counter, Math.round(clock.monotonic() - startMs))
    }
  }

  /** With whom each offset is from: while a commit is under way the partition may go, and come back anew. */
  #settled(): { held: HeldPartition; offset: OffsetToCommit }[] {
    return [...this.#held.values()].flatMap((held) => {
      const offset = held.toCommit
      return offset === undefined ? [] : [{ held, offset }]
    })
  }

  #assigned(added: readonly TopicPartition[], lost: readonly TopicPartition[]): void {
    const { log, name } = this.#options.context
    for (const one of lost) {
      const held = this.#held.get(keyOf(one))
      if (held !== undefined) held.isLost = true
      this.#held.delete(keyOf(one))
    }
    for (const { topic, partition } of added)
      this.#held.set(keyOf({ topic, partition }), new HeldPartition(topic, partition))
    if (lost.length > 0)
      log.warn(
        `Channel ${name}: the group took ${lost.map(keyOf).join(', ')} away; what was taken of them and is not committed is void.`,
      )
    if (added.length > 0) this.#shareless?.[Symbol.dispose]()
    if (added.length > 0) log.info(`Channel ${name} takes from ${added.map(keyOf).join(', ')}.`)
  }

  #sayShareless(): void {
    const { context, name, topic } = this.#options
    context.log.info(
      `Channel ${name} has waited ${sharelessMs / 1000} seconds for its share of ${topic}: other agents have all of it, or one ended without leaving the group, which keeps its place until kafka.consumer.session.timeout.ms is over, or there is no such topic.`,
    )
  }

  #unreadable({ topic, partition, reader }: FetchedRecords, problem: string): void {
    if (this.#isUnreadableSaid) return
    this.#isUnreadableSaid = true
    this.#options.context.log.warn(
      `Record ${reader.offset} of ${topic}-${partition} is no Flume event (${problem}): its value is taken for a body, and so with later ones. Where others write this topic set parseAsFlumeEvent = false.`,
    )
  }
}

const isOpen = ({ held, to }: Slice): boolean => !held.isLost && !held.hasCommitted(to)

const isVoid = ({ held, to }: Slice): boolean => held.isLost && !held.hasCommitted(to)
