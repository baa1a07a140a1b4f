import { describe, expect, it } from 'vitest'
import { put } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'
import { benchWith, delivered, running } from '../../test/support/kafka-source.ts'
import { realClock } from '../../src/io/clock.ts'
import type { Clock } from '../../src/io/clock.ts'

describe('a rebalance', () => {
  it('settles and commits first what was delivered, so that the next reader repeats nothing', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target } = running(bench, { commitInterval: '60000' })
    await delivered(target, 2)
    const { target: other, log } = running(bench)
    await until(() => log.of('info').some((line) => line.endsWith('assigned.')))
    for (const partition of [0, 1]) await put(bench, 't', [`later ${partition}`], partition)
    await until(() => target.events.length + other.events.length === 4)
    expect([...target.bodies, ...other.bodies].sort()).toEqual(['0', '1', 'later 0', 'later 1'])
    expect(other.events).toHaveLength(1)
  })

  it('waits for the batch that is on its way into a channel, and commits it', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    let preparing = false
    let beats = 0
    const clock: Clock = {
      ...realClock,
      after: (ms, action) => {
        preparing ||= ms === 54_321
        return realClock.after(ms, action)
      },
      sleep: (ms, signal) => {
        if (preparing && ms === 7) beats++
        return realClock.sleep(ms, signal)
      },
    }
    const given = { revokeTimeout: '54321', 'kafka.consumer.heartbeat.interval.ms': '7' }
    const { target, log } = running(bench, given, clock)
    target.hold()
    await until(() => target.begun === 1)
    const { target: other, log: said } = running(bench)
    await until(() => beats > 10, 'the member to go on beating while it prepares')
    target.release()
    await until(() => said.of('info').some((line) => line.endsWith('assigned.')))
    for (const partition of [0, 1]) await put(bench, 't', [`later ${partition}`], partition)
    await until(() => other.events.length > 0 && target.events.length + other.events.length >= 4)
    expect(log.of('warn')).toEqual([])
    expect([...target.bodies, ...other.bodies].sort()).toEqual(['0', '1', 'later 0', 'later 1'])
  })

  it('voids with a WARN what has not settled in time, and the next reader gets it', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target, log } = running(bench, { revokeTimeout: '10' })
    target.settleByHand()
    await delivered(target, 2)
    const { target: other } = running(bench)
    await delivered(other, 1)
    const [lost] = other.bodies
    expect(log.of('warn')).toEqual([expect.stringContaining(`1 event of t-${lost} had not settled`)])
    target.settle()
    await put(bench, 't', ['more'], Number(lost))
    await delivered(other, 2)
    expect(other.bodies).toEqual([lost, 'more'])
  })

  it('is not put off for longer than the group waits for its members', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target, log } = running(bench, { revokeTimeout: '60000', 'kafka.consumer.max.poll.interval.ms': '100' })
    target.settleByHand()
    await delivered(target, 2)
    const { target: other } = running(bench)
    await delivered(other, 1)
    expect(log.of('warn')).toEqual([expect.stringContaining('had not settled')])
  })

  it('does not happen because a channel is full: heartbeats go on, and the member stays', async () => {
    const bench = await benchWith(1, { 'group.min.session.timeout.ms': '10' })
    await put(bench, 't', ['a', 'b'])
    let beats = 0
    const clock: Clock = {
      ...realClock,
      sleep: (ms, signal) => {
        if (ms === 50) beats++
        return realClock.sleep(ms, signal)
      },
    }
    const settings = { 'kafka.consumer.session.timeout.ms': '500', 'kafka.consumer.heartbeat.interval.ms': '50' }
    const { target, log } = running(bench, { batchSize: '1', ...settings }, clock)
    target.hold()
    await until(() => beats > 20, 'two sessions’ worth of heartbeats')
    expect(log.of('info').filter((line) => line.endsWith('revoked.'))).toEqual([])
    target.release()
    await delivered(target, 2)
    expect(target.bodies).toEqual(['a', 'b'])
  })
})
