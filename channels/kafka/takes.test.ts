/** The taking side when the group shares out anew, on a consumer whose every step the test decides. */
import { describe, expect, it } from 'vitest'
import type { TopicPartition } from '../../src/client/assignors/assignor.ts'
import type { ConsumerHooks } from '../../src/client/consumer.ts'
import { BrokerError } from '../../src/client/errors.ts'
import { FetchedRecords } from '../../src/client/fetched-records.ts'
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import { realRandom } from '../../src/io/random.ts'
import { bodiesOf } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { batchOf } from '../../test/fakes/batches.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { until } from '../../test/fakes/until.ts'
import { joined } from './ready-events.ts'
import { RecordMaker } from './record-maker.ts'
import { Takes, type TakesConsumer } from './takes.ts'

const topic = 't'
const of = (...partitions: number[]): TopicPartition[] => partitions.map((partition) => ({ topic, partition }))
const rebalancing = 27

const recordsAt = (partition: number, from: number, values: readonly string[]): FetchedRecords => {
  const records = batchOf(values)
  records.writeBigInt64BE(BigInt(from))
  return new FetchedRecords({ topic, partition, fromOffset: from, records, aborted: [], checkCrc: false })
}

interface AskedCommit {
  readonly offsets: readonly OffsetToCommit[]
  readonly answer: PromiseWithResolvers<void>
}

/** Gives the records of the test, and keeps commits until the test answers them. */
class HeldConsumer implements TakesConsumer {
  readonly commits: AskedCommit[] = []
  #came = Promise.withResolvers<FetchedRecords>()

  async open(): Promise<void> {}

  subscribe(): void {}

  give(partition: number, from: number, values: readonly string[]): void {
    this.#came.resolve(recordsAt(partition, from, values))
  }

  async next(signal: AbortSignal): Promise<FetchedRecords | undefined> {
    const ended = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    const records = await Promise.race([this.#came.promise, ended])
    this.#came = Promise.withResolvers()
    return records
  }

  commit(offsets: readonly OffsetToCommit[]): Promise<void> {
    const answer = Promise.withResolvers<void>()
    this.commits.push({ offsets, answer })
    return answer.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const bench = async (...partitions: number[]) => {
  const clock = new FakeClock()
  const context = fakeContext({ clock })
  const consumer = new HeldConsumer()
  let hooks: ConsumerHooks = {}
  const rules = { parseAsFlumeEvent: false, defaultPartition: undefined, partitionHeader: undefined }
  const takes = new Takes({
    name: 'c1',
    topic,
    maker: new RecordMaker('c1', rules, new Partitioner(realRandom)),
    context,
    changed: () => undefined,
    consumer: (given) => {
      hooks = given
      return consumer
    },
  })
  await takes.start()
  const assigned = (added: number[], lost: number[]): void => hooks.assigned?.(of(...added), of(...lost))
  assigned(partitions, [])
  return {
    clock,
    log: context.log,
    consumer,
    takes,
    assigned,
    prepare: async () => hooks.prepare?.(of(...partitions)),
    /** Fetched and made. */
    async fetched(partition: number, from: number, values: readonly string[]) {
      const before = takes.ready.count
      consumer.give(partition, from, values)
      await until(() => takes.ready.count === before + values.length, 'the events')
    },
    /** The commit with this number, once it was asked for. */
    async asked(index: number): Promise<AskedCommit> {
      await until(() => consumer.commits.length > index, 'a commit')
      const commit = consumer.commits[index]
      if (commit === undefined) throw new Error('There is no such commit')
      return commit
    },
  }
}

const voidLines = (log: { of(level: 'warn'): string[] }): string[] =>
  log.of('warn').filter((line) => line.includes('is void:'))

it('commits what is settled before the group shares out anew, so that nobody is given it again', async () => {
  const { takes, consumer, ...on } = await bench(0)
  await on.fetched(0, 0, ['a', 'b', 'c'])
  const [first] = [takes.cut(2)]
  const committing = takes.commit(first)
  const refused = await on.asked(0)
  refused.answer.reject(new BrokerError('Offset of t-0', rebalancing))
  await until(() => on.clock.waiting === 1, 'the pause before the next try')

  let isReady = false
  const prepared = on.prepare().then(() => (isReady = true))
  const again = await on.asked(1)
  expect(again.offsets).toEqual([{ topic, partition: 0, offset: 2 }])
  expect(isReady).toBe(false)
  again.answer.resolve()
  await prepared
  on.assigned([], [0])
  on.clock.advance(1000)
  await committing
  expect(consumer.commits).toHaveLength(2)
  expect(voidLines(on.log)).toEqual([])
})

it('lets the group wait for a commit that is under way, and goes on where the commit is refused', async () => {
  const { takes, ...on } = await bench(0)
  await on.fetched(0, 0, ['a'])
  const committing = takes.commit(takes.cut(1))
  const commit = await on.asked(0)
  let isReady = false
  const prepared = on.prepare().then(() => (isReady = true))
  let turns = 0
  await until(() => ++turns > 5)
  expect(isReady).toBe(false)
  commit.answer.reject(new BrokerError('Offset of t-0', rebalancing))
  const last = await on.asked(1)
  last.answer.reject(new BrokerError('Offset of t-0', rebalancing))
  await prepared
  on.assigned([], [0])
  on.clock.advance(1000)
  await committing
  expect(voidLines(on.log)).toEqual([expect.stringContaining('A take of 1 event is void')])
})

it('gives out nothing of a partition that went away, and what was taken of it is void, with a WARN', async () => {
  const { takes, consumer, ...on } = await bench(0, 1)
  await on.fetched(0, 0, ['a', 'b', 'c'])
  await on.fetched(1, 0, ['x', 'y'])
  const taken = takes.cut(2)
  const other = takes.cut(1)
  expect([bodiesOf(joined(taken)), bodiesOf(joined(other))]).toEqual([['a', 'b'], ['c']])
  takes.rollBack(other)
  on.assigned([], [0])

  const left = takes.cut(10)
  expect(bodiesOf(joined(left))).toEqual(['x', 'y'])
  expect(takes.cut(10)).toEqual([])
  await takes.commit(taken)
  expect(consumer.commits).toEqual([])
  expect(voidLines(on.log)).toEqual([expect.stringContaining('A take of 2 events is void')])

  const committing = takes.commit(left)
  const commit = await on.asked(0)
  expect(commit.offsets).toEqual([{ topic, partition: 1, offset: 2 }])
  commit.answer.resolve()
  await committing
  expect(voidLines(on.log)).toHaveLength(1)
})

it('brings nothing back of a partition that went away when its take is rolled back', async () => {
  const { takes, ...on } = await bench(0)
  await on.fetched(0, 0, ['a', 'b'])
  const taken = takes.cut(1)
  on.assigned([], [0])
  takes.rollBack(taken)
  expect(takes.ready.count).toBe(1)
  expect(takes.cut(10)).toEqual([])
})

it('takes the answer to a commit for the partition as it was, not as it came back', async () => {
  const { takes, consumer, ...on } = await bench(0)
  await on.fetched(0, 0, ['a', 'b'])
  const committing = takes.commit(takes.cut(2))
  const commit = await on.asked(0)
  on.assigned([0], [0])
  commit.answer.resolve()
  await committing
  expect(voidLines(on.log)).toEqual([])
  await on.prepare()
  expect(consumer.commits).toHaveLength(1)
})

it('ends the agent where a partition comes anew that had not gone: its sink would wait for ever', async () => {
  const { takes, consumer, ...on } = await bench(0)
  await on.fetched(0, 0, ['a'])
  const channel = new ScriptedChannel()
  const slices = takes.cut(1)
  const [events, commit] = [joined(slices), () => takes.commit(slices)]
  channel.take = async () => ({ events, commit, [Symbol.asyncDispose]: async () => takes.rollBack(slices) })
  const sink = new FakeSink()
  sink.write = async () => on.assigned([0], [])
  const { agent } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } }, graceMs: 0 })
  const failure = await agent.failed
  expect([failure.name, failure.message]).toEqual(['InvariantBroken', 't-0 went away and is not lost'])
  expect(consumer.commits).toEqual([])
})

it('commits in the next turn of the event loop, or once the commit before is answered, and waits for no timer', async () => {
  const { takes, consumer, ...on } = await bench(0)
  await on.fetched(0, 0, ['a', 'b', 'c', 'd'])
  const commits = [takes.commit(takes.cut(1)), takes.commit(takes.cut(1))]
  await new Promise((resolve) => setImmediate(resolve))
  const first = await on.asked(0)
  expect(first.offsets).toEqual([{ topic, partition: 0, offset: 2 }])

  commits.push(takes.commit(takes.cut(1)), takes.commit(takes.cut(1)))
  let turns = 0
  await until(() => ++turns > 5)
  expect([consumer.commits.length, on.clock.waiting]).toEqual([1, 0])
  first.answer.resolve()
  const second = await on.asked(1)
  expect(second.offsets).toEqual([{ topic, partition: 0, offset: 4 }])
  second.answer.resolve()
  await Promise.all(commits)
  expect([consumer.commits.length, on.clock.waiting, on.clock.monotonic()]).toEqual([2, 0, 0])
})

describe('the wait for a share', () => {
  const words = (log: { of(level: 'info'): string[] }): string[] =>
    log.of('info').filter((line) => line.includes('its share of t'))

  it('is said when it lasts, and once', async () => {
    const { clock, log } = await bench()
    clock.advance(5000)
    expect(words(log)).toEqual([])
    clock.advance(60_000)
    expect(words(log)).toEqual([expect.stringContaining('kafka.consumer.session.timeout.ms')])
  })

  it('is not said at a start like any other, nor after the stop', async () => {
    const { clock, log } = await bench(0)
    clock.advance(60_000)
    const stopped = await bench()
    await stopped.takes[Symbol.asyncDispose]()
    stopped.clock.advance(60_000)
    expect([...words(log), ...words(stopped.log)]).toEqual([])
  })
})
