/** Asks a cluster about its topics and changes them: what the command-line tools and their like need. */
import { createPartitions } from '../protocol/messages/create-partitions.ts'
import { createTopics } from '../protocol/messages/create-topics.ts'
import { deleteTopics } from '../protocol/messages/delete-topics.ts'
import { describeConfigs } from '../protocol/messages/describe-configs.ts'
import { electLeaders } from '../protocol/messages/elect-leaders.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import { Cluster } from './cluster.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import type { Connection } from './connection.ts'
import { BrokerError, isNetworkTrouble, refuseError } from './errors.ts'
import { GroupAdmin } from './group-admin.ts'
import { lookUpOffsets, type OffsetAnswer, type OffsetQuestion } from './offset-lookup.ts'
import type { ClientOptions } from './options.ts'
import { deleteRecordsBefore, type NewStart, type StartAnswer } from './record-deletion.ts'
import { TransactionAdmin } from './transaction-admin.ts'
import { backOff } from './waiting.ts'

export interface NewTopic {
  readonly topic: string
  /** -1 for the broker's default. */
  readonly partitions: number
  /** -1 for the broker's default. */
  readonly replicationFactor: number
  /** Brokers by partition; then the two counts are -1. */
  readonly assignment: readonly (readonly number[])[]
  readonly configs: readonly (readonly [string, string])[]
}

/** A setting of a topic that differs from the default. */
export interface TopicSetting {
  readonly name: string
  readonly value: string | null
}

/** What became of the election of one partition's leader: an error code of the protocol, 0 for a new leader. */
export interface ElectionAnswer extends TopicPartition {
  readonly errorCode: number
  readonly errorMessage: string | null
}

const electionTypes = { preferred: 0, unclean: 1 } as const
const changeTimeoutMs = 30_000
/** So long Kafka's own tools wait for a broker that does not answer yet (default.api.timeout.ms): one that is just being started, say. */
const reachMaxMs = 60_000
/** What stands for no topic id on the wire. */
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'
/** From here on DeleteTopics has another list, which may also name topics by id. */
const deletesByIdSince = 6
const topicResource = 2
const defaultSource = 5

/** Metadata never creates a topic here, whatever the options say. */
export class Admin implements Disposable {
  readonly groups: GroupAdmin
  readonly transactions: TransactionAdmin
  readonly #cluster: Cluster

  constructor(options: ClientOptions) {
    this.#cluster = new Cluster({ ...options, createTopics: false })
    this.groups = new GroupAdmin(this.#cluster)
    this.transactions = new TransactionAdmin(this.#cluster)
  }

  /** Every topic of the cluster, by name, sorted. Rejects with BROKER_UNREACHABLE. */
  async topics(): Promise<readonly TopicMetadata[]> {
    this.#cluster.watchEverything()
    await this.#refresh()
    return [...this.#cluster.metadata.topics.values()].toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
  }

  /** Rejects with a BrokerError when the broker refuses. */
  async create(topic: NewTopic): Promise<void> {
    const reply = await (
      await this.#controller()
    ).request(createTopics, {
      topics: [
        {
          topic: topic.topic,
          numPartitions: topic.partitions,
          replicationFactor: topic.replicationFactor,
          replicaAssignment: topic.assignment.map((replicas, partition) => ({ partition, replicas: [...replicas] })),
          configs: topic.configs.map(([name, value]) => ({ name, value })),
        },
      ],
      timeoutMs: changeTimeoutMs,
    })
    for (const { errorCode, errorMessage } of reply.topics) refuseError(`Topic ${topic.topic}`, errorCode, errorMessage)
  }

  /** Rejects with a BrokerError when the broker refuses. */
  async delete(topic: string): Promise<void> {
    const connection = await this.#controller()
    const named =
      connection.versionOf(deleteTopics) < deletesByIdSince
        ? { topicNames: [topic] }
        : { topics: [{ topic, topicId: noTopicId }] }
    const reply = await connection.request(deleteTopics, { ...named, timeoutMs: changeTimeoutMs })
    for (const { errorCode, errorMessage } of reply.topics) refuseError(`Topic ${topic}`, errorCode, errorMessage)
  }

  /**
   * Raises the number of partitions to `partitions`; `assignment` names the brokers of the new ones, or leaves them to the cluster. Rejects with a
   * BrokerError when the broker refuses.
   */
  async grow(
    topic: string,
    partitions: number,
    assignment: readonly (readonly number[])[] | null = null,
  ): Promise<void> {
    const connection = await this.#controller()
    const reply = await connection.request(createPartitions, {
      topics: [
        { topic, count: partitions, assignment: assignment?.map((replicas) => ({ replicas: [...replicas] })) ?? null },
      ],
      validateOnly: false,
      timeoutMs: changeTimeoutMs,
    })
    for (const { errorCode, errorMessage } of reply.topics) refuseError(`Topic ${topic}`, errorCode, errorMessage)
  }

  /** The settings of topics that are not the defaults, by topic; empty where the broker cannot tell. */
  async settings(topics: readonly string[]): Promise<ReadonlyMap<string, readonly TopicSetting[]>> {
    const connection = await this.#cluster.any()
    if (!connection.supports(describeConfigs, 1) || topics.length === 0) return new Map()
    const reply = await connection.request(describeConfigs, {
      resources: topics.map((topic) => ({ resourceType: topicResource, resourceName: topic, configNames: null })),
    })
    return new Map(
      reply.resources.map(({ resourceName, configs }) => [
        resourceName,
        configs.filter((one) => one.source !== defaultSource).map(({ name, value }) => ({ name, value })),
      ]),
    )
  }

  /** Answers in the order of partitions; `topics()` must have been asked before. */
  async offsets(questions: readonly OffsetQuestion[]): Promise<readonly OffsetAnswer[]> {
    const answers = await lookUpOffsets(this.#cluster, questions)
    return answers.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
  }

  /** Lets partitions begin later; answers in any order, errors as values. Rejects with the network's troubles. */
  async deleteRecords(starts: readonly NewStart[]): Promise<StartAnswer[]> {
    await this.topics()
    return deleteRecordsBefore(this.#cluster, starts)
  }

  /**
   * Has leaders elected, of all partitions where none is named; resolves with an answer for each that was named, or that there was something to do for.
   * Rejects with a BrokerError when the broker refuses the whole.
   */
  async elect(type: 'preferred' | 'unclean', partitions: readonly TopicPartition[] | null): Promise<ElectionAnswer[]> {
    const byTopic = partitions === null ? null : Map.groupBy(partitions, ({ topic }) => topic)
    const reply = await (
      await this.#controller()
    ).request(electLeaders, {
      electionType: electionTypes[type],
      topics:
        byTopic === null
          ? null
          : [...byTopic].map(([topic, named]) => ({ topic, partitions: named.map(({ partition }) => partition) })),
      timeoutMs: changeTimeoutMs,
    })
    refuseError('The election', reply.errorCode)
    return reply.topics.flatMap(({ topic, partitions: answers }) => answers.map((answer) => ({ topic, ...answer })))
  }

  [Symbol.dispose](): void {
    this.#cluster[Symbol.dispose]()
  }

  /** The metadata, fetched again; a broker that does not answer is waited for. */
  async #refresh(): Promise<void> {
    const { options } = this.#cluster
    const startMs = options.clock.monotonic()
    for (let failures = 1; ; failures++) {
      try {
        return await this.#cluster.refresh()
      } catch (error) {
        if (!isNetworkTrouble(error) || options.clock.monotonic() - startMs >= reachMaxMs) throw error
        await backOff(options, failures)
      }
    }
  }

  /** The broker that changes topics; any broker where none is named. */
  async #controller(): Promise<Connection> {
    if (this.#cluster.metadata.version === 0) await this.#refresh()
    const { controllerId } = this.#cluster.metadata
    return controllerId >= 0 ? this.#cluster.connection(controllerId) : this.#cluster.any()
  }
}

export { BrokerError }
