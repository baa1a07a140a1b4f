/** DescribeTransactions: how far the transactions of these ids are, and which partitions take part. There is only version 0. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { describeTransactions as api } from '../../protocol/messages/describe-transactions.ts'
import type { ResponseInput } from '../../protocol/table.ts'
import { defineHandler, type Services } from './handler.ts'
import { eachOnce } from './twice.ts'

type Described = ResponseInput<typeof api>['transactionStates'][number]

const failed = (transactionalId: string, errorCode: number): Described => ({
  errorCode,
  transactionalId,
  state: '',
  timeoutMs: 0,
  startTimestamp: 0,
  producerId: 0,
  producerEpoch: 0,
  topics: [],
})

const described = (transactionalId: string, { transactions }: Services): Described => {
  if (transactionalId === '') return failed(transactionalId, errorCodes.INVALID_REQUEST)
  if (transactions.isUnread(transactionalId)) return failed(transactionalId, errorCodes.NOT_COORDINATOR)
  const facts = transactions.get(transactionalId)?.facts
  if (facts === undefined) return failed(transactionalId, errorCodes.TRANSACTIONAL_ID_NOT_FOUND)
  const { state, timeoutMs, startMs: startTimestamp, producerId, producerEpoch } = facts
  const topics = Array.from(facts.partitions, ([topic, numbers]) => ({ topic, partitions: [...numbers] }))
  return { errorCode: 0, transactionalId, state, timeoutMs, startTimestamp, producerId, producerEpoch, topics }
}

export const describeTransactions = defineHandler({
  api,
  versions: [0, 0],
  handle: (request, { broker }) => ({
    throttleTimeMs: 0,
    transactionStates: eachOnce(request.transactionalIds, (id) => id).map((id) => described(id, broker)),
  }),
})
