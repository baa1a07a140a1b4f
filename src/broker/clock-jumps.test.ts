import { afterEach, describe, expect, test } from 'vitest'
import { batchOf } from '../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench, type BrokerPeer } from '../../test/fakes/broker.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { groupBench } from '../../test/fakes/groups.ts'
import { bench as logBench, client } from '../../test/fakes/partition-log.ts'
import { readFrom, TestProducer } from '../../test/fakes/transactions.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { brokerConfig } from './config.ts'
import { ClientQuotas } from './quotas/client-quotas.ts'

const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs
/** Somebody sets the clock of the machine, or it was wrong until now. */
const jumps = [
  ['back', -yearMs],
  ['forward', yearMs],
] as const

let bench: BrokerBench | undefined
afterEach(() => bench?.[Symbol.asyncDispose]())

const withTopic = async (clock: FakeClock): Promise<BrokerPeer> => {
  bench = await brokerBench({ 'transaction.state.log.num.partitions': '1', 'log.retention.ms': '-1' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t')
  return peer
}

describe.each(jumps)('a clock that jumps a year %s', (_way, jumpMs) => {
  test('aborts an open transaction neither sooner nor later than its time-out says', async () => {
    const clock = new FakeClock()
    const peer = await withTopic(clock)
    const producer = new TestProducer(peer)
    await producer.init({ timeoutMs: 60_000 })
    await producer.write('t', ['a'])
    clock.setNow(clock.now() + jumpMs)
    await clock.advanceSlowly(50_000, 5000)
    expect((await readFrom(peer, 't')).lastStableOffset).toBe(0)
    await clock.advanceSlowly(25_000, 5000)
    expect(await readFrom(peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
    expect(await producer.end('commit')).toBe(errorCodes.PRODUCER_FENCED)
  })

  test('lets a transaction be committed that began before, and one that begins after', async () => {
    const clock = new FakeClock()
    const peer = await withTopic(clock)
    const producer = new TestProducer(peer)
    await producer.init()
    await producer.write('t', ['a'])
    clock.setNow(clock.now() + jumpMs)
    await clock.advanceSlowly(15_000, 5000)
    expect(await producer.end('commit')).toBe(0)
    await producer.write('t', ['b'])
    await clock.advanceSlowly(15_000, 5000)
    expect(await producer.end('commit')).toBe(0)
    expect((await readFrom(peer, 't')).values).toEqual(['a', 'b'])
  })

  test('leaves sessions of group members as long as they are', async () => {
    const { member, stable, clock } = await groupBench({ delayMs: 0 })
    const one = member()
    await stable(one)
    clock.advance(5000)
    expect(one.heartbeat()).toBe(0)
    clock.setNow(clock.now() + jumpMs)
    clock.advance(9000)
    expect(one.heartbeat()).toBe(0)
    clock.setNow(clock.now() + jumpMs)
    clock.advance(10_000)
    expect(one.heartbeat()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('leaves quotas as they are', () => {
    const clock = new FakeClock()
    const rows = [{ entity: { 'client-id': 'c' }, values: { producer_byte_rate: 1000 } }]
    const quotas = new ClientQuotas(rows, brokerConfig({}).settings, clock)
    quotas.produced('c', 10_000)
    clock.setNow(clock.now() + jumpMs)
    // ten seconds' worth is used up, and one second more has to be waited for
    expect(quotas.produced('c', 1000)).toBe(1000)
    clock.advance(60_000)
    expect(quotas.produced('c', 1000)).toBe(0)
  })
})

describe('retention by age goes by the clock as it is', () => {
  const size = batchOf(['0']).length
  const filled = () => {
    const { open, clock } = logBench()
    const log = open({}, { segmentBytes: size, retentionMs: 24 * hourMs })
    for (const value of ['a', 'b', 'c']) log.append(batchOf([value], { timestampMs: clock.now() }), client)
    return { log, clock }
  }

  test('set forward, what is too old by then goes, and the log goes on where it ended', async () => {
    const { log, clock } = filled()
    clock.setNow(clock.now() + yearMs)
    await log.retain()
    expect([log.logStartOffset, log.logEndOffset]).toEqual([3, 3])
    log.append(batchOf(['d'], { timestampMs: clock.now() }), client)
    await log.retain()
    expect([log.logStartOffset, log.logEndOffset]).toEqual([3, 4])
  })

  test('set back, nothing goes before its time has come again', async () => {
    const { log, clock } = filled()
    const writtenMs = clock.now()
    clock.setNow(writtenMs - yearMs)
    await log.retain()
    clock.setNow(writtenMs + 24 * hourMs)
    await log.retain()
    expect(log.logStartOffset).toBe(0)
    clock.setNow(writtenMs + 24 * hourMs + 1)
    await log.retain()
    expect(log.logStartOffset).toBe(3)
  })
})

describe('a transaction that was open when the broker stopped', () => {
  /** How long after the start it is aborted, in steps of 10 seconds, the clock having moved by so much while nobody ran. */
  const abortedAfterMs = async (movedMs: number): Promise<number> => {
    const clock = new FakeClock()
    const before = await withTopic(clock)
    const producer = new TestProducer(before)
    await producer.init({ timeoutMs: 60_000 })
    await producer.write('t', ['a'])
    clock.setNow(clock.now() + movedMs)
    bench = await bench?.again()
    const peer = await bench?.peer()
    if (peer === undefined) throw new Error('There is no broker')
    for (let ms = 0; ms < 10 * 60_000; ms += 10_000) {
      if ((await readFrom(peer, 't')).lastStableOffset > 0) return ms
      await clock.advanceSlowly(10_000, 1000)
    }
    return Infinity
  }

  test('has used up the time that has gone by since', async () => {
    expect(await abortedAfterMs(0)).toBe(70_000)
    expect(await abortedAfterMs(30_000)).toBe(40_000)
    expect(await abortedAfterMs(yearMs)).toBe(10_000)
  })

  test('has its whole time again where the clock says that it is yet to begin', async () => {
    expect(await abortedAfterMs(-yearMs)).toBe(70_000)
  })
})
