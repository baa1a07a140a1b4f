/**
 * Records of a transaction may be stored only in partitions that take part in it, as its coordinator knows: what comes late, after the transaction has
 * ended, would stay open for ever and hold up everybody who reads committed data.
 */
import { errorCodes, errorName, KafkaFault } from '../../protocol/error-codes.ts'
import { batchHeaderBytes, magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { RequestContext } from './handler.ts'
import { codeFor } from './transaction-codes.ts'

/** Why these records may not be stored in this partition now, if they may not. */
export type Verify = (log: PartitionLog, records: Buffer) => KafkaFault | undefined

const codes = { fencedSince: Infinity, abortableSince: 11 } as const
const BATCHES_SINCE = 3
const TRANSACTIONAL = 0x10
const ATTRIBUTES_AT = 21
const none: Verify = () => undefined

const isTransactional = (records: Buffer): boolean =>
  records.length >= batchHeaderBytes &&
  magicOf(records, 0) === 2 &&
  (records.readInt16BE(ATTRIBUTES_AT) & TRANSACTIONAL) !== 0

/** The coordinator may say something else in a moment, or once its partition can be read. */
const isPassing = (code: number): boolean =>
  code === errorCodes.CONCURRENT_TRANSACTIONS || code === errorCodes.NOT_COORDINATOR

/** What the coordinator's answer means for the producer of the records. */
const faultOf = (code: number, version: number): KafkaFault | undefined => {
  if (code === errorCodes.NONE) return undefined
  // clients come again with NOT_ENOUGH_REPLICAS, and with the other some do not
  if (isPassing(code))
    return new KafkaFault('NOT_ENOUGH_REPLICAS', `Unable to verify the partition has been added to the transaction. Underlying error: ${errorName(code)}`) // prettier-ignore
  const told = codeFor(code, version, codes)
  if (told === errorCodes.INVALID_TXN_STATE)
    return new KafkaFault('INVALID_TXN_STATE', 'Partition was not added to the transaction')
  if (told === errorCodes.TRANSACTION_ABORTABLE)
    return new KafkaFault('TRANSACTION_ABORTABLE', 'Partition was not added to the transaction')
  return new KafkaFault(told === errorCodes.INVALID_PRODUCER_EPOCH ? 'INVALID_PRODUCER_EPOCH' : 'INVALID_PRODUCER_ID_MAPPING') // prettier-ignore
}

/** How the records of one request are looked at. */
export const verifierOf = (transactionalId: string | null, { broker, version }: RequestContext): Verify => {
  if (version < BATCHES_SINCE) return none
  const isVerified = broker.config.settings['transaction.partition.verification.enable']
  return (log, records) => {
    if (!isTransactional(records)) return undefined
    if (transactionalId === null) return new KafkaFault('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    if (!isVerified) return undefined
    const { producerId, producerEpoch } = readBatchHeader(records)
    const name = { transactionalId, producerId, producerEpoch }
    return faultOf(broker.transactions.verify(name, log.topic, log.partition), version)
  }
}
