/** Producer ids: what a broker gives an idempotent producer, and how to do without where it gives none. */
import { errorCodes } from '../protocol/error-codes.ts'
import { initProducerId } from '../protocol/messages/init-producer-id.ts'
import { maxI32 } from '../protocol/table.ts'
import type { Cluster } from './cluster.ts'
import { refuseError } from './errors.ts'
import { noIdentity } from './partition-queue.ts'
import type { ProducerIdentity } from './partition-queue.ts'

const notForUs: ReadonlySet<number> = new Set([
  errorCodes.CLUSTER_AUTHORIZATION_FAILED,
  errorCodes.UNSUPPORTED_VERSION,
  errorCodes.UNSUPPORTED_FOR_MESSAGE_FORMAT,
])

/** A fresh producer id, or `noIdentity` from a broker that has none for us. Rejects with what any request may reject with. */
export const obtainIdentity = async (cluster: Cluster): Promise<ProducerIdentity> => {
  const connection = await cluster.any()
  if (!connection.supports(initProducerId)) return noIdentity
  const reply = await connection.request(initProducerId, {
    transactionalId: null,
    transactionTimeoutMs: maxI32,
  })
  if (notForUs.has(reply.errorCode)) return noIdentity
  refuseError('A producer id', reply.errorCode)
  return { producerId: reply.producerId, epoch: reply.producerEpoch }
}
