import { describe, expect, test } from 'vitest'
import { groupBench } from '../../../test/fakes/groups.ts'
import { errorCodes } from '../../protocol/error-codes.ts'

describe('joining', () => {
  test('gives every member of a generation the same facts, and the leader what all have said', async () => {
    const bench = await groupBench()
    const [a, b] = [bench.member(), bench.member()]
    const joins = [a.join(), b.join()]
    bench.clock.advance(3000)
    bench.clock.advance(3000)
    const [first, second] = await Promise.all(joins)
    expect(first).toMatchObject({ error: 0, generation: 1, protocolName: 'range', leaderId: a.id })
    expect(first?.members.map((m) => m.memberId)).toEqual([a.id, b.id])
    expect(second).toMatchObject({ error: 0, generation: 1, leaderId: a.id, members: [] })
  })

  test('of an empty group waits for more, the longer the more come, and not beyond the rebalance timeout', async () => {
    const bench = await groupBench()
    const joins = [bench.member().join()]
    for (const step of [2000, 2000, 2000, 2000]) {
      bench.clock.advance(step)
      joins.push(bench.member().join())
    }
    expect(bench.group()?.state).toBe('PreparingRebalance')
    bench.clock.advance(10_000)
    expect((await Promise.all(joins)).every(({ generation }) => generation === 1)).toBe(true)
  })

  test('from version 4 on hands out an id first, which is forgotten when nobody comes with it', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const member = bench.member()
    const refused = await bench.groups.join(member.ask({ takesIdFirst: true }))
    expect(refused).toMatchObject({ error: errorCodes.MEMBER_ID_REQUIRED, generation: -1 })
    expect(refused.memberId).toMatch(/^client-[0-9a-f]{8}-[0-9a-f]{4}-4/)
    const joined = await bench.groups.join(member.ask({ takesIdFirst: true, memberId: refused.memberId }))
    expect(joined).toMatchObject({ error: 0, memberId: refused.memberId })
    await bench.groups.join(bench.member().ask({ takesIdFirst: true }))
    expect(bench.group()?.pending.size).toBe(1)
    bench.clock.advance(10_000)
    expect(bench.group()?.pending.size).toBe(0)
  })

  test('remembers ten thousand handed out ids of a group at most, the newest', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const ask = bench.member().ask({ takesIdFirst: true })
    const first = await bench.groups.join(ask)
    for (let i = 0; i < 10_000; i++) await bench.groups.join(ask)
    expect(bench.group()?.pending.size).toBe(10_000)
    expect(await bench.groups.join({ ...ask, memberId: first.memberId })).toMatchObject({
      error: errorCodes.UNKNOWN_MEMBER_ID,
    })
  })

  test.each([
    ['a session too short', { sessionTimeoutMs: 10 }, errorCodes.INVALID_SESSION_TIMEOUT],
    ['no group id', { groupId: '' }, errorCodes.INVALID_GROUP_ID],
    ['an id that nobody gave', { memberId: 'x' }, errorCodes.UNKNOWN_MEMBER_ID],
    ['no protocols', { protocols: [] }, errorCodes.INCONSISTENT_GROUP_PROTOCOL],
  ])('is refused for %s, and leaves no group behind', async (_, ask, error) => {
    const bench = await groupBench({ delayMs: 0 })
    expect(await bench.groups.join(bench.member().ask(ask))).toMatchObject({ error })
    expect(bench.groups.list()).toEqual([])
  })

  test('is refused without a common protocol, with another type, and when the group is full', async () => {
    const bench = await groupBench({ delayMs: 0, sizeMax: 2 })
    await bench.stable(bench.member())
    const refused = async (ask: object) => (await bench.groups.join(bench.member().ask(ask))).error
    expect(await refused({ protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] })).toBe(23)
    expect(await refused({ protocolType: 'connect' })).toBe(23)
    for (let i = 0; i < 2; i++) void bench.member().join()
    expect(await refused({})).toBe(errorCodes.GROUP_MAX_SIZE_REACHED)
  })
})

describe('a generation', () => {
  test('goes from join over sync to stable, and a third member starts the next', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b, c] = [bench.member(), bench.member(), bench.member()]
    await bench.stable(a)
    const joining = b.join()
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
    await Promise.all([joining, a.join()])
    const waiting = b.sync()
    expect(b.heartbeat()).toBe(0)
    const led = await a.sync({ [a.id]: 'for a', [b.id]: 'for b' })
    expect([String(led.assignment), String((await waiting).assignment)]).toEqual(['for a', 'for b'])
    expect([a.heartbeat(), b.heartbeat(), bench.group()?.state]).toEqual([0, 0, 'Stable'])
    expect(String((await b.sync()).assignment)).toBe('for b')
    void c.join()
    expect([a.heartbeat(), b.heartbeat()]).toEqual([27, 27])
    expect(await b.sync()).toMatchObject({ error: errorCodes.REBALANCE_IN_PROGRESS })
  })

  test('answers held syncs with a new rebalance when somebody joins meanwhile', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member(), bench.member()]
    await bench.stable(a)
    await Promise.all([b.join(), a.join()])
    const held = b.sync()
    void bench.member().join()
    expect(await held).toMatchObject({ error: errorCodes.REBALANCE_IN_PROGRESS })
  })

  test('of the past is told so', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const a = bench.member()
    await bench.stable(a)
    expect(bench.groups.heartbeat('g', { memberId: a.id, instanceId: undefined }, 7)).toBe(
      errorCodes.ILLEGAL_GENERATION,
    )
    expect(bench.groups.heartbeat('g', { memberId: 'x', instanceId: undefined }, 1)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    expect(bench.groups.heartbeat('none', { memberId: 'x', instanceId: undefined }, 1)).toBe(25)
  })

  test('chooses the protocol that most members prefer among those that all have', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const named = (...names: string[]) => ({ protocols: names.map((name) => ({ name, metadata: Buffer.from(name) })) })
    const [a, b, c] = [bench.member(), bench.member(), bench.member()]
    await bench.stable(a, named('only-a', 'range', 'sticky'))
    const joins = [b.join(named('sticky', 'range')), c.join(named('sticky', 'range'))]
    const led = await a.join(named('only-a', 'range', 'sticky'))
    await Promise.all(joins)
    expect(led.protocolName).toBe('sticky')
    expect(led.members.map((m) => String(m.protocolMetadata))).toEqual(['sticky', 'sticky', 'sticky'])
  })
})

describe('who does not come back', () => {
  test('is left out when the rebalance timeout is over', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member(), bench.member({ sessionTimeoutMs: 1_000_000 })]
    await bench.stable(b)
    const joining = a.join({ rebalanceTimeoutMs: 60_000, sessionTimeoutMs: 100_000 })
    bench.clock.advance(59_000)
    expect(bench.group()?.state).toBe('PreparingRebalance')
    bench.clock.advance(1000)
    expect(await joining).toMatchObject({ error: 0, generation: 2, leaderId: a.id })
    expect(b.heartbeat()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('is left out when its session is over, and one that is heard of is not', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member(), bench.member()]
    await bench.stable(a)
    await Promise.all([b.join(), a.join()])
    await Promise.all([a.sync(), b.sync()])
    for (let i = 0; i < 5; i++) {
      bench.clock.advance(3000)
      a.heartbeat()
    }
    expect([...(bench.group()?.members.keys() ?? [])]).toEqual([a.id])
    expect(bench.group()?.state).toBe('PreparingRebalance')
  })

  test('is left out when it joins and does not sync', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member(), bench.member({ sessionTimeoutMs: 1_000_000 })]
    await bench.stable(a)
    await Promise.all([b.join(), a.join()])
    await a.sync()
    for (let i = 0; i < 20; i++) {
      bench.clock.advance(3000)
      a.heartbeat()
    }
    expect(bench.group()?.members.has(b.id)).toBe(false)
  })

  test('leaves the group empty when it was the last', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const a = bench.member()
    await bench.stable(a)
    bench.clock.advance(10_000)
    expect(bench.group()).toMatchObject({ state: 'Empty', generation: 2, leaderId: undefined })
  })

  test('says so by leaving, also while its join is held', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member(), bench.member()]
    await bench.stable(a)
    void b.join()
    expect(a.leave()).toBe(0)
    expect(a.leave()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    expect(bench.group()?.members.size).toBe(1)
    expect(bench.group()).toMatchObject({ state: 'CompletingRebalance', generation: 2 })
  })
})

describe('static members', () => {
  const fixed = { instanceId: 'i1' }

  test('come back under a new id without a rebalance, and the old id is fenced', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const a = bench.member(fixed)
    await bench.stable(a, {}, 'mine')
    const again = bench.member(fixed)
    const joined = await again.join()
    expect(joined).toMatchObject({ error: 0, generation: 1, leaderId: a.id, members: [] })
    expect(joined.memberId).not.toBe(a.id)
    expect(String((await again.sync()).assignment)).toBe('mine')
    expect(a.heartbeat()).toBe(errorCodes.FENCED_INSTANCE_ID)
    expect(bench.group()?.state).toBe('Stable')
  })

  test('that led are told to keep the assignment, where they understand it', async () => {
    const bench = await groupBench({ delayMs: 0 })
    await bench.stable(bench.member(fixed))
    const again = bench.member(fixed)
    const joined = await again.join({ canSkipAssignment: true })
    expect(joined).toMatchObject({ skipAssignment: true, leaderId: again.id })
    expect(joined.members.map((m) => m.groupInstanceId)).toEqual(['i1'])
  })

  test('keep their place through a rebalance that they miss, until their session ends', async () => {
    const bench = await groupBench({ delayMs: 0 })
    const [a, b] = [bench.member({ ...fixed, sessionTimeoutMs: 300_000 }), bench.member()]
    await bench.stable(a)
    const joining = b.join({ rebalanceTimeoutMs: 60_000, sessionTimeoutMs: 300_000 })
    bench.clock.advance(60_000)
    expect((await joining).members.map((m) => m.memberId)).toEqual([a.id, b.id])
  })

  test('can be taken out by their instance id', async () => {
    const bench = await groupBench({ delayMs: 0 })
    await bench.stable(bench.member(fixed))
    expect(bench.groups.leave('g', { memberId: '', instanceId: 'i1' }, '')).toBe(0)
    expect(bench.groups.leave('g', { memberId: '', instanceId: 'i1' }, '')).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    expect(bench.group()?.members.size).toBe(0)
  })
})
