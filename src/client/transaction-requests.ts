/**
 * What a transactional producer asks coordinators: an epoch, to take partitions and offsets into its transaction, and the end of it. What may succeed
 * later is tried again until the patience is over. The versions stay below those in which the broker would add partitions and change epochs by itself.
 */
import { errorCodes } from '../protocol/error-codes.ts'
import { addOffsetsToTxn } from '../protocol/messages/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../protocol/messages/add-partitions-to-txn.ts'
import { endTxn } from '../protocol/messages/end-txn.ts'
import { initProducerId } from '../protocol/messages/init-producer-id.ts'
import { txnOffsetCommit } from '../protocol/messages/txn-offset-commit.ts'
import { grouped, type TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import { Coordinator } from './coordinator.ts'
import { BrokerError, isRetriable, refuseError } from './errors.ts'
import { type Membership, noMembership, type OffsetToCommit } from './group-offsets.ts'
import { noIdentity, type ProducerIdentity } from './partition-queue.ts'
import { backOff } from './waiting.ts'

export interface TransactionRequestsOptions {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** How long one of the calls below tries. */
  readonly patienceMs: number
}

/** A group whose offsets are committed, and who commits them. */
export interface GroupIdentity extends Partial<Membership> {
  readonly groupId: string
}

const partitionsVersionMax = 3
const endVersionMax = 4
const offsetsVersionMax = 4
const membershipSince = 3

export class TransactionRequests {
  readonly #cluster: Cluster
  readonly #options: TransactionRequestsOptions
  readonly #coordinator: Coordinator
  readonly #groups = new Map<string, Coordinator>()
  readonly #what: string

  constructor(cluster: Cluster, options: TransactionRequestsOptions) {
    const { transactionalId } = options
    this.#cluster = cluster
    this.#options = options
    this.#what = `Transactional id ${transactionalId}`
    this.#coordinator = new Coordinator(cluster, transactionalId, 'Transactional id')
  }

  /** The next epoch. What the producer was before shows the broker that nobody came in between. */
  begin(before: ProducerIdentity = noIdentity): Promise<ProducerIdentity> {
    const { transactionalId, timeoutMs: transactionTimeoutMs } = this.#options
    return this.#ask(this.#coordinator, async (connection) => {
      const body = { transactionalId, transactionTimeoutMs }
      const named = connection.versionOf(initProducerId) >= 3 ? { producerId: before.producerId, producerEpoch: before.epoch } : {} // prettier-ignore
      const reply = await connection.request(initProducerId, { ...body, ...named })
      refuseError(this.#what, reply.errorCode)
      return { producerId: reply.producerId, epoch: reply.producerEpoch }
    })
  }

  /** Takes partitions into the transaction. */
  add(producer: ProducerIdentity, partitions: readonly TopicPartition[]): Promise<void> {
    return this.#ask(this.#coordinator, async (connection) => {
      const body = { ...this.#named(producer), topics: grouped(partitions) }
      const reply = await connection.request(addPartitionsToTxn, body, { versionMax: partitionsVersionMax })
      for (const { topic, partitions: answers } of reply.topics)
        for (const { partition, errorCode } of answers)
          if (errorCode !== errorCodes.OPERATION_NOT_ATTEMPTED) refuseError(`${topic}-${partition}`, errorCode)
    })
  }

  /** Commits offsets of a group as part of the transaction. */
  async commitOffsets(
    producer: ProducerIdentity,
    group: GroupIdentity,
    offsets: readonly OffsetToCommit[],
  ): Promise<void> {
    const { groupId, ...member } = group
    await this.#ask(this.#coordinator, async (connection) => {
      const reply = await connection.request(addOffsetsToTxn, { ...this.#named(producer), groupId })
      refuseError(`Group ${groupId}`, reply.errorCode)
    })
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, some]) => ({
      topic,
      partitions: some.map(({ partition, offset, metadata = '' }) => ({ partition, offset, metadata })),
    }))
    await this.#ask(this.#groupCoordinator(groupId), async (connection) => {
      const version = connection.versionOf(txnOffsetCommit, offsetsVersionMax)
      const membership = version >= membershipSince ? { ...noMembership, ...member } : {}
      const body = { ...this.#named(producer), groupId, ...membership, topics }
      const reply = await connection.request(txnOffsetCommit, body, { versionMax: offsetsVersionMax })
      for (const { topic, partitions } of reply.topics)
        for (const { partition, errorCode } of partitions)
          refuseError(`Offset of ${topic}-${partition} for group ${groupId}`, errorCode)
    })
  }

  end(producer: ProducerIdentity, outcome: 'commit' | 'abort'): Promise<void> {
    return this.#ask(this.#coordinator, async (connection) => {
      const body = { ...this.#named(producer), commit: outcome === 'commit' }
      const reply = await connection.request(endTxn, body, { versionMax: endVersionMax })
      refuseError(this.#what, reply.errorCode)
    })
  }

  #named({ producerId, epoch }: ProducerIdentity) {
    return { transactionalId: this.#options.transactionalId, producerId, producerEpoch: epoch }
  }

  #groupCoordinator(groupId: string): Coordinator {
    const known = this.#groups.get(groupId) ?? new Coordinator(this.#cluster, groupId)
    this.#groups.set(groupId, known)
    return known
  }

  async #ask<T>(coordinator: Coordinator, ask: (connection: Connection) => Promise<T>): Promise<T> {
    const { options } = this.#cluster
    const startMs = options.clock.monotonic()
    for (let failures = 1; ; failures++) {
      try {
        return await ask(await coordinator.connection('main'))
      } catch (thrown) {
        if (!isRetriable(thrown) || options.clock.monotonic() - startMs >= this.#options.patienceMs) throw thrown
        if (thrown instanceof BrokerError) coordinator.noticed(thrown.errorCode)
        else coordinator.failed(thrown)
        await backOff(options, failures)
      }
    }
  }
}
