/**
 * The records of groups of the newer protocol in `__consumer_offsets`, byte for byte Kafka's. Keys are in the classic form and begin with their
 * type; values are in the compact form with tags, behind a version of 0. A null value deletes.
 */
import { compileStruct } from '../../../protocol/compile.ts'
import { Malformed } from '../../../protocol/malformed.ts'
import { Reader } from '../../../protocol/reader.ts'
import { array, bytes, type Decoded, type Encodable, i32, i64, i8, type Rows, str, struct, structs, uuid, when } from '../../../protocol/table.ts' // prettier-ignore
import { Writer } from '../../../protocol/writer.ts'
import type { StoredRecord } from '../../topics/internal-topic.ts'
import { type Assignment, assignmentOf, listOf } from './assignment.ts'
import type { ClassicPart, ConsumerMember, MemberState } from './consumer-member.ts'

const types = { GROUP: 3, METADATA: 4, MEMBER: 5, TARGET_EPOCH: 6, TARGET: 7, CURRENT: 8, PATTERN: 16 } as const
const VALUE_VERSION = 0

const partitionsRows = { topicId: uuid(), partitions: array(i32()) }

const groupRows = { epoch: i32(), metadataHash: i64({ tag: 0, default: 0 }) }
const targetEpochRows = { epoch: i32() }
const targetRows = { topics: structs(partitionsRows) }
const currentRows = {
  memberEpoch: i32(),
  previousMemberEpoch: i32(),
  state: i8(),
  assigned: structs(partitionsRows),
  revoking: structs(partitionsRows),
}
const memberRows = {
  instanceId: str({ nullable: true }),
  rackId: str({ nullable: true }),
  clientId: str(),
  clientHost: str(),
  topics: array(str()),
  pattern: str({ nullable: true }),
  rebalanceTimeoutMs: i32(),
  assignor: str({ nullable: true }),
  // classic: of members that still speak the older protocol
  classic: struct(when({ tag: 0, nullable: true }), {
    sessionTimeoutMs: i32(),
    protocols: structs({ name: str(), metadata: bytes() }),
  }),
}

const writer = new Writer()

const written = (write: () => void): Buffer => {
  writer.begin()
  write()
  return Buffer.concat(writer.finish())
}

const keyOf = (type: number, groupId: string, memberId?: string): Buffer =>
  written(() => {
    writer.i16(type)
    writer.str(groupId, false)
    if (memberId !== undefined) writer.str(memberId, false)
  })

const valueOf = <R extends Rows>(rows: R, value: Encodable<R>): Buffer =>
  written(() => {
    writer.i16(VALUE_VERSION)
    compileStruct(rows, VALUE_VERSION, true).write(writer, value)
  })

const read = <R extends Rows>(rows: R, from: Buffer): Decoded<R> => {
  const reader = new Reader(from)
  const version = reader.i16()
  if (version !== VALUE_VERSION) throw new Malformed(`a group record of version ${version}`)
  return compileStruct(rows, VALUE_VERSION, true).read(reader) as Decoded<R>
}

export const groupRecord = (groupId: string, epoch: number, metadataHash: number): StoredRecord => ({
  key: keyOf(types.GROUP, groupId),
  value: valueOf(groupRows, { epoch, metadataHash }),
})

export const memberRecord = (groupId: string, member: ConsumerMember): StoredRecord => ({
  key: keyOf(types.MEMBER, groupId, member.id),
  value: valueOf(memberRows, {
    instanceId: member.instanceId ?? null,
    rackId: member.rackId ?? null,
    clientId: member.clientId,
    clientHost: member.clientHost,
    topics: member.topics,
    pattern: member.pattern ?? null,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    assignor: member.assignor ?? null,
    classic: member.classic ?? null,
  }),
})

export const targetEpochRecord = (groupId: string, epoch: number): StoredRecord => ({
  key: keyOf(types.TARGET_EPOCH, groupId),
  value: valueOf(targetEpochRows, { epoch }),
})

export const targetRecord = (groupId: string, memberId: string, target: Assignment): StoredRecord => ({
  key: keyOf(types.TARGET, groupId, memberId),
  value: valueOf(targetRows, { topics: listOf(target) }),
})

export const currentRecord = (groupId: string, member: ConsumerMember): StoredRecord => ({
  key: keyOf(types.CURRENT, groupId, member.id),
  value: valueOf(currentRows, {
    memberEpoch: member.epoch,
    previousMemberEpoch: member.previousEpoch,
    state: member.state,
    assigned: listOf(member.assigned),
    revoking: listOf(member.revoking),
  }),
})

/** Deletes everything about a member. */
export const memberTombstones = (groupId: string, memberId: string): StoredRecord[] =>
  [types.CURRENT, types.TARGET, types.MEMBER].map((type) => ({ key: keyOf(type, groupId, memberId), value: null }))

/** Deletes everything about a group whose members are gone. */
export const groupTombstones = (groupId: string): StoredRecord[] =>
  [types.TARGET_EPOCH, types.GROUP].map((type) => ({ key: keyOf(type, groupId), value: null }))

/** What a record says; undefined values delete. */
export type ConsumerRecord =
  | { readonly kind: 'consumer-group'; readonly value: Decoded<typeof groupRows> | undefined }
  | { readonly kind: 'member'; readonly memberId: string; readonly value: MemberFacts | undefined }
  | { readonly kind: 'target-epoch'; readonly value: Decoded<typeof targetEpochRows> | undefined }
  | { readonly kind: 'target'; readonly memberId: string; readonly value: Assignment | undefined }
  | { readonly kind: 'current'; readonly memberId: string; readonly value: CurrentFacts | undefined }

type MemberFacts = Omit<ConsumerMember, keyof CurrentFacts | 'id'>
type CurrentFacts = Pick<ConsumerMember, 'epoch' | 'previousEpoch' | 'state' | 'assigned' | 'revoking'>

const memberFacts = (bytes: Buffer): MemberFacts => {
  const { instanceId, rackId, clientId, clientHost, topics, pattern, rebalanceTimeoutMs, assignor, classic } = read(memberRows, bytes) // prettier-ignore
  return {
    instanceId: instanceId ?? undefined,
    rackId: rackId ?? undefined,
    clientId,
    clientHost,
    topics,
    pattern: pattern ?? undefined,
    rebalanceTimeoutMs,
    assignor: assignor ?? undefined,
    classic: classic === null ? undefined : kept(classic),
  }
}

/** The bytes of a record are good only while it is read. */
const kept = ({ sessionTimeoutMs, protocols }: ClassicPart): ClassicPart => ({
  sessionTimeoutMs,
  protocols: protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
})

const currentFacts = (bytes: Buffer): CurrentFacts => {
  const { memberEpoch, previousMemberEpoch, state, assigned, revoking } = read(currentRows, bytes)
  return {
    epoch: memberEpoch,
    previousEpoch: previousMemberEpoch,
    state: Math.max(0, Math.min(2, state)) as MemberState,
    assigned: assignmentOf(assigned),
    revoking: assignmentOf(revoking),
  }
}

/** Whether a key of this type belongs here. */
export const isConsumerType = (type: number): boolean =>
  (type >= types.GROUP && type <= types.CURRENT) || type === types.PATTERN

/** What a record of a group says; undefined for those that are not needed to go on (patterns and topics are looked up anew). Throws Malformed. */
export const readConsumerRecord = (type: number, key: Reader, value: Buffer | null): ConsumerRecord | undefined => {
  if (type === types.GROUP)
    return { kind: 'consumer-group', value: value === null ? undefined : read(groupRows, value) }
  if (type === types.TARGET_EPOCH) return { kind: 'target-epoch', value: value === null ? undefined : read(targetEpochRows, value) } // prettier-ignore
  if (type === types.METADATA || type === types.PATTERN) return undefined
  const memberId = key.str(false) ?? ''
  if (type === types.MEMBER) return { kind: 'member', memberId, value: value === null ? undefined : memberFacts(value) }
  if (type === types.CURRENT) return { kind: 'current', memberId, value: value === null ? undefined : currentFacts(value) } // prettier-ignore
  return { kind: 'target', memberId, value: value === null ? undefined : assignmentOf(read(targetRows, value).topics) }
}
