/** Asks about transactions of a cluster and ends those that nobody ends any more: what kafka-transactions.sh needs. */
import { errorCodes } from '../protocol/error-codes.ts'
import { describeProducers } from '../protocol/messages/describe-producers.ts'
import { describeTransactions } from '../protocol/messages/describe-transactions.ts'
import { listTransactions } from '../protocol/messages/list-transactions.ts'
import { writeTxnMarkers } from '../protocol/messages/write-txn-markers.ts'
import type { ResponseOf } from '../protocol/table.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import { Coordinator } from './coordinator.ts'
import { BrokerError, isRetriable, refuseError } from './errors.ts'
import { TransactionRequests } from './transaction-requests.ts'
import { backOff } from './waiting.ts'

export interface TransactionFilter {
  readonly producerIds?: readonly number[]
  /** Only those that have been open for so long. */
  readonly openForMs?: number
  /** A regular expression for the whole transactional id. */
  readonly pattern?: string
}

export interface ListedTransaction {
  readonly transactionalId: string
  /** The broker that keeps it. */
  readonly coordinatorId: number
  readonly producerId: number
  readonly state: string
}

export interface TransactionDescription extends ListedTransaction {
  readonly producerEpoch: number
  readonly timeoutMs: number
  /** -1 outside of a transaction. */
  readonly startMs: number
  readonly partitions: readonly TopicPartition[]
}

export type ActiveProducer = ResponseOf<
  typeof describeProducers
>['topics'][number]['partitions'][number]['activeProducers'][number]

/** Which transaction is to be ended, in which partition. */
export interface AbortedProducer extends TopicPartition {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
}

/** Kafka's own sentence for the one error that people meet. */
const saysOf = (transactionalId: string, errorCode: number | undefined): string | undefined =>
  errorCode === errorCodes.TRANSACTIONAL_ID_NOT_FOUND
    ? `DescribeTransactions request for transactionalId \`${transactionalId}\` failed because the ID could not be found`
    : undefined

const noDuration = -1
/** So long Kafka's own admin client tries (default.api.timeout.ms). */
const patienceMs = 60_000
/** transaction.timeout.ms of a producer that nobody changed: the id has it until its producer comes back with its own. */
const transactionTimeoutMs = 60_000

/** Rejections are BrokerErrors, and the network's troubles; what may succeed later is tried for a minute. */
export class TransactionAdmin {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** The transactional ids of all brokers, in the order of their names. */
  async list(filter: TransactionFilter = {}): Promise<ListedTransaction[]> {
    await this.#cluster.refresh()
    const found: ListedTransaction[] = []
    for (const coordinatorId of this.#cluster.metadata.brokers.keys()) {
      const connection = await this.#cluster.connection(coordinatorId)
      const reply = await connection.request(listTransactions, {
        stateFilters: [],
        producerIdFilters: [...(filter.producerIds ?? [])],
        durationFilterMs: filter.openForMs ?? noDuration,
        transactionalIdPattern: filter.pattern ?? null,
      })
      refuseError('Transactions', reply.errorCode)
      for (const { transactionalId, producerId, transactionState: state } of reply.transactionStates)
        found.push({ transactionalId, coordinatorId, producerId, state })
    }
    return found.toSorted((a, b) => (a.transactionalId < b.transactionalId ? -1 : 1))
  }

  describe(transactionalId: string): Promise<TransactionDescription> {
    const coordinator = new Coordinator(this.#cluster, transactionalId, 'Transactional id')
    return this.#patiently(async () => {
      const connection = await coordinator.connection('main')
      const reply = await connection.request(describeTransactions, { transactionalIds: [transactionalId] })
      const found = reply.transactionStates[0]
      refuseError(
        `Transactional id ${transactionalId}`,
        found?.errorCode ?? -1,
        saysOf(transactionalId, found?.errorCode),
      )
      if (found === undefined) throw new BrokerError(`Transactional id ${transactionalId}`, -1)
      const { producerId, producerEpoch, state, timeoutMs, startTimestamp: startMs, topics } = found
      const partitions = topics.flatMap((one) => one.partitions.map((partition) => ({ topic: one.topic, partition })))
      const coordinatorId = coordinator.nodeId
      return { transactionalId, coordinatorId, producerId, producerEpoch, state, timeoutMs, startMs, partitions }
    })
  }

  /** The producers that a partition's leader remembers, or another broker of its replicas. */
  producers({ topic, partition }: TopicPartition, brokerId?: number): Promise<readonly ActiveProducer[]> {
    return this.#patiently(async () => {
      const asked = { topics: [{ topic, partitions: [partition] }] }
      const reply = await (await this.#keeper(topic, partition, brokerId)).request(describeProducers, asked)
      const found = reply.topics[0]?.partitions[0]
      refuseError(`${topic}-${partition}`, found?.errorCode ?? -1, found?.errorMessage)
      return found?.activeProducers ?? []
    })
  }

  /** Writes the marker that aborts a producer's transaction into one partition. */
  abort({ topic, partition, ...producer }: AbortedProducer): Promise<void> {
    return this.#patiently(async () => {
      const marker = { ...producer, committed: false, topics: [{ topic, partitions: [partition] }] }
      const reply = await (await this.#keeper(topic, partition)).request(writeTxnMarkers, { markers: [marker] })
      refuseError(`${topic}-${partition}`, reply.markers[0]?.topics[0]?.partitions[0]?.errorCode ?? -1)
    })
  }

  /** Aborts what is open under a transactional id, and shuts out whoever uses it: the id goes on under a new epoch. One that is not known is made. */
  async fence(transactionalId: string): Promise<void> {
    const requests = new TransactionRequests(this.#cluster, { transactionalId, timeoutMs: transactionTimeoutMs, patienceMs }) // prettier-ignore
    await requests.begin()
  }

  async #keeper(topic: string, partition: number, brokerId?: number): Promise<Connection> {
    this.#cluster.watch(topic)
    await this.#cluster.refresh()
    const found = this.#cluster.metadata.topics.get(topic)
    refuseError(`Topic ${topic}`, found?.errorCode ?? 3)
    const leader = found?.partitions.find((one) => one.partition === partition)?.leader
    if (leader === undefined) throw new BrokerError(`${topic}-${partition}`, 3)
    return this.#cluster.connection(brokerId ?? leader)
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const { options } = this.#cluster
    const startMs = options.clock.monotonic()
    for (let failures = 1; ; failures++) {
      try {
        return await ask()
      } catch (thrown) {
        // an unknown topic is retried by clients that may create it, which an admin does not
        const isHopeless = thrown instanceof BrokerError && thrown.errorCode === 3
        if (isHopeless || !isRetriable(thrown) || options.clock.monotonic() - startMs >= patienceMs) throw thrown
        await backOff(options, failures)
      }
    }
  }
}
