/**
 * A few bytes that unpack to gigabytes. Where the broker has to look into records (old formats in both directions, topics that want keys or another
 * compression) it stops at its limit, answers, and goes on.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { codecs, compress, decompressedBytesMax } from '../../protocol/compression.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { MessageWriter } from '../../protocol/message-writer.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { batchHeaderBytes, computeCrc } from '../../protocol/record-batch.ts'

const bombBytes = 2 * decompressedBytesMax

/** Streams that unpack to more than the limit, and one whose header alone claims it. */
const bombs: Readonly<Record<string, () => Buffer>> = {
  gzip: () => gzipSync(Buffer.alloc(bombBytes)),
  zstd: () => zstdCompressSync(Buffer.alloc(bombBytes)),
  lz4: () => compress(codecs.lz4, Buffer.alloc(bombBytes)),
  snappy: () => Buffer.from('ffffffff07', 'hex'),
}

/** A batch with a right checksum around such a stream. */
const batchAround = (codec: number, stream: Buffer): Buffer => {
  const batch = Buffer.concat([batchOf(['a'], { key: 'k' }).subarray(0, batchHeaderBytes), stream])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE(codec, 21)
  batch.writeUInt32BE(computeCrc(batch, 0, batch.length), 17)
  return batch
}

const create = async (peer: BrokerPeer, name: string, value: string): Promise<void> => {
  const configs = [{ name, value }]
  const topic = { topic: 't', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs }
  await peer.call(createTopics, 4, { topics: [topic], timeoutMs: 1000 })
}

const roomy = (): Promise<BrokerBench> => brokerBench({ 'message.max.bytes': '10000000' })

test.each(Object.keys(bombs))('%s into a compacted topic or one with its own compression is refused', async (name) => {
  const stream = bombs[name]?.() ?? Buffer.alloc(0)
  const codec = codecs[name as keyof typeof codecs]
  for (const [setting, value] of [
    ['cleanup.policy', 'compact'],
    ['compression.type', 'uncompressed'],
  ] as const) {
    await using bench = await roomy()
    const peer = await bench.peer()
    await create(peer, setting, value)
    expect((await peer.produce('t', batchAround(codec, stream))).errorCode).toBe(errorCodes.CORRUPT_MESSAGE)
    expect((await peer.produce('t', batchOf(['a'], { key: 'k' }))).errorCode).toBe(0)
    expect(bench.said.of('error')).toEqual([])
  }
})

test.each(['gzip', 'lz4', 'snappy'])('%s from an old producer is refused', async (name) => {
  await using bench = await roomy()
  const peer = await bench.peer()
  await peer.createTopic('t')
  for (const magic of [0, 1] as const) {
    const wrapper = new MessageWriter(magic)
    wrapper.add(0, 1000, null, bombs[name]?.() ?? null, codecs[name as keyof typeof codecs])
    const { errorCode } = await peer.produce('t', wrapper.finish(), { version: magic + 1 })
    expect(errorCode).toBe(errorCodes.CORRUPT_MESSAGE)
  }
  expect((await peer.produce('t', batchOf(['a']))).baseOffset).toBe(0)
})

test('one that was stored as it came is refused to old consumers, and new ones get it as it is', async () => {
  await using bench = await roomy()
  const peer = await bench.peer()
  await peer.createTopic('t')
  const batch = batchAround(codecs.gzip, bombs['gzip']?.() ?? Buffer.alloc(0))
  expect((await peer.produce('t', Buffer.from(batch))).errorCode).toBe(0)
  const read = async (version: number) => {
    const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000_000 }] }]
    const answer = await peer.call(fetch, version, { maxWaitMs: 0, minBytes: 1, sessionId: 0, topics })
    return answer.topics[0]?.partitions[0]
  }
  expect((await read(2))?.errorCode).toBe(errorCodes.CORRUPT_MESSAGE)
  expect((await read(4))?.records).toHaveLength(batch.length)
  expect(bench.said.of('error')).toEqual([])
})
