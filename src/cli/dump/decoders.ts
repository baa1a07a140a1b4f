/**
 * How keys and values are shown: as text, or, of the broker's own topics, as the JSON that Kafka 4 prints. What is not understood is shown as its
 * length, so that one strange record hides no other.
 */
import { skipTags } from '../../protocol/compile.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { Reader } from '../../protocol/reader.ts'
import { consumerGroupKey, consumerGroupValue } from './consumer-group-records.ts'

export interface Shown {
  readonly key: string | undefined
  readonly payload: string | undefined
}

export type Decoder = (key: Buffer | null, value: Buffer | null) => Shown

type Json = Readonly<Record<string, unknown>>

export const asText: Decoder = (key, value) => ({ key: key?.toString(), payload: value?.toString() })

const tombstone = '<DELETE>'

const json = (type: 'type' | 'version', version: number, data: Json): string =>
  JSON.stringify({ [type]: String(version), data })

const guarded = (bytes: Buffer, read: () => string): string => {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown
    return `<${bytes.length} bytes: ${thrown.message}>`
  }
}

const decoder =
  (keyOf: (reader: Reader) => string, valueOf: (key: number, reader: Reader) => string): Decoder =>
  (key, value) => {
    if (key === null) return { key: undefined, payload: undefined }
    const kind = key.length < 2 ? -1 : key.readInt16BE(0)
    return {
      key: guarded(key, () => keyOf(new Reader(key))),
      payload: value === null ? tombstone : guarded(value, () => valueOf(kind, new Reader(value))),
    }
  }

const list = <T>(reader: Reader, compact: boolean, each: () => T): T[] =>
  Array.from({ length: reader.count(compact, 1) }, () => each())

/** Binary data as Kafka's JSON has it: base64. */
const base64 = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null

const offsetKinds: readonly number[] = [0, 1]
const groupKind = 2
/** From this version on the values of both are in the compact form. */
const compactSince = 4

const offsetsKey = (reader: Reader): string => {
  const kind = reader.i16()
  if (offsetKinds.includes(kind))
    return json('type', kind, { group: reader.str(false), topic: reader.str(false), partition: reader.i32() })
  return json('type', kind, consumerGroupKey(kind, reader) ?? { group: reader.str(false) })
}

const offsetsValue = (kind: number, reader: Reader): string => {
  const version = reader.i16()
  if (offsetKinds.includes(kind)) return json('version', version, offsetOf(reader, version))
  if (kind === groupKind) return json('version', version, groupOf(reader, version))
  return json('version', version, consumerGroupValue(kind, reader))
}

/** The value of a committed offset behind its version. Throws Malformed, as those below. */
export const offsetOf = (reader: Reader, version: number): Json => ({
  offset: reader.i64(),
  ...(version >= 3 ? { leaderEpoch: reader.i32() } : {}),
  metadata: reader.str(version >= compactSince),
  commitTimestamp: reader.i64(),
  ...(version === 1 ? { expireTimestamp: reader.i64() } : {}),
})

/** The value of a group behind its version; `raw` leaves what its members sent in base64, where they are consumers too. */
export const groupOf = (reader: Reader, version: number, how: 'read' | 'raw' = 'read'): Json => {
  const compact = version >= compactSince
  const protocolType = reader.str(compact)
  return {
    protocolType,
    generation: reader.i32(),
    protocol: reader.str(compact),
    leader: reader.str(compact),
    ...(version >= 2 ? { currentStateTimestamp: reader.i64() } : {}),
    members: list(reader, compact, () => memberOf(reader, version, how === 'raw' ? null : protocolType)),
  }
}

const memberOf = (reader: Reader, version: number, protocolType: string | null): Json => {
  const compact = version >= compactSince
  const member = {
    memberId: reader.str(compact),
    ...(version >= 3 ? { groupInstanceId: reader.str(compact) } : {}),
    clientId: reader.str(compact),
    clientHost: reader.str(compact),
    ...(version >= 1 ? { rebalanceTimeout: reader.i32() } : {}),
    sessionTimeout: reader.i32(),
    subscription: opaque(reader.bytes(compact), protocolType, subscriptionOf),
    assignment: opaque(reader.bytes(compact), protocolType, assignmentOf),
  }
  if (compact) skipTags(reader)
  return member
}

/** What a group of consumers says is understood; Connect and others put formats of their own there. */
const opaque = (bytes: Buffer | null, protocolType: string | null, read: (reader: Reader) => Json): unknown => {
  if (bytes === null || protocolType !== 'consumer' || bytes.length < 2) return base64(bytes)
  try {
    return read(new Reader(bytes))
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown
    return base64(bytes)
  }
}

const partitionsOf = (reader: Reader): Json[] =>
  list(reader, false, () => ({ topic: reader.str(false), partitions: list(reader, false, () => reader.i32()) }))

const subscriptionOf = (reader: Reader): Json => {
  const version = reader.i16()
  return {
    topics: list(reader, false, () => reader.str(false)),
    userData: base64(reader.bytes(false)),
    ...(version >= 1 ? { ownedPartitions: partitionsOf(reader) } : {}),
    ...(version >= 2 ? { generationId: reader.i32() } : {}),
    ...(version >= 3 ? { rackId: reader.str(false) } : {}),
  }
}

const assignmentOf = (reader: Reader): Json => {
  reader.i16()
  return { assignedPartitions: partitionsOf(reader), userData: base64(reader.bytes(false)) }
}

const transactionKey = (reader: Reader): string => json('type', reader.i16(), { transactionalId: reader.str(false) })

const transactionValue = (_kind: number, reader: Reader): string => {
  const version = reader.i16()
  return json('version', version, transactionOf(reader, version))
}

/** The value of a transaction behind its version. */
export const transactionOf = (reader: Reader, version: number): Json => {
  const compact = version >= 1
  return {
    producerId: reader.i64(),
    producerEpoch: reader.i16(),
    transactionTimeoutMs: reader.i32(),
    transactionStatus: reader.i8(),
    transactionPartitions: transactionPartitions(reader, compact),
    transactionLastUpdateTimestampMs: reader.i64(),
    transactionStartTimestampMs: reader.i64(),
  }
}

/** Null where no transaction is open. */
const transactionPartitions = (reader: Reader, compact: boolean): Json[] | null => {
  const start = reader.at
  const isNull = compact ? reader.uvarint() === 0 : reader.i32() === -1
  if (isNull) return null
  reader.at = start
  return list(reader, compact, () => {
    const partitions = { topic: reader.str(compact), partitionIds: list(reader, compact, () => reader.i32()) }
    if (compact) skipTags(reader)
    return partitions
  })
}

/** Of `__consumer_offsets`. */
export const offsetsDecoder = decoder(offsetsKey, offsetsValue)
/** Of `__transaction_state`. */
export const transactionDecoder = decoder(transactionKey, transactionValue)
