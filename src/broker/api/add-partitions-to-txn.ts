/**
 * AddPartitionsToTxn: says which partitions a transaction will write to; the first begins it. All are added or none. 0-3 speak of one transaction, 4+
 * of several (brokers among each other, and one client), and may only ask whether they are in it. 2+ knows PRODUCER_FENCED, 5+ TRANSACTION_ABORTABLE.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { addPartitionsToTxn as api } from '../../protocol/messages/add-partitions-to-txn.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { TransactionalName } from '../transactions/coordinator.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { codeFor } from './transaction-codes.ts'

type TransactionAsked = RequestOf<typeof api>['transactions'][number]
type TopicsAsked = TransactionAsked['topics']
type TopicsAnswer = NonNullable<ResponseInput<typeof api>['topics']>
type ErrorOf = (topic: string, partition: number) => number

const MANY_SINCE = 4
const codes = { fencedSince: 2, abortableSince: 5 } as const

const answered = (topics: TopicsAsked, errorOf: ErrorOf): TopicsAnswer =>
  topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ partition, errorCode: errorOf(topic, partition) })),
  }))

const gathered = (topics: TopicsAsked): Map<string, Set<number>> => {
  const all = new Map<string, Set<number>>()
  for (const { topic, partitions } of topics) all.set(topic, new Set([...(all.get(topic) ?? []), ...partitions]))
  return all
}

const added = async (name: TransactionalName, topics: TopicsAsked, context: RequestContext): Promise<TopicsAnswer> => {
  const { broker, version } = context
  const exists = (topic: string, partition: number): boolean =>
    broker.topics.get(topic)?.partitions[partition] !== undefined
  const { UNKNOWN_TOPIC_OR_PARTITION, OPERATION_NOT_ATTEMPTED } = errorCodes
  if (!topics.every(({ topic, partitions }) => partitions.every((p) => exists(topic, p))))
    return answered(topics, (t, p) => (exists(t, p) ? OPERATION_NOT_ATTEMPTED : UNKNOWN_TOPIC_OR_PARTITION))
  const error = codeFor(await broker.transactions.addPartitions(name, gathered(topics)), version, codes)
  return answered(topics, () => error)
}

const one = async (asked: TransactionAsked, context: RequestContext): Promise<TopicsAnswer> => {
  const { broker, version } = context
  if (!asked.verifyOnly) return added(asked, asked.topics, context)
  return answered(asked.topics, (t, p) => codeFor(broker.transactions.verify(asked, t, p), version, codes))
}

export const addPartitionsToTxn = defineHandler({
  api,
  versions: [0, 5],
  async handle(request, context) {
    if (context.version < MANY_SINCE)
      return {
        throttleTimeMs: 0,
        errorCode: 0,
        transactions: [],
        topics: await added(request, request.topics, context),
      }
    const transactions = []
    for (const asked of request.transactions)
      transactions.push({ transactionalId: asked.transactionalId, topics: await one(asked, context) })
    return { throttleTimeMs: 0, errorCode: errorCodes.NONE, transactions, topics: [] }
  },
})
