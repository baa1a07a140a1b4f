import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { RecordingLog } from '../../test/fakes/context.ts'
import { createTopic } from '../../test/fakes/kafka-client.ts'
import { Cluster } from './cluster.ts'
import { clientOptions } from './options.ts'
import type { ClientOptions } from './options.ts'
import { lookUpTopic } from './topic-lookup.ts'

/** A port on which nothing listens. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const clusterAt = (ports: readonly number[], given: Partial<ClientOptions> = {}): Cluster => {
  const bootstrap = ports.map((port) => ({ host: '127.0.0.1', port }))
  return new Cluster(clientOptions({ bootstrap, retryBackoffMs: 1, retryBackoffMaxMs: 5, ...given }))
}

describe('a cluster', () => {
  it('is found through any of its addresses that answers', async () => {
    await using bench = await brokerBench()
    using cluster = clusterAt([await deadPort(), bench.port, await deadPort()])
    await cluster.refresh()
    expect([...cluster.metadata.brokers.values()]).toMatchObject([{ host: '127.0.0.1', port: bench.port }])
  })

  it('that does not answer anywhere is named with all addresses', async () => {
    const ports = [await deadPort(), await deadPort()]
    using cluster = clusterAt(ports)
    const failure = await cluster.refresh().catch((error: unknown) => error as Error & { code: string })
    expect(failure?.code).toBe('BROKER_UNREACHABLE')
    for (const port of ports) expect(failure?.message).toContain(`127.0.0.1:${port}`)
  })

  it('is reached over one connection for each lane', async () => {
    await using bench = await brokerBench()
    using cluster = clusterAt([bench.port])
    await cluster.refresh()
    const [nodeId = -1] = cluster.metadata.brokers.keys()
    const [main, again, fetch] = await Promise.all([
      cluster.connection(nodeId),
      cluster.connection(nodeId),
      cluster.connection(nodeId, 'fetch'),
    ])
    expect(main).toBe(again)
    expect(fetch).not.toBe(main)
    expect(cluster.ready(nodeId)).toBe(main)
  })

  it('is connected to again after the connection was lost', async () => {
    await using bench = await brokerBench()
    using cluster = clusterAt([bench.port])
    await cluster.refresh()
    const [nodeId = -1] = cluster.metadata.brokers.keys()
    const lost = await cluster.connection(nodeId)
    lost[Symbol.dispose]()
    await lost.closed
    expect(cluster.ready(nodeId)).toBeUndefined()
    expect((await cluster.connection(nodeId)).open).toBe(true)
  })

  it('gives no connection once it is closed', async () => {
    await using bench = await brokerBench()
    const cluster = clusterAt([bench.port])
    await cluster.refresh()
    cluster[Symbol.dispose]()
    await expect(cluster.any()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('says once that it is away, and once that it is back', async () => {
    const bench = await brokerBench()
    const { port } = bench
    const log = new RecordingLog()
    using cluster = clusterAt([port], { log })
    await cluster.refresh()
    await bench[Symbol.asyncDispose]()
    for (let i = 0; i < 3; i++) await expect(cluster.refresh()).rejects.toThrow()
    await using _again = await bench.again({ listeners: `PLAINTEXT://127.0.0.1:${port}` })
    await cluster.refresh()
    expect(log.of('warn')).toHaveLength(1)
    expect(log.of('info')).toEqual([expect.stringContaining('answers again')])
  })
})

it('a topic that is not used any more is forgotten, and one that is watched is not', async () => {
  await using bench = await brokerBench()
  const clock = new FakeClock()
  using cluster = clusterAt([bench.port], { clock, topicIdleMaxMs: 1000 })
  for (const topic of ['used', 'idle', 'watched']) await createTopic(bench, topic)
  cluster.watch('watched')
  for (const topic of ['used', 'idle']) await lookUpTopic(cluster, topic, 1000)
  clock.advance(900)
  cluster.use('used')
  clock.advance(900)
  await cluster.refresh()
  expect([...cluster.metadata.topics.keys()].sort()).toEqual(['used', 'watched'])
})

describe('a topic', () => {
  it('is created by being asked for', async () => {
    await using bench = await brokerBench({ 'num.partitions': '3' })
    using cluster = clusterAt([bench.port])
    expect((await lookUpTopic(cluster, 't', 5000)).partitions).toHaveLength(3)
  })

  it('that the broker does not create is missing, and the error says what to do', async () => {
    await using bench = await brokerBench({ 'auto.create.topics.enable': 'false' })
    using cluster = clusterAt([bench.port])
    await expect(lookUpTopic(cluster, 't', 20)).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      hint: expect.stringContaining('kafka-topics.sh --create'),
    })
  })

  it('that the broker does not create is said within two seconds, once, while it is waited for', async () => {
    await using bench = await brokerBench({ 'auto.create.topics.enable': 'false' })
    const [clock, log] = [new FakeClock(), new RecordingLog()]
    using cluster = clusterAt([bench.port], { clock, log, retryBackoffMs: 100, retryBackoffMaxMs: 1000 })
    const missing = lookUpTopic(cluster, 't', 60_000).catch((error: unknown) => error)
    while (log.of('warn').length === 0) expect(await Promise.race([missing, clock.advanceSlowly(5, 5)])).toBe(undefined)
    const saidMs = clock.monotonic()
    while ((await Promise.race([missing, clock.advanceSlowly(5, 5)])) === undefined);
    expect(saidMs).toBeLessThan(2500)
    expect(log.of('warn')).toEqual([expect.stringMatching(/no topic t\b.*kafka-topics.sh --create --topic t/)])
    expect(clock.monotonic()).toBeGreaterThan(9000)
  })

  it('with a name that cannot be is refused at once', async () => {
    await using bench = await brokerBench()
    using cluster = clusterAt([bench.port])
    await expect(lookUpTopic(cluster, 'a b', 60_000)).rejects.toMatchObject({ errorName: 'INVALID_TOPIC_EXCEPTION' })
  })

  it('that comes while it is waited for is found', async () => {
    await using bench = await brokerBench({ 'auto.create.topics.enable': 'false' })
    using cluster = clusterAt([bench.port])
    const found = lookUpTopic(cluster, 't', 60_000)
    await createTopic(bench, 't', 2)
    expect((await found).partitions).toHaveLength(2)
  })

  it('is waited for no longer than the signal allows', async () => {
    await using bench = await brokerBench({ 'auto.create.topics.enable': 'false' })
    using cluster = clusterAt([bench.port])
    const stop = new AbortController()
    const found = lookUpTopic(cluster, 't', 60_000, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(found).rejects.toThrow('stopped')
  })
})
