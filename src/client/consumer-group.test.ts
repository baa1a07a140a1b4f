import { describe, expect, it } from 'vitest'
import { brokerBench, type BrokerBench } from '../../test/fakes/broker.ts'
import { joining as member, partitionsOf } from '../../test/fakes/group-members.ts'
import { consumerOf, createTopic, put, type TestConsumerOptions } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'

const beats = { 'group.consumer.min.heartbeat.interval.ms': '20', 'group.consumer.heartbeat.interval.ms': '20' }
const benchOf = (): Promise<BrokerBench> => brokerBench(beats)

/** A member of the newer protocol. */
const joining = (port: number, options: TestConsumerOptions = {}): ReturnType<typeof member> =>
  member(port, { groupProtocol: 'consumer', ...options })

describe('a group of the newer protocol', () => {
  it('goes on where it committed, at once after a member has left', async () => {
    await using bench = await benchOf()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b', 'c'])
    const first = await joining(bench.port)
    expect(await first.read(3)).toHaveLength(3)
    await first.consumer.commit([{ topic: 't', partition: 0, offset: 2 }])
    await first[Symbol.asyncDispose]()
    await using second = await joining(bench.port)
    expect((await second.read(1)).map(({ value }) => value)).toEqual(['c'])
  })

  it('moves only what must move, after its holder has prepared', async () => {
    await using bench = await benchOf()
    await createTopic(bench, 't', 4)
    await using a = await joining(bench.port)
    await until(() => partitionsOf(a).length === 4)
    const b = await joining(bench.port)
    await until(() => partitionsOf(a).length === 2 && partitionsOf(b).length === 2)
    const moved = partitionsOf(b).join('')
    expect(a.told).toEqual(['+0123 -', `prepare ${moved}`, `+ -${moved}`])
    await b.consumer.commit(b.consumer.assignment.map((one) => ({ ...one, offset: 0 })))
    await b[Symbol.asyncDispose]()
    await until(() => partitionsOf(a).length === 4)
    expect(a.told.at(-1)).toBe(`+${moved} -`)
  })

  it('gives nothing away while a member prepares, and asks it once', async () => {
    await using bench = await benchOf()
    await createTopic(bench, 't', 2)
    const gate = Promise.withResolvers<void>()
    let preparing = 0
    const hooks = { prepare: () => (preparing++, gate.promise) }
    await using a = await joining(bench.port, { hooks })
    await until(() => partitionsOf(a).length === 2)
    await using b = await joining(bench.port)
    await until(() => preparing === 1)
    await put(bench, 't', ['not delivered while it prepares'])
    expect(a.consumer.take()).toBeUndefined()
    expect([partitionsOf(a), partitionsOf(b)]).toEqual([[0, 1], []])
    gate.resolve()
    await until(() => partitionsOf(a).length === 1 && partitionsOf(b).length === 1)
    expect(preparing).toBe(1)
  })

  it('shares out topics that come to match', async () => {
    await using bench = await benchOf()
    await createTopic(bench, 'log-a')
    await using a = await consumerOf(bench.port, { groupId: 'g', groupProtocol: 'consumer', client: { metadataMaxAgeMs: 20 } }) // prettier-ignore
    a.consumer.subscribe(/^log-/u)
    await until(() => a.consumer.assignment.length === 1)
    await createTopic(bench, 'log-b', 2)
    await until(() => a.consumer.assignment.length === 3)
  })

  it('takes a member back that it had forgotten', async () => {
    const bench = await benchOf()
    await createTopic(bench, 't', 2)
    await put(bench, 't', ['a'])
    const { port } = bench
    await using a = await joining(port)
    await a.read(1)
    await a.consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
    await using again = await bench.again({ ...beats, listeners: `PLAINTEXT://127.0.0.1:${port}` })
    await put(again, 't', ['b'])
    expect((await a.read(1)).map(({ value }) => value)).toEqual(['b'])
    await until(() => partitionsOf(a).length === 2)
    await a.consumer.commit([{ topic: 't', partition: 0, offset: 2 }])
  })

  it('ends a consumer whose assignor the broker has not', async () => {
    await using bench = await benchOf()
    await createTopic(bench, 't')
    await using a = await joining(bench.port, { remoteAssignor: 'mine' })
    await expect(a.read(1)).rejects.toThrow('ServerAssignor mine is not supported')
  })
})
