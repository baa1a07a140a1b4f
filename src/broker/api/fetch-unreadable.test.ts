/** A partition whose files cannot be read: told as such, whether the fetch may wait or not, and the others of the request are served. */
import { expect, it } from 'vitest'
import { batchOf, valuesOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { fetch } from '../../protocol/messages/fetch.ts'

const both = (maxWaitMs: number) => ({
  maxWaitMs,
  minBytes: 1_000_000,
  sessionId: 0,
  topics: [
    {
      topic: 't',
      partitions: [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1_000_000 })),
    },
  ],
})

it.each([0, 100])('with a wait of %d ms', async (maxWaitMs) => {
  await using first = await brokerBench()
  const writer = await first.peer()
  await writer.createTopic('t', 2)
  await writer.produce('t', batchOf(['a']))
  await writer.produce('t', batchOf(['b']), { partition: 1 })
  first.disk.fail('read', 'EIO', { path: '/t-0/0', times: Infinity })
  await using bench = await first.again()
  const peer = await bench.peer()
  const { topics } = await peer.call(fetch, 12, both(maxWaitMs))
  const [unreadable, good] = topics.flatMap(({ partitions }) => partitions)
  expect(unreadable?.errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  expect(valuesOf(good?.records ?? Buffer.alloc(0))).toEqual(['b'])
})
