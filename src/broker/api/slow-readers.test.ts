/** Consumers that ask for much and do not read it: what lies ready for them is bounded for all of them together, and others are served meanwhile. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { arrayBuffersInUse } from '../../../test/support/array-buffers.ts'
import { decodeResponse } from '../../protocol/codec.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { entrySize } from '../../protocol/record-batch.ts'

const asked = {
  maxWaitMs: 0,
  minBytes: 1,
  maxBytes: 50_000_000,
  sessionId: 0,
  topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 50_000_000 }] }],
}

test.each([4, 3])(
  'eighty slow readers of eight megabytes each hold less than two hundred (Fetch %i)',
  async (version) => {
    await using bench = await brokerBench()
    const writer = await bench.peer()
    await writer.createTopic('t')
    for (let i = 0; i < 9; i++) await writer.produce('t', batchOf(['x'.repeat(900_000)]))
    const before = arrayBuffersInUse()
    const slow = await Promise.all(Array.from({ length: 80 }, () => bench.peer()))
    for (const peer of slow) {
      peer.socket.pause()
      peer.send(fetch, version, asked)
    }
    // Their requests have been read once the broker answers one that came later.
    for (let i = 0; i < 50; i++) expect((await writer.produce('t', batchOf(['y']))).errorCode).toBe(0)
    expect(arrayBuffersInUse() - before).toBeLessThan(200 * 1024 * 1024)
    for (const peer of slow.slice(3)) peer[Symbol.dispose]()
    for (const peer of slow.slice(0, 3)) {
      peer.socket.resume()
      const { topics } = decodeResponse(fetch, version, (await peer.frame()) ?? Buffer.alloc(0))
      expect(entrySize(topics[0]?.partitions[0]?.records ?? Buffer.alloc(0), 0)).toBeGreaterThan(900_000)
    }
  },
)
