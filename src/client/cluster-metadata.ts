/** What is known of a cluster: its brokers, and the partitions and leaders of the topics that the client asked about. Filled from Metadata replies. */
import { errorCodes } from '../protocol/error-codes.ts'
import type { metadata } from '../protocol/messages/metadata.ts'
import type { ResponseOf } from '../protocol/table.ts'
import type { Address } from './address.ts'

export interface PartitionMetadata {
  readonly partition: number
  readonly errorCode: number
  /** Node id of the broker to produce to and fetch from; -1 when there is none at the moment. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
}

export interface TopicMetadata {
  readonly topic: string
  readonly topicId: string
  readonly errorCode: number
  readonly isInternal: boolean
  /** By partition number, which is also the index; empty when the topic has an error. */
  readonly partitions: readonly PartitionMetadata[]
}

export interface BrokerMetadata extends Address {
  readonly nodeId: number
  readonly rack: string | null
}

type MetadataReply = ResponseOf<typeof metadata>

/** A reply with gaps among the partitions is as good as none for the topic. */
const topicOf = (found: MetadataReply['topics'][number]): TopicMetadata => {
  const partitions = found.partitions.toSorted((a, b) => a.partition - b.partition)
  const isWhole = partitions.every(({ partition }, i) => partition === i)
  return {
    topic: found.topic ?? '',
    topicId: found.topicId,
    errorCode: isWhole ? found.errorCode : errorCodes.LEADER_NOT_AVAILABLE,
    isInternal: found.isInternal,
    partitions: isWhole ? partitions : [],
  }
}

export class ClusterMetadata {
  #brokers: ReadonlyMap<number, BrokerMetadata> = new Map()
  #topics: ReadonlyMap<string, TopicMetadata> = new Map()
  #controllerId = -1
  #clusterId: string | null = null
  #version = 0

  /** Replaces all that is known. */
  apply(reply: MetadataReply): void {
    this.#brokers = new Map(reply.brokers.map((broker) => [broker.nodeId, broker]))
    this.#topics = new Map(reply.topics.map((topic) => [topic.topic ?? '', topicOf(topic)]))
    this.#controllerId = reply.controllerId
    this.#clusterId = reply.clusterId
    this.#version++
  }

  /** How many replies were applied. */
  get version(): number {
    return this.#version
  }

  get brokers(): ReadonlyMap<number, BrokerMetadata> {
    return this.#brokers
  }

  get topics(): ReadonlyMap<string, TopicMetadata> {
    return this.#topics
  }

  /** Node id of the broker that creates and deletes topics; -1 when unknown. */
  get controllerId(): number {
    return this.#controllerId
  }

  get clusterId(): string | null {
    return this.#clusterId
  }

  /** Node id of a partition's leader, -1 when there is none or it is not known. */
  leaderOf(topic: string, partition: number): number {
    return this.#topics.get(topic)?.partitions[partition]?.leader ?? -1
  }
}
