import { describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { joining, partitionsOf } from '../../test/fakes/group-members.ts'
import { consumerOf, createTopic, put, type TestConsumer } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'
import { encodeAssignment, encodeSubscription } from '../protocol/consumer-protocol.ts'
import { joinGroup } from '../protocol/messages/join-group.ts'
import { syncGroup } from '../protocol/messages/sync-group.ts'

const settled = (members: readonly TestConsumer[], shares: readonly (readonly number[])[]): Promise<void> =>
  until(
    () => members.every((member, i) => String(partitionsOf(member)) === String(shares[i])),
    `shares ${JSON.stringify(shares)}, not ${JSON.stringify(members.map(partitionsOf))}`,
  )

describe('a group', () => {
  it('goes on where it committed', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b', 'c'])
    const first = await joining(bench.port)
    expect(await first.read(3)).toHaveLength(3)
    await first.consumer.commit([{ topic: 't', partition: 0, offset: 2 }])
    await first[Symbol.asyncDispose]()
    await using second = await joining(bench.port)
    expect((await second.read(1)).map(({ value }) => value)).toEqual(['c'])
  })

  it('shares partitions out among its members, and anew when one leaves', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 4)
    await using a = await joining(bench.port)
    await settled([a], [[0, 1, 2, 3]])
    const b = await joining(bench.port)
    await until(() => partitionsOf(a).length === 2 && partitionsOf(b).length === 2)
    expect(new Set([...partitionsOf(a), ...partitionsOf(b)])).toEqual(new Set([0, 1, 2, 3]))
    await b[Symbol.asyncDispose]()
    await settled([a], [[0, 1, 2, 3]])
  })

  it('reads nothing twice of what a member keeps over a rebalance, though it has not committed', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 2)
    for (const partition of [0, 1]) await put(bench, 't', [`first ${partition}`], partition)
    await using a = await joining(bench.port)
    expect(await a.read(2)).toHaveLength(2)
    await using b = await joining(bench.port)
    await until(() => partitionsOf(a).length === 1 && partitionsOf(b).length === 1)
    const [kept = -1] = partitionsOf(a)
    const [given = -1] = partitionsOf(b)
    for (const partition of [0, 1]) await put(bench, 't', [`second ${partition}`], partition)
    expect((await a.read(1)).map(({ value }) => value)).toEqual([`second ${kept}`])
    expect((await b.read(2)).map(({ value }) => value)).toEqual([`first ${given}`, `second ${given}`])
    expect(a.told).toEqual(['+01 -', 'prepare 01', `+ -${given}`])
  })

  it('waits for its members to prepare before it shares out anew, while they go on beating', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 2)
    const gate = Promise.withResolvers<void>()
    let preparing = false
    const hooks = {
      prepare: () => {
        preparing = true
        return gate.promise
      },
    }
    await using a = await joining(bench.port, { hooks })
    await settled([a], [[0, 1]])
    await using b = await joining(bench.port)
    await until(() => preparing)
    await put(bench, 't', ['not delivered while it prepares'])
    expect(a.consumer.take()).toBeUndefined()
    expect([partitionsOf(a), partitionsOf(b)]).toEqual([[0, 1], []])
    gate.resolve()
    await until(() => partitionsOf(a).length === 1 && partitionsOf(b).length === 1)
  })

  it('moves only what must move when all members are cooperative', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 4)
    const assignors = ['cooperative-sticky'] as const
    await using a = await joining(bench.port, { assignors })
    await settled([a], [[0, 1, 2, 3]])
    await using b = await joining(bench.port, { assignors })
    await until(() => partitionsOf(a).length === 2 && partitionsOf(b).length === 2)
    expect(new Set([...partitionsOf(a), ...partitionsOf(b)])).toEqual(new Set([0, 1, 2, 3]))
    const moved = partitionsOf(b).join('')
    expect(a.told).toContain(`prepare ${moved}`)
    expect(a.told.filter((one) => one.startsWith('+') && !one.endsWith('-'))).toEqual([`+ -${moved}`])
  })

  it('shares out topics that come to match', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 'log-a')
    await using a = await consumerOf(bench.port, { groupId: 'g', client: { metadataMaxAgeMs: 20 } })
    a.consumer.subscribe(/^log-/u)
    await until(() => a.consumer.assignment.length === 1)
    await createTopic(bench, 'log-b', 2)
    await until(() => a.consumer.assignment.length === 3)
  })

  it('takes a member back that it had forgotten, with nothing of its own any more', async () => {
    const bench = await brokerBench()
    await createTopic(bench, 't', 2)
    await put(bench, 't', ['a'])
    const { port } = bench
    await using a = await joining(port)
    await a.read(1)
    await a.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
    await using again = await bench.again({ listeners: `PLAINTEXT://127.0.0.1:${port}` })
    await put(again, 't', ['b'])
    expect((await a.read(1)).map(({ value }) => value)).toEqual(['b'])
    await until(() => partitionsOf(a).length === 2)
    await a.consumer.commit([{ topic: 't', partition: 0, offset: 2 }])
  })

  it('ends a consumer whose assignor nobody else has', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await using a = await joining(bench.port, { assignors: ['range'] })
    await settled([a], [[0]])
    await using b = await joining(bench.port, { assignors: ['roundrobin'] })
    await expect(b.read(1)).rejects.toMatchObject({ errorName: 'INCONSISTENT_GROUP_PROTOCOL' })
  })

  it('ends a consumer that leads members which are no consumers', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await using a = await joining(bench.port, { assignors: ['range'] })
    await settled([a], [[0]])
    const stranger = await bench.peer()
    stranger.send(joinGroup, 3, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from([0, 1, 0x7f, 0xff, 0xff, 0xff]) }],
    })
    await expect(a.read(1)).rejects.toMatchObject({ errorName: 'INCONSISTENT_GROUP_PROTOCOL' })
  })

  it('takes no commit from a member that does not know yet what it holds in the new generation', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    const leader = await bench.peer()
    const group = { groupId: 'g', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, protocolType: 'consumer' }
    const metadata = encodeSubscription({ topics: ['t'], userData: null, ownedPartitions: [], generationId: -1 }, 0)
    const join = (memberId: string) =>
      leader.call(joinGroup, 3, { ...group, memberId, protocols: [{ name: 'range', metadata }] })
    const share = (generationId: number, memberId: string, to: string, partitions: number[]) =>
      leader.call(syncGroup, 2, {
        groupId: 'g',
        generationId,
        memberId,
        groupAssignment: [
          {
            memberId: to,
            memberAssignment: encodeAssignment({ partitions: [{ topic: 't', partitions }], userData: null }),
          },
        ],
      })
    const { memberId, generationId } = await join('')
    await share(generationId, memberId, memberId, [])
    await using a = await joining(bench.port, { assignors: ['range'] })
    let joined = await join(memberId)
    while (joined.members.length < 2) joined = await join(memberId)
    const other = joined.members.find((member) => member.memberId !== memberId)?.memberId ?? ''
    await share(joined.generationId, memberId, other, [0])
    await settled([a], [[0]])
    await join(memberId)
    // Often enough for it to have seen its answer to the join.
    for (let times = 0; times < 20; times++) {
      const commit = a.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
      await expect(commit).rejects.toMatchObject({ errorName: 'ILLEGAL_GENERATION' })
    }
  })

  it('keeps the partitions of a static member that comes back', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 2)
    const first = await joining(bench.port, { groupInstanceId: 'i1' })
    await settled([first], [[0, 1]])
    await first[Symbol.asyncDispose]()
    await using second = await joining(bench.port, { groupInstanceId: 'i1' })
    await settled([second], [[0, 1]])
  })

  it('refuses the commit of a member that it does not know', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await using a = await joining(bench.port)
    await settled([a], [[0]])
    await using stranger = await consumerOf(bench.port, { groupId: 'g' })
    await expect(stranger.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])).rejects.toMatchObject({
      errorName: 'UNKNOWN_MEMBER_ID',
    })
  })

  it('is left at once by a consumer that is closed while it joins', async () => {
    await using bench = await brokerBench({ 'group.initial.rebalance.delay.ms': '60000' })
    await createTopic(bench, 't')
    const a = await joining(bench.port)
    await a[Symbol.asyncDispose]()
    expect(partitionsOf(a)).toEqual([])
  })
})
