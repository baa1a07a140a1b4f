/**
 * The records of `__consumer_offsets`, byte for byte Kafka's: what a group committed, and who is in it. The first two bytes of a key say which of
 * them a record is; a null value deletes. Offsets are written as key 1 with value 3 (value 1 where the client fixed the expiry), groups as key 2
 * with value 3; every version that Kafka ever wrote is read.
 */
import { Reader } from '../../protocol/reader.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { skipTags } from '../../protocol/compile.ts'
import { Writer } from '../../protocol/writer.ts'
import type { CommittedOffset } from './committed-offset.ts'
import { isConsumerType } from './consumer/consumer-records.ts'
import type { Group } from './group.ts'
import { Member } from './member.ts'

export type RecordKey =
  | { readonly kind: 'offset'; readonly group: string; readonly topic: string; readonly partition: number }
  | { readonly kind: 'group'; readonly group: string }
  /** Of the newer group protocol; `rest` stands behind the group's name. */
  | { readonly kind: 'consumer'; readonly group: string; readonly type: number; readonly rest: Reader }
  /** Of group protocols that this broker does not have. */
  | { readonly kind: 'other' }

const OFFSET_KEY = 1
const GROUP_KEY = 2
const OFFSET_VALUE = 3
const OFFSET_VALUE_WITH_EXPIRY = 1
const GROUP_VALUE = 3
/** From this version on values are in the compact form, with tags. */
const COMPACT_SINCE = 4

const writer = new Writer()

const written = (write: () => void): Buffer => {
  writer.begin()
  write()
  const pieces = writer.finish()
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
}

export const offsetKey = (group: string, topic: string, partition: number): Buffer =>
  written(() => {
    writer.i16(OFFSET_KEY)
    writer.str(group, false)
    writer.str(topic, false)
    writer.i32(partition)
  })

export const offsetValue = (committed: CommittedOffset): Buffer =>
  written(() => {
    writer.i16(committed.expireMs === undefined ? OFFSET_VALUE : OFFSET_VALUE_WITH_EXPIRY)
    writer.i64(committed.offset)
    if (committed.expireMs === undefined) writer.i32(committed.leaderEpoch)
    writer.str(committed.metadata, false)
    writer.i64(committed.commitMs)
    if (committed.expireMs !== undefined) writer.i64(committed.expireMs)
  })

export const groupKey = (group: string): Buffer =>
  written(() => {
    writer.i16(GROUP_KEY)
    writer.str(group, false)
  })

export const groupValue = (group: Group): Buffer =>
  written(() => {
    writer.i16(GROUP_VALUE)
    writer.str(group.protocolType ?? '', false)
    writer.i32(group.generation)
    writer.str(group.protocolName ?? null, false)
    writer.str(group.members.size === 0 ? null : (group.leaderId ?? null), false)
    writer.i64(group.stateSinceMs)
    writer.length(group.members.size, false, true)
    for (const member of group.members.values()) writeMember(member, group.protocolName)
  })

const writeMember = (member: Member, protocol: string | undefined): void => {
  writer.str(member.id, false)
  writer.str(member.instanceId ?? null, false)
  writer.str(member.clientId, false)
  writer.str(member.clientHost, false)
  writer.i32(member.rebalanceTimeoutMs)
  writer.i32(member.sessionTimeoutMs)
  writer.bytes(member.metadataFor(protocol), false)
  writer.bytes(member.assignment, false)
}

const text = (reader: Reader, compact = false): string => reader.str(compact) ?? ''

/** Throws Malformed. */
export const readKey = (bytes: Buffer): RecordKey => {
  const reader = new Reader(bytes)
  const kind = reader.i16()
  if (kind === 0 || kind === OFFSET_KEY)
    return { kind: 'offset', group: text(reader), topic: text(reader), partition: reader.i32() }
  if (isConsumerType(kind)) return { kind: 'consumer', group: text(reader), type: kind, rest: reader }
  return kind === GROUP_KEY ? { kind: 'group', group: text(reader) } : { kind: 'other' }
}

/** Throws Malformed. */
export const readOffsetValue = (bytes: Buffer): CommittedOffset => {
  const reader = new Reader(bytes)
  const version = reader.i16()
  if (version < 0 || version > COMPACT_SINCE) throw new Malformed(`an offset value of version ${version}`)
  return {
    offset: reader.i64(),
    leaderEpoch: version >= OFFSET_VALUE ? reader.i32() : -1,
    metadata: text(reader, version >= COMPACT_SINCE),
    commitMs: reader.i64(),
    expireMs: version === OFFSET_VALUE_WITH_EXPIRY ? reader.i64() : undefined,
  }
}

/** Puts what was stored of a group into `group`, which is new. Throws Malformed. */
export const readGroupValue = (bytes: Buffer, group: Group): void => {
  const reader = new Reader(bytes)
  const version = reader.i16()
  if (version < 0 || version > COMPACT_SINCE) throw new Malformed(`a group value of version ${version}`)
  const compact = version >= COMPACT_SINCE
  const protocolType = text(reader, compact)
  group.protocolType = protocolType === '' ? undefined : protocolType
  group.generation = reader.i32()
  group.protocolName = reader.str(compact) ?? undefined
  const leaderId = reader.str(compact) ?? undefined
  const sinceMs = version >= 2 ? reader.i64() : -1
  if (sinceMs >= 0) group.stateSinceMs = sinceMs
  for (let left = reader.count(compact, 1); left > 0; left--) {
    group.add(readMember(reader, version, group))
    if (compact) skipTags(reader)
  }
  group.leaderId = group.members.size === 0 ? undefined : leaderId
  group.state = group.members.size === 0 ? 'Empty' : 'Stable'
}

const readMember = (reader: Reader, version: number, group: Group): Member => {
  const compact = version >= COMPACT_SINCE
  const id = text(reader, compact)
  const instanceId = (version >= GROUP_VALUE ? reader.str(compact) : null) ?? undefined
  const clientId = text(reader, compact)
  const clientHost = text(reader, compact)
  const rebalanceTimeoutMs = version >= 1 ? reader.i32() : undefined
  const sessionTimeoutMs = reader.i32()
  const metadata = Buffer.from(reader.bytes(compact) ?? [])
  const member = new Member({
    id,
    instanceId,
    clientId,
    clientHost,
    sessionTimeoutMs,
    rebalanceTimeoutMs: rebalanceTimeoutMs ?? sessionTimeoutMs,
    protocolType: group.protocolType ?? '',
    protocols: [{ name: group.protocolName ?? '', metadata }],
  })
  member.assignment = Buffer.from(reader.bytes(compact) ?? [])
  member.isNew = false
  member.synced = true
  return member
}
