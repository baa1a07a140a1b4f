/** Transactional producers and a broker's rooms on a disk that dies, without the network between them, and a model of what may be read afterwards. */
import { expect } from 'vitest'
import { brokerConfig } from '../../src/broker/config.ts'
import { GroupCoordinator } from '../../src/broker/groups/coordinator.ts'
import { ProducerIds } from '../../src/broker/api/producer-ids.ts'
import { openTopicStore, type TopicStore } from '../../src/broker/topics/topic-store.ts'
import { TransactionCoordinator } from '../../src/broker/transactions/coordinator.ts'
import { KafkaFault } from '../../src/protocol/error-codes.ts'
import { FakeClock } from '../fakes/clock.ts'
import { RecordingLog } from '../fakes/context.ts'
import { DiskCrashed, FakeDisk } from '../fakes/disk.ts'
import { client } from '../fakes/partition-log.ts'
import { batchOf } from '../fakes/batches.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'
import { fakeProcess } from '../fakes/topic-store.ts'
import { committedValues } from '../fakes/transactions.ts'
import { until } from '../fakes/until.ts'

export const PARTITIONS = 3
export const TIMEOUT_MS = 60_000
const OFFSETS = '__consumer_offsets'

type End = 'commit' | 'abort'

/** One transaction, as its producer saw it. */
export interface Sent {
  /** Partition by value. */
  readonly values: Map<string, number>
  /** What it committed for the group, if it did. */
  offset: number | undefined
  asked: End | undefined
  answered: boolean
}

class Broker implements Disposable {
  readonly topics: TopicStore
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly now: () => number
  readonly #disk: FakeDisk

  constructor(topics: TopicStore, disk: FakeDisk, clock: FakeClock, log: RecordingLog, random: SeededRandom) {
    const { settings } = brokerConfig({
      'offsets.topic.num.partitions': '2',
      'transaction.state.log.num.partitions': '2',
    })
    this.topics = topics
    this.now = () => clock.now()
    this.#disk = disk
    this.groups = new GroupCoordinator({ settings, topics, clock, random, log })
    this.groups.load()
    const isUsed = topics.list().length > 0
    const ids = new ProducerIds({ disk, folders: () => ['/logs'], clock, isUsed, isComplete: true })
    const newProducerId = (): number | Promise<number> => ids.next()
    this.transactions = new TransactionCoordinator({
      settings,
      topics,
      clock,
      log,
      newProducerId,
      listener: this.groups,
    })
    this.transactions.load()
    if (topics.get('t') === undefined) topics.create({ name: 't', partitions: PARTITIONS })
  }

  /** A turn of the event loop, before something is asked again. */
  async pause(): Promise<void> {
    await turn()
    if (this.#disk.isDead) throw new DiskCrashed()
  }

  [Symbol.dispose](): void {
    this.transactions[Symbol.dispose]()
    this.groups[Symbol.dispose]()
  }
}

export class Producer {
  readonly id: string
  readonly #broker: Broker
  readonly #sequences = new Map<number, number>()
  #name = { transactionalId: '', producerId: -1, producerEpoch: -1 }

  constructor(broker: Broker, id: string) {
    this.#broker = broker
    this.id = id
  }

  async init(): Promise<void> {
    for (;;) {
      const ask = { transactionalId: this.id, timeoutMs: TIMEOUT_MS, expected: undefined }
      const given = await this.#broker.transactions.initProducerId(ask)
      if (typeof given === 'object') {
        this.#name = { transactionalId: this.id, ...given }
        this.#sequences.clear()
        return
      }
      if (given !== 51) throw new KafkaFault('UNKNOWN_SERVER_ERROR', `InitProducerId gave ${given}`)
      await this.#broker.pause()
    }
  }

  async send(partition: number, value: string, sent: Sent): Promise<void> {
    const { transactions, topics } = this.#broker
    await this.#retried(() => transactions.addPartitions(this.#name, new Map([['t', new Set([partition])]])))
    refuse(transactions.verify(this.#name, 't', partition))
    const baseSequence = this.#sequences.get(partition) ?? 0
    sent.values.set(value, partition)
    const { producerId, producerEpoch } = this.#name
    const timestampMs = this.#broker.now()
    const batch = batchOf([value], { timestampMs, isTransactional: true, producerId, producerEpoch, baseSequence })
    await topics.partition('t', partition).append(batch, client).flushed
    this.#sequences.set(partition, baseSequence + 1)
  }

  async commitOffset(offset: number, sent: Sent): Promise<void> {
    const { transactions, groups } = this.#broker
    const home = new Map([[OFFSETS, new Set([groups.partitionOf('g')])]])
    await this.#retried(() => transactions.addPartitions(this.#name, home))
    sent.offset = offset
    const commit = { topic: 't', partition: 0, offset, leaderEpoch: -1, metadata: '', commitMs: 1, expireMs: undefined }
    const who = { groupId: 'g', generation: -1, memberId: '', instanceId: undefined }
    refuse(await groups.commitInTransaction({ ...who, ...this.#name, offsets: [commit] }))
  }

  async end(outcome: End, sent: Sent): Promise<void> {
    sent.asked = outcome
    refuse(await this.#broker.transactions.end(this.#name, outcome))
    sent.answered = true
  }

  async #retried(ask: () => Promise<number>): Promise<void> {
    for (let error = await ask(); ; error = await ask()) {
      if (error !== 51) return refuse(error)
      await this.#broker.pause()
    }
  }
}

const refuse = (error: number): void => {
  if (error !== 0) throw new KafkaFault('UNKNOWN_SERVER_ERROR', `refused with ${error}`)
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

export class World {
  readonly random: SeededRandom
  readonly disk: FakeDisk
  readonly sent: Sent[] = []
  readonly #flushes: boolean
  clock = new FakeClock()
  broker: Broker | undefined
  #pid = 0

  constructor(seed: number, flushes: boolean) {
    this.random = seededRandom(seed)
    this.disk = new FakeDisk({ seed })
    this.#flushes = flushes
  }

  get running(): Broker {
    if (this.broker === undefined) throw new Error('The broker is not running')
    return this.broker
  }

  async start(): Promise<void> {
    const { disk, random } = this
    const clock = (this.clock = new FakeClock(this.clock.now() + 1000))
    const log = new RecordingLog()
    const given = new Map([['log.segment.bytes', '1500'], ...(this.#flushes ? [['log.flush.interval.messages', '1'] as const] : [])]) // prettier-ignore
    const options = { folders: ['/logs'], brokerId: 0, partitionsDefault: 1, given, recoveryCheckpointMs: 1000 }
    const topics = await openTopicStore({ ...options, disk, clock, random, log, processes: fakeProcess(++this.#pid) })
    this.broker = new Broker(topics, disk, clock, log, random)
  }

  /** Dies, if it has not yet, and starts again. */
  async restart(kind: 'process' | 'power'): Promise<void> {
    this.disk.kill()
    this.broker?.[Symbol.dispose]()
    await turn()
    this.disk.restart(kind)
    await this.start()
    await until(() => [...this.running.transactions.list()].every(({ facts }) => !facts.state.startsWith('Prepare')))
  }

  begin(): Sent {
    const sent: Sent = { values: new Map(), offset: undefined, asked: undefined, answered: false }
    this.sent.push(sent)
    return sent
  }

  /** The values that a reader of committed data gets of a partition. */
  #committed(partition: number): Set<string> {
    const log = this.running.topics.partition('t', partition)
    const values: string[] = []
    for (let from = log.logStartOffset; from < log.lastStableOffset;) {
      const bytes = log.read(from, { maxBytes: 1_000_000, minOne: true, upTo: log.lastStableOffset })
      if (bytes.length === 0) break
      const end = log.lastStableOffset
      values.push(...committedValues(bytes, log.transactions.aborted(from, end)))
      from = nextOf(bytes, from)
    }
    expect(new Set(values).size).toBe(values.length)
    return new Set(values)
  }

  /** Nothing is seen that must not be. What is committed may still be behind an open transaction, where nobody sees it. */
  check(): void {
    const seen = Array.from({ length: PARTITIONS }, (_, partition) => this.#committed(partition))
    const committed = this.sent.filter(({ asked }) => asked === 'commit').flatMap(({ values }) => [...values])
    const possible = new Set(committed.map(([value, partition]) => `${partition} ${value}`))
    for (const [partition, values] of seen.entries())
      for (const value of values) expect(possible).toContain(`${partition} ${value}`)
  }

  /** Now that nothing is open: all of what was answered as committed is seen, and all or nothing of what was not answered. */
  #checkSettled(): void {
    const seen = Array.from({ length: PARTITIONS }, (_, partition) => this.#committed(partition))
    let offset: number | undefined
    for (const { values, asked, answered, ...sent } of this.sent) {
      const visible = [...values].filter(([value, partition]) => seen[partition]?.has(value))
      if (asked !== 'commit') expect(visible).toEqual([])
      else if (answered) expect(visible).toEqual([...values])
      else expect([0, values.size]).toContain(visible.length)
      if (sent.offset !== undefined && visible.length > 0) offset = sent.offset
    }
    expect(this.running.groups.get('g')?.committed.get('t', 0)?.offset).toBe(offset)
  }

  /** Whatever is still open is aborted in time, and then nobody waits for anything. */
  async settle(): Promise<void> {
    await this.clock.advanceSlowly(TIMEOUT_MS + 20_000, 5000)
    const { topics, transactions, groups } = this.running
    const logs = Array.from({ length: PARTITIONS }, (_, partition) => topics.partition('t', partition))
    await until(() => logs.every((log) => log.lastStableOffset === log.logEndOffset))
    await until(() => [...transactions.list()].every(({ facts }) => facts.state !== 'Ongoing'))
    expect(groups.get('g')?.committed.unstable.isEmpty ?? true).toBe(true)
    this.#checkSettled()
  }
}

const nextOf = (bytes: Buffer, from: number): number => {
  let last = from
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8))
    last = Number(bytes.readBigInt64BE(at)) + bytes.readInt32BE(at + 23) + 1
  return last
}
