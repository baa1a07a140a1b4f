/**
 * WriteTxnMarkers: writes the markers of transactions into partitions, whatever the coordinator thinks. Here it is what people use to end a transaction
 * that nobody will end any more (`kafka-transactions.sh abort`). 0 is what older brokers send, 1 is in the compact form.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { Marker } from '../../protocol/control-batch.ts'
import { writeTxnMarkers as api } from '../../protocol/messages/write-txn-markers.ts'
import { defineHandler, type RequestContext } from './handler.ts'

const errorOf = (thrown: unknown): number => {
  if (thrown instanceof KafkaFault) return thrown.code
  throw thrown
}

/** The error for one partition. */
const written = async (
  topic: string,
  partition: number,
  marker: Marker,
  { broker }: RequestContext,
): Promise<number> => {
  try {
    await broker.transactions.markers.append(topic, partition, marker)
    return errorCodes.NONE
  } catch (thrown) {
    return errorOf(thrown)
  }
}

export const writeTxnMarkers = defineHandler({
  api,
  versions: [0, 1],
  async handle(request, context) {
    const timestampMs = context.broker.clock.now()
    const answers = request.markers.map(async ({ producerId, producerEpoch, coordinatorEpoch, committed, topics }) => {
      const marker = { outcome: committed ? 'commit' : 'abort', producerId, producerEpoch, coordinatorEpoch, timestampMs } as const // prettier-ignore
      const told = topics.map(async ({ topic, partitions }) => {
        const errors = await Promise.all(partitions.map((p) => written(topic, p, marker, context)))
        return { topic, partitions: partitions.map((partition, i) => ({ partition, errorCode: errors[i] ?? 0 })) }
      })
      return { producerId, topics: await Promise.all(told) }
    })
    return { markers: await Promise.all(answers) }
  },
})
