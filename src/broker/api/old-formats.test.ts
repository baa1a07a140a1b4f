/** Clients of Kafka 0.8 to 0.10, which negotiate nothing: what they send is stored as batches, what they read is made from batches. */
import { describe, expect, test } from 'vitest'
import { batchOf, recordsOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { storeBench } from '../../../test/fakes/topic-store.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { encodeMarker } from '../../protocol/control-batch.ts'
import { MessageReader } from '../../protocol/message-reader.ts'
import { MessageWriter } from '../../protocol/message-writer.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { batchHeaderBytes, computeCrc, entrySize } from '../../protocol/record-batch.ts'
import { BufferPool } from '../server/buffer-pool.ts'
import { FetchReader } from './fetch-read.ts'

const codecNames = ['none', 'gzip', 'snappy', 'lz4'] as const
const oldVersions = [0, 1, 2, 3] as const
const nothing = Buffer.alloc(0)

/** What a producer of a format sends: plain messages, or one wrapper around them. */
const setOf = (magic: 0 | 1, codec: number, values: readonly string[]): Buffer => {
  const plain = new MessageWriter(magic)
  for (const [i, value] of values.entries()) plain.add(i, 1000 + i, Buffer.from(`k${i}`), Buffer.from(value))
  if (codec === 0) return plain.finish()
  const wrapper = new MessageWriter(magic)
  wrapper.addWrapper(codec, values.length - 1, 1000 + values.length - 1, plain, false)
  return wrapper.finish()
}

const messagesIn = (records: Buffer | null): string[] => {
  const given = records ?? nothing
  const found: string[] = []
  const reader = new MessageReader()
  for (let at = 0, size = entrySize(given, 0); size > 0; at += size, size = entrySize(given, at)) {
    reader.open(given, at, size)
    while (reader.next())
      found.push(`${reader.offset} ${reader.timestampMs} ${String(reader.key())} ${String(reader.value())}`)
  }
  return found
}

const read = async (peer: BrokerPeer, version: number, fetchOffset = 0, partitionMaxBytes = 1_000_000) => {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes }]
  const body = { maxWaitMs: 0, minBytes: 0, maxBytes: 50_000_000, sessionId: 0, topics: [{ topic: 't', partitions }] }
  const part = (await peer.call(fetch, version, body)).topics[0]?.partitions[0]
  return { errorCode: part?.errorCode, records: part?.records ?? nothing }
}

const create = async (peer: BrokerPeer, configs: Readonly<Record<string, string>>): Promise<void> => {
  const pairs = Object.entries(configs).map(([name, value]) => ({ name, value }))
  const topic = { topic: 't', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs: pairs }
  const { topics } = await peer.call(createTopics, 4, { topics: [topic], timeoutMs: 1000 })
  expect(topics[0]?.errorCode).toBe(0)
}

describe.each(codecNames.map((name, codec) => [name, codec] as const))('compressed with %s', (_, codec) => {
  test.each([0, 1, 2])('Produce %d is stored as batches that new and old consumers read', async (version) => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const magic = version < 2 ? 0 : 1
    await peer.produce('t', setOf(magic, codec, ['a', 'b']), { version })
    expect(await peer.produce('t', setOf(magic, codec, ['c']), { version })).toMatchObject({ baseOffset: 2 })
    const stamp = (n: number): number => (magic === 0 ? -1 : n)
    const times = [1000, 1001, 1000].map(stamp)
    expect(recordsOf((await read(peer, 11)).records).map((r) => [r.offset, r.timestampMs, r.value])).toEqual([
      [0, times[0], 'a'], [1, times[1], 'b'], [2, times[2], 'c'],
    ]) // prettier-ignore
    for (const reader of oldVersions) {
      const told = (i: number): number | undefined => (reader < 2 ? -1 : times[i])
      const { records } = await read(peer, reader)
      expect(messagesIn(records)).toEqual([`0 ${told(0)} k0 a`, `1 ${told(1)} k1 b`, `2 ${told(2)} k0 c`])
    }
  })

  test('batches of new producers reach old consumers, offsets unchanged', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    await peer.produce('t', batchOf(['a', 'b', 'c'], { codec, key: 'k' }))
    await peer.produce('t', batchOf(['d'], { codec, key: 'k' }))
    for (const version of oldVersions) {
      const values = messagesIn((await read(peer, version, 1)).records).map((m) => `${m[0]}${m.at(-1)}`)
      // A wrapper is not opened to take a record out of it; the client skips what it did not ask for.
      expect(values).toEqual(codec === 0 ? ['1b', '2c', '3d'] : ['0a', '1b', '2c', '3d'])
    }
  })
})

test('the append time reaches old consumers, and old producers are stamped too', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await create(peer, { 'message.timestamp.type': 'LogAppendTime' })
  for (const version of [1, 2]) {
    const stored = await peer.produce('t', setOf(version < 2 ? 0 : 1, 1, ['a', 'b']), { version })
    if (version === 2) expect(stored.logAppendTimeMs).toBeGreaterThan(1_000_000)
  }
  const times = recordsOf((await read(peer, 11)).records).map((r) => r.timestampMs)
  expect(Math.min(...times)).toBeGreaterThan(1_000_000)
  for (const version of [2, 3]) {
    const { records } = await read(peer, version)
    expect(messagesIn(records).map((m) => Number(m.split(' ')[1]))).toEqual(times)
    expect((records[17] ?? 0) & 8).toBe(8)
  }
  expect(messagesIn((await read(peer, 1)).records).map((m) => m.split(' ')[1])).toEqual(['-1', '-1', '-1', '-1'])
})

test('a topic may refuse to convert, and then serves readers of batches only', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await create(peer, { 'message.downconversion.enable': 'false' })
  await peer.produce('t', batchOf(['a']))
  for (const version of oldVersions) expect((await read(peer, version)).errorCode).toBe(errorCodes.UNSUPPORTED_VERSION)
  expect((await read(peer, 4)).errorCode).toBe(0)
})

test('one answer unpacks a bounded amount, and the next fetch goes on behind it', async () => {
  await using bench = await brokerBench({ 'message.max.bytes': '200000000', 'fetch.max.bytes': '50000000' })
  const peer = await bench.peer()
  await peer.createTopic('t')
  const large = Array.from({ length: 40 }, () => 'x'.repeat(1_000_000))
  for (let i = 0; i < 3; i++) await peer.produce('t', batchOf(large, { codec: 1 }))
  const offsets = async (from: number) =>
    messagesIn((await read(peer, 3, from, 50_000_000)).records).map((m) => Number(m.split(' ')[0]))
  // Two batches come to more than 64 MB; the third waits.
  expect((await offsets(0)).at(-1)).toBe(79)
  expect((await offsets(80)).at(-1)).toBe(119)
})

/** A batch of one offset, of which compaction has kept only the header. */
const emptied = (): Buffer => {
  const batch = Buffer.from(batchOf(['gone']).subarray(0, batchHeaderBytes))
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(0, 57)
  batch.writeUInt32BE(computeCrc(batch, 0, batch.length), 17)
  return batch
}

test('markers and batches that compaction emptied do not hold up an old consumer', async () => {
  const { start } = storeBench()
  await using store = await start()
  const topic = store.create({ name: 't' })
  const log = topic.partitions[0]
  if (log === undefined) throw new Error('No partition')
  const marker = (): Buffer =>
    encodeMarker({ outcome: 'abort', producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1 })
  for (let i = 0; i < 2999; i++) log.append(Buffer.from(marker()), { origin: 'coordinator' })
  log.append(emptied(), { origin: 'coordinator' })
  log.append(batchOf(['after']), { origin: 'coordinator' })
  for (const version of oldVersions) {
    const rules = { version, isolationLevel: 0, bytesMax: 100 }
    const reader = new FetchReader(rules, store, new BufferPool())
    const asked = { partition: 0, fetchOffset: 0, partitionMaxBytes: 100, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }
    const target = { topic: 't', topicId: topic.id, asked, toldHighWatermark: -1, toldLogStart: -1 }
    expect(messagesIn(reader.read(target as never).records).map((m) => m[0] + m.slice(-5))).toEqual(['3after'])
  }
})
