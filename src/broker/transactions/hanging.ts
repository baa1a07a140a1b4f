/**
 * After a power cut a partition may hold the beginning of a transaction that its coordinator has lost. Nobody will end it, and readers of committed data
 * would wait there for ever without a word: the start says so, and what ends it.
 */
import type { Log } from '../../base/log.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import { holds, type Transaction } from './transaction.ts'
import type { TransactionStore } from './transaction-store.ts'

/** Said of so many; the tool finds the rest. */
const SAID_MAX = 20

interface Hanging {
  readonly log: PartitionLog
  readonly producerId: number
  readonly offset: number
}

const isExpected = (log: PartitionLog, transaction: Transaction | undefined): boolean => {
  if (transaction === undefined) return false
  const { state, partitions } = transaction.facts
  return !state.startsWith('Complete') && holds(partitions, log.topic, log.partition)
}

const hangingIn = (topics: TopicStore, store: TransactionStore): Hanging[] => {
  const byProducer = new Map(Array.from(store.list(), (each) => [each.facts.producerId, each]))
  return topics.list().flatMap(({ partitions }) =>
    partitions.flatMap((log) =>
      Array.from(log.transactions.knownOpen())
        .filter(({ id }) => !isExpected(log, byProducer.get(id)))
        .map(({ id, transactionOffset }) => ({ log, producerId: id, offset: transactionOffset })),
    ),
  )
}

/** Looks only at what recovery has read anyway. */
export const sayHanging = (topics: TopicStore, store: TransactionStore, said: Log): void => {
  const all = hangingIn(topics, store)
  for (const { log, producerId, offset } of all.slice(0, SAID_MAX))
    said.warn(
      `${log.topic}-${log.partition} holds a transaction of producer ${producerId} that nobody will end, and readers of committed data wait at offset ${offset}. To end it: kafka-transactions.sh abort --topic ${log.topic} --partition ${log.partition} --start-offset ${offset}`,
    )
  if (all.length > SAID_MAX)
    said.warn(`${all.length - SAID_MAX} more partitions hold such transactions: kafka-transactions.sh find-hanging`)
}
