import { afterEach, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { until } from '../../../test/fakes/until.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { alterReplicaLogDirs } from '../../protocol/messages/alter-replica-log-dirs.ts'
import { createPartitions } from '../../protocol/messages/create-partitions.ts'
import { describeLogDirs } from '../../protocol/messages/describe-log-dirs.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { initProducerId } from '../../protocol/messages/init-producer-id.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { metadata } from '../../protocol/messages/metadata.ts'

let bench: BrokerBench

afterEach(() => bench[Symbol.asyncDispose]())

const size = batchOf(['0']).length

const start = async (): Promise<BrokerPeer> => {
  bench = await brokerBench({ 'log.dirs': '/a,/b' })
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  for (const partition of [0, 1]) await peer.produce('t', batchOf(['0']), { partition })
  return peer
}

/** `dir: topic-partition=size …`, or the error of the folder. */
const told = async (
  peer: BrokerPeer,
  topics: { topic: string; partitions: number[] }[] | null = null,
  version = 4,
): Promise<string[]> => {
  const { dirs } = await peer.call(describeLogDirs, version, { topics })
  return dirs.map(({ dir, errorCode, topics: found }) => {
    const sizes = found.flatMap(({ topic, partitions }) => partitions.map((p) => `${topic}-${p.partition}=${p.size}`))
    return `${dir}: ${errorCode === 0 ? sizes.join(' ') : errorCode}`
  })
}

const fail = async (peer: BrokerPeer, path: string): Promise<void> => {
  for (const operation of ['open', 'list', 'write', 'read'] as const)
    bench.disk.fail(operation, 'EIO', { path, times: Infinity })
  for (const partition of [0, 1]) await peer.produce('t', batchOf(['1']), { partition })
  await until(async () => (await told(peer)).some((line) => line.endsWith(`: ${errorCodes.KAFKA_STORAGE_ERROR}`)))
}

test('each folder tells its partitions and their sizes', async () => {
  const peer = await start()
  for (const version of [0, 1, 2, 3, 4])
    expect(await told(peer, null, version)).toEqual([`/a: t-0=${size}`, `/b: t-1=${size}`])
  expect(await told(peer, [{ topic: 't', partitions: [1, 9] }])).toEqual(['/a: ', `/b: t-1=${size}`])
  expect(await told(peer, [])).toEqual(['/a: ', '/b: '])
})

test('from version 4 on it tells how large the volume is, and what is left', async () => {
  const peer = await start()
  const { dirs } = await peer.call(describeLogDirs, 4, { topics: [] })
  expect(dirs[0]?.totalBytes).toBe(2 ** 50)
  expect(dirs[0]?.usableBytes).toBeLessThan(2 ** 50)
})

test('of a folder that has failed partitions have no leader, and the others go on', async () => {
  const peer = await start()
  await fail(peer, '/b')
  expect(await told(peer)).toEqual([`/a: t-0=${2 * size}`, `/b: ${errorCodes.KAFKA_STORAGE_ERROR}`])
  const { topics } = await peer.call(metadata, 9, { topics: [{ topic: 't' }] })
  expect(topics[0]?.partitions).toMatchObject([
    { errorCode: 0, leader: 1001, isr: [1001], offlineReplicas: [] },
    { errorCode: errorCodes.LEADER_NOT_AVAILABLE, leader: -1, isr: [1001], offlineReplicas: [1001] },
  ])
  expect((await peer.produce('t', batchOf(['2']), { partition: 1 })).errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  expect((await peer.produce('t', batchOf(['2']), { partition: 0 })).errorCode).toBe(0)
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 10_000 }))
  const fetched = await peer.call(fetch, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 10_000,
    topics: [{ topic: 't', partitions }],
    forgottenTopics: [],
  })
  expect(fetched.topics[0]?.partitions.map((p) => p.errorCode)).toEqual([0, errorCodes.KAFKA_STORAGE_ERROR])
  const asked = [{ topic: 't', partitions: [{ partition: 1, timestamp: -1 }] }]
  const listed = await peer.call(listOffsets, 5, { topics: asked })
  expect(listed.topics[0]?.partitions[0]?.errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
})

test('a fetch that waits on a partition is answered when its folder fails', async () => {
  const peer = await start()
  const waiting = await bench.peer()
  const partitions = [{ partition: 1, fetchOffset: 1, partitionMaxBytes: 10_000 }]
  const request = { maxWaitMs: 60_000, minBytes: 1, maxBytes: 10_000, topics: [{ topic: 't', partitions }] }
  const answer = waiting.call(fetch, 11, { ...request, forgottenTopics: [] })
  await fail(peer, '/b')
  expect((await answer).topics[0]?.partitions[0]?.errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
})

test('without any folder left the broker has failed', async () => {
  const peer = await start()
  await fail(peer, '/a')
  for (const operation of ['open', 'list', 'write', 'read'] as const)
    bench.disk.fail(operation, 'EIO', { path: '/b', times: Infinity })
  await peer.produce('t', batchOf(['1']), { partition: 1 })
  expect((await bench.broker.failed).message).toContain('None of the log folders /a, /b can be used')
})

/** Asks for t-`partition` to be moved; gives the error. */
const move = async (peer: BrokerPeer, dir: string, partition: number, version = 2, topic = 't'): Promise<unknown> => {
  const dirs = [{ dir, topics: [{ topic, partitions: [partition] }] }]
  const { topics } = await peer.call(alterReplicaLogDirs, version, { dirs })
  return topics[0]?.partitions[0]?.errorCode
}

test('a partition moves to another folder, and is told as future until it is there', async () => {
  const clock = new FakeClock()
  bench = await brokerBench({ 'log.dirs': '/a,/b' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  await peer.produce('t', batchOf(['0']))
  for (const [version, dir] of [
    [0, '/b'],
    [1, '/a'],
    [2, '/b'],
  ] as const) {
    // prettier-ignore
    expect(await move(peer, dir, 0, version)).toBe(0)
    const { dirs } = await peer.call(describeLogDirs, 4, { topics: null })
    const future = dirs.flatMap(({ topics }) =>
      topics.flatMap(({ partitions }) => partitions.filter((p) => p.isFuture)),
    )
    expect(future).toEqual([{ partition: 0, size: 0, offsetLag: 1, isFuture: true }])
    await clock.advanceSlowly(50, 1)
    const other = dir === '/a' ? '/b' : '/a'
    await until(async () =>
      (await told(peer)).some((line) => line.startsWith(`${dir}: `) && line.includes(`t-0=${size}`)),
    )
    expect((await told(peer)).find((line) => line.startsWith(other))).not.toContain('t-0')
  }
  expect((await peer.produce('t', batchOf(['1']))).baseOffset).toBe(1)
})

test('a move that cannot be is refused', async () => {
  const peer = await start()
  expect(await move(peer, '/c', 0)).toBe(errorCodes.LOG_DIR_NOT_FOUND)
  expect(await move(peer, '/b', 7)).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  expect(await move(peer, '/b', 0, 2, 'none')).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  expect(await move(peer, '/b', 0, 2, 'n'.repeat(30_000))).toBe(errorCodes.INVALID_TOPIC_EXCEPTION)
  expect(await move(peer, '/a', 0)).toBe(0)
  await fail(peer, '/b')
  expect(await move(peer, '/b', 0)).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  expect(await move(peer, '/a', 1)).toBe(errorCodes.KAFKA_STORAGE_ERROR)
})

test('a partition that does not exist is refused, and made in that folder some day', async () => {
  const peer = await start()
  for (const [topic, partition] of [
    ['new', 0],
    ['new', 1],
    ['t', 2],
  ] as const)
    // prettier-ignore
    expect(await move(peer, '/b', partition, 2, topic)).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  await peer.createTopic('new', 2)
  const [, inB] = await told(peer)
  expect(inB).toMatch(/new-0=0.*new-1=0/)
  await peer.call(createPartitions, 2, { topics: [{ topic: 't', count: 3, assignment: null }], timeoutMs: 1000, validateOnly: false }) // prettier-ignore
  expect((await told(peer))[1]).toContain('t-2=0')
})

test('producers get their ids while a folder fails, each another one, and of the other folder after a restart, too', async () => {
  const peer = await start()
  const ids: number[] = []
  const ask = async (from: BrokerPeer, count: number): Promise<void> => {
    const answers = await Promise.all(Array.from({ length: count }, () => from.call(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 }))) // prettier-ignore
    expect(answers.map(({ errorCode }) => errorCode)).toEqual(answers.map(() => 0))
    ids.push(...answers.map(({ producerId }) => producerId))
  }
  await ask(peer, 700)
  for (const operation of ['open', 'list', 'write', 'read', 'rename'] as const)
    bench.disk.fail(operation, 'EIO', { path: '/b', times: Infinity })
  await Promise.all([ask(peer, 1500), peer.produce('t', batchOf(['1']), { partition: 1 })])
  const { disk } = bench
  await bench[Symbol.asyncDispose]()
  disk.heal()
  bench = await brokerBench({ 'log.dirs': '/a,/b' }, { disk })
  await ask(await bench.peer(), 1500)
  expect(new Set(ids).size).toBe(3700)
})
