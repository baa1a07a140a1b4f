/** What ends the reading for good, a refused membership, say: sinks are told, the group is left, and the channel begins anew. */
import { expect, it } from 'vitest'
import type { ConsumerHooks } from '../../src/client/consumer.ts'
import { BrokerError } from '../../src/client/errors.ts'
import { FetchedRecords } from '../../src/client/fetched-records.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import type { Take } from '../../src/flow/channel.ts'
import { realRandom } from '../../src/io/random.ts'
import { bodiesOf } from '../../test/conformance/events.ts'
import { defer } from '../../test/conformance/scope.ts'
import { batchOf } from '../../test/fakes/batches.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { KafkaChannel } from './kafka-channel.ts'
import type { Puts } from './puts.ts'
import { RecordMaker } from './record-maker.ts'
import { Takes, type TakesConsumer } from './takes.ts'

const topic = 't'
const never = new AbortController().signal
const refused = (): BrokerError => new BrokerError('Group flume', 30)

const recordsAt = (from: number, values: readonly string[]): FetchedRecords => {
  const records = batchOf(values)
  records.writeBigInt64BE(BigInt(from))
  return new FetchedRecords({ topic, partition: 0, fromOffset: from, records, aborted: [], checkCrc: false })
}

/** One life of the consumer, on the script's terms. */
class Life implements TakesConsumer {
  readonly startMs: number
  readonly hooks: ConsumerHooks
  readonly committed: number[] = []
  isClosed = false
  refusesCommits = false
  readonly #coming: (FetchedRecords | Error)[] = []
  #came = Promise.withResolvers<void>()

  constructor(startMs: number, hooks: ConsumerHooks) {
    this.startMs = startMs
    this.hooks = hooks
  }

  async open(): Promise<void> {}

  subscribe(): void {
    this.hooks.assigned?.([{ topic, partition: 0 }], [])
  }

  gives(what: FetchedRecords | Error): void {
    this.#coming.push(what)
    this.#came.resolve()
  }

  async next(signal: AbortSignal): Promise<FetchedRecords | undefined> {
    signal.addEventListener('abort', () => this.#came.resolve(), { once: true })
    while (this.#coming.length === 0 && !signal.aborted) {
      await this.#came.promise
      this.#came = Promise.withResolvers()
    }
    const next = this.#coming.shift()
    if (next instanceof Error) throw next
    return next
  }

  async commit(offsets: readonly { offset: number }[]): Promise<void> {
    if (this.isClosed || this.refusesCommits) throw refused()
    this.committed.push(...offsets.map(({ offset }) => offset))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true
  }
}

/** What is under way comes as far as it can. */
const turns = (): Promise<void> => {
  let count = 0
  return until(() => ++count > 5)
}

const bench = () => {
  const clock = new FakeClock()
  const context = fakeContext({ clock })
  const lives: Life[] = []
  const rules = { parseAsFlumeEvent: false, defaultPartition: undefined, partitionHeader: undefined }
  const maker = new RecordMaker('c1', rules, new Partitioner(realRandom))
  const consumer = (hooks: ConsumerHooks): Life => {
    const life = new Life(clock.monotonic(), hooks)
    lives.push(life)
    return life
  }
  const puts = { [Symbol.asyncDispose]: async () => undefined } as Puts
  const channel = new KafkaChannel({
    name: 'c1',
    clock,
    log: context.log,
    pollTimeoutMs: 500,
    puts,
    takes: (changed) => new Takes({ name: 'c1', topic, maker, context, changed, consumer }),
  })
  defer(() => channel[Symbol.asyncDispose]())
  /** The life with this number, once it has begun. */
  const life = async (index: number): Promise<Life> => {
    await until(() => lives.length > index, 'a consumer')
    return lives[index] as Life
  }
  const taken = (): Promise<Take> => channel.take(10, never)
  return { clock, log: context.log, channel, lives, life, taken }
}

it('is said to the sinks that wait, and to the next take where none did; what is ready is given before', async () => {
  const { clock, life, lives, taken, log } = bench()
  const waiting = [taken(), taken()]
  const first = await life(0)
  await turns()
  first.gives(refused())
  for (const take of waiting) await expect(take).rejects.toThrow('GROUP_AUTHORIZATION_FAILED')
  expect(log.of('error')).toEqual([expect.stringContaining('Channel c1 cannot take from its topic: Group flume: ')])
  expect(log.of('error')[0]).toContain('It is tried again until it works.')

  const empty = taken()
  await turns()
  clock.advance(250)
  const second = await life(1)
  second.gives(recordsAt(0, ['a', 'b']))
  expect(bodiesOf((await empty).events)).toEqual(['a', 'b'])
  expect(log.of('info')).toContain('Channel c1 takes events again.')

  second.gives(recordsAt(2, ['c']))
  second.gives(refused())
  await turns()
  expect(bodiesOf((await taken()).events)).toEqual(['c'])
  await expect(taken()).rejects.toThrow('GROUP_AUTHORIZATION_FAILED')
  expect(lives).toHaveLength(2)
})

it('leaves the group before it begins anew, with longer and longer pauses, and is one ERROR while it lasts', async () => {
  const { clock, life, lives, taken, log, channel } = bench()
  for (let failures = 0; failures < 8; failures++) {
    const take = taken()
    await turns()
    await until(() => {
      if (lives.length === failures) clock.advance(50)
      return lives.length > failures
    }, 'the next try')
    expect(lives.slice(0, -1).every(({ isClosed }) => isClosed)).toBe(true)
    ;(await life(failures)).gives(refused())
    await expect(take).rejects.toThrow('GROUP_AUTHORIZATION_FAILED')
  }
  const startsMs = lives.map(({ startMs }) => startMs)
  expect(startsMs.slice(1).map((ms, i) => ms - (startsMs[i] ?? 0))).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
  expect(log.of('error')).toHaveLength(1)

  const stop = new AbortController()
  const pausing = channel.take(1, stop.signal)
  stop.abort()
  expect((await pausing).events).toEqual([])
  await channel[Symbol.asyncDispose]()
  expect((await taken()).events).toEqual([])
  expect(lives).toHaveLength(8)
})

it('commits what was stored before it begins anew; a take that is still open then is void', async () => {
  const { clock, life, taken, log, channel } = bench()
  const take = taken()
  const first = await life(0)
  first.gives(recordsAt(0, ['a', 'b']))
  const stored = await take
  const open = taken()
  first.gives(recordsAt(2, ['c']))
  const stuck = await open
  await stored.commit()
  first.gives(refused())
  await expect(taken()).rejects.toThrow('GROUP_AUTHORIZATION_FAILED')
  await until(() => first.isClosed)
  await stuck.commit()
  expect(first.committed).toEqual([2])
  expect(log.of('warn')).toEqual([expect.stringContaining('A take of 1 event is void')])

  const again = taken()
  await turns()
  clock.advance(250)
  const second = await life(1)
  second.gives(recordsAt(2, ['c']))
  const last = await again
  expect(bodiesOf(last.events)).toEqual(['c'])
  await last.commit()
  expect([second.committed, channel.held]).toEqual([[3], 0])
})

it('ends a commit that the group refuses too: its sink would wait for it, and take no more', async () => {
  const { clock, life, taken } = bench()
  const first = taken()
  const one = await life(0)
  one.refusesCommits = true
  one.gives(recordsAt(0, ['a']))
  const stored = await first
  const ended = expect(stored.commit()).rejects.toThrow('GROUP_AUTHORIZATION_FAILED')
  await turns()
  one.gives(refused())
  await turns()
  clock.advance(50)
  await ended
})
