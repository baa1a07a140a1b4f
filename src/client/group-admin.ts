/** Asks about consumer groups of a cluster and changes them: what kafka-consumer-groups.sh and its like need. */
import { decodeAssignment } from '../protocol/consumer-protocol.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { Malformed } from '../protocol/malformed.ts'
import { consumerGroupDescribe } from '../protocol/messages/consumer-group-describe.ts'
import { deleteGroups } from '../protocol/messages/delete-groups.ts'
import { describeGroups } from '../protocol/messages/describe-groups.ts'
import { findCoordinator } from '../protocol/messages/find-coordinator.ts'
import { listGroups } from '../protocol/messages/list-groups.ts'
import { offsetCommit } from '../protocol/messages/offset-commit.ts'
import { offsetDelete } from '../protocol/messages/offset-delete.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'
import type { ResponseOf } from '../protocol/table.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import { BrokerError, isRetriable, refuseError } from './errors.ts'
import { backOff } from './waiting.ts'

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  /** As the broker writes it; empty where the broker is too old to tell. */
  readonly state: string
  /** `classic` or `consumer`; classic where the broker is too old to tell. */
  readonly type: string
}

export interface GroupMember {
  readonly memberId: string
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly assigned: readonly TopicPartition[]
  /** Of the newer protocol only. */
  readonly epoch: number | undefined
  readonly target: readonly TopicPartition[] | undefined
}

export interface GroupDescription {
  readonly groupId: string
  readonly state: string
  readonly assignor: string
  readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number }
  /** Of the newer protocol only. */
  readonly epoch: number | undefined
  readonly targetEpoch: number | undefined
  readonly members: readonly GroupMember[]
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  readonly leaderEpoch: number
}

/** What became of deleting one offset. */
export interface OffsetDeletion extends TopicPartition {
  readonly errorCode: number
}

/** So long Kafka's own admin client tries (default.api.timeout.ms). */
const patienceMs = 60_000
const groupType = 0

type Described = ResponseOf<typeof describeGroups>['groups'][number]
type ConsumerDescribed = ResponseOf<typeof consumerGroupDescribe>['groups'][number]

/** Rejections are BrokerErrors, and BROKER_UNREACHABLE; what may succeed later is tried for a minute. */
export class GroupAdmin {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** The groups of all brokers, sorted by name. */
  async list(): Promise<ListedGroup[]> {
    await this.#cluster.refresh()
    const found = new Map<string, ListedGroup>()
    for (const nodeId of this.#cluster.metadata.brokers.keys()) {
      const connection = await this.#cluster.connection(nodeId)
      const reply = await connection.request(listGroups, {})
      refuseError('Groups', reply.errorCode)
      for (const { groupId, protocolType, groupState, groupType: type } of reply.groups)
        found.set(groupId, { groupId, protocolType, state: groupState, type: type === '' ? 'classic' : type })
    }
    return [...found.values()].toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
  }

  /** Rejects with GROUP_ID_NOT_FOUND for a group that is not there, where the broker says so; older ones call it dead. */
  describe(groupId: string): Promise<GroupDescription> {
    return this.#atCoordinator(groupId, async (connection, coordinator) => {
      const newer = connection.supports(consumerGroupDescribe, 0)
        ? (await connection.request(consumerGroupDescribe, { groups: [groupId], includeAuthorizedOperations: false })).groups[0] // prettier-ignore
        : undefined
      if (newer !== undefined && newer.errorCode === errorCodes.NONE) return consumerDescription(newer, coordinator)
      const group = (await connection.request(describeGroups, { groups: [groupId] })).groups[0]
      if (group === undefined) throw new BrokerError(`Group ${groupId}`, errorCodes.GROUP_ID_NOT_FOUND)
      refuseError(`Group ${groupId}`, group.errorCode, group.errorMessage)
      return classicDescription(group, coordinator)
    })
  }

  /** Everything that a group has committed. */
  committed(groupId: string): Promise<CommittedOffset[]> {
    return this.#atCoordinator(groupId, async (connection) => {
      const asked = { groupId, topics: null }
      const versionMax = 9
      const reply = await connection.request(offsetFetch, { ...asked, groups: [asked] }, { versionMax })
      const group = reply.groups[0] ?? reply
      refuseError(`Group ${groupId}`, group.errorCode)
      return group.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset, leaderEpoch, errorCode }) => {
          refuseError(`Offset of ${topic}-${partition} for group ${groupId}`, errorCode)
          return { topic, partition, offset, leaderEpoch }
        }),
      )
    })
  }

  /** Sets offsets of a group that has no members. */
  commit(groupId: string, offsets: readonly CommittedOffset[]): Promise<void> {
    return this.#atCoordinator(groupId, async (connection) => {
      const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, some]) => ({
        topic,
        partitions: some.map(({ partition, offset, leaderEpoch }) => ({
          partition,
          offset,
          leaderEpoch,
          metadata: '',
        })),
      }))
      const reply = await connection.request(offsetCommit, { groupId, topics }, { versionMax: 9 })
      for (const { topic, partitions } of reply.topics)
        for (const { partition, errorCode } of partitions)
          refuseError(`Offset of ${topic}-${partition} for group ${groupId}`, errorCode)
    })
  }

  delete(groupId: string): Promise<void> {
    return this.#atCoordinator(groupId, async (connection) => {
      const reply = await connection.request(deleteGroups, { groups: [groupId] })
      for (const { errorCode } of reply.groups) refuseError(`Group ${groupId}`, errorCode)
    })
  }

  /** Forgets offsets; what became of each. */
  deleteOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<OffsetDeletion[]> {
    return this.#atCoordinator(groupId, async (connection) => {
      const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, some]) => ({
        topic,
        partitions: some.map(({ partition }) => ({ partition })),
      }))
      const reply = await connection.request(offsetDelete, { groupId, topics })
      refuseError(`Group ${groupId}`, reply.errorCode)
      return reply.topics.flatMap((one) => one.partitions.map((p) => ({ topic: one.topic, ...p })))
    })
  }

  async #atCoordinator<T>(
    groupId: string,
    ask: (connection: Connection, coordinator: GroupDescription['coordinator']) => Promise<T>,
  ): Promise<T> {
    const { options } = this.#cluster
    const startMs = options.clock.monotonic()
    for (let failures = 1; ; failures++) {
      try {
        const coordinator = await this.#coordinator(groupId)
        return await ask(await this.#cluster.at(coordinator), coordinator)
      } catch (thrown) {
        if (!isRetriable(thrown) || options.clock.monotonic() - startMs >= patienceMs) throw thrown
        await backOff(options, failures)
      }
    }
  }

  async #coordinator(groupId: string): Promise<GroupDescription['coordinator']> {
    const connection = await this.#cluster.any()
    const asked = { coordinatorKey: groupId, coordinatorType: groupType, coordinatorKeys: [groupId] }
    const reply = await connection.request(findCoordinator, asked)
    const found = reply.coordinators[0] ?? reply
    refuseError(`Group ${groupId}`, found.errorCode, found.errorMessage)
    return { nodeId: found.nodeId, host: found.host, port: found.port }
  }
}

const spread = (topic: string, partitions: readonly number[]): TopicPartition[] =>
  partitions.map((partition) => ({ topic, partition }))

/** What a classic member was assigned, if it is of the consumer protocol; other protocols write what they like. */
const assignedTo = (assignment: Buffer): TopicPartition[] => {
  try {
    return decodeAssignment(assignment).partitions.flatMap(({ topic, partitions }) => spread(topic, partitions))
  } catch (thrown) {
    if (thrown instanceof Malformed) return []
    throw thrown
  }
}

const classicDescription = (group: Described, coordinator: GroupDescription['coordinator']): GroupDescription => ({
  groupId: group.groupId,
  state: group.state,
  assignor: group.protocolName,
  coordinator,
  epoch: undefined,
  targetEpoch: undefined,
  members: group.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.groupInstanceId ?? undefined,
    clientId: member.clientId,
    host: member.clientHost,
    assigned: assignedTo(member.memberAssignment),
    epoch: undefined,
    target: undefined,
  })),
})

type Assigned = ConsumerDescribed['members'][number]['assignment']

const partitionsOf = ({ topicPartitions }: Assigned): TopicPartition[] =>
  topicPartitions.flatMap(({ topic, partitions }) => spread(topic, partitions))

const consumerDescription = (
  group: ConsumerDescribed,
  coordinator: GroupDescription['coordinator'],
): GroupDescription => ({
  groupId: group.groupId,
  state: group.state,
  assignor: group.assignorName,
  coordinator,
  epoch: group.epoch,
  targetEpoch: group.assignmentEpoch,
  members: group.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.groupInstanceId ?? undefined,
    clientId: member.clientId,
    host: member.clientHost,
    assigned: partitionsOf(member.assignment),
    epoch: member.memberEpoch,
    target: partitionsOf(member.targetAssignment),
  })),
})
