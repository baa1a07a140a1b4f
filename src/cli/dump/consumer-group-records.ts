/** Records of groups of the newer protocol (KIP-848) in `__consumer_offsets`, as the JSON that Kafka 4 prints: keys 3 and 5 to 8, and 16. Their values are of version 0, compact. */
import { skipTags } from '../../protocol/compile.ts'
import { Malformed } from '../../protocol/malformed.ts'
import type { Reader } from '../../protocol/reader.ts'

type Json = Readonly<Record<string, unknown>>

/** Which names stand in a key. */
const keys: Readonly<Record<number, readonly string[]>> = {
  3: ['groupId'],
  4: ['groupId'],
  5: ['groupId', 'memberId'],
  6: ['groupId'],
  7: ['groupId', 'memberId'],
  8: ['groupId', 'memberId'],
  16: ['groupId', 'regularExpression'],
}

/** What follows the type in a key, or undefined for a type that is not one of these. Throws Malformed. */
export const consumerGroupKey = (type: number, reader: Reader): Json | undefined => {
  const names = keys[type]
  return names === undefined ? undefined : Object.fromEntries(names.map((name) => [name, reader.str(false)]))
}

const list = <T>(reader: Reader, each: () => T): T[] => Array.from({ length: reader.count(true, 1) }, () => each())

const topicsOf = (reader: Reader): Json[] =>
  list(reader, () => {
    const topic = { topicId: reader.uuid(), partitions: list(reader, () => reader.i32()) }
    skipTags(reader)
    return topic
  })

/** The hash of the topics' metadata, a tagged field: only what is not 0 is printed. */
const hashOf = (reader: Reader): Json => {
  for (let tags = reader.remaining > 0 ? reader.uvarint() : 0; tags > 0; tags--) {
    const tag = reader.uvarint()
    const size = reader.uvarint()
    const at = reader.skip(size)
    if (tag !== 0 || size !== 8) continue
    const hash = reader.buffer.readBigInt64BE(at)
    return hash === 0n ? {} : { metadataHash: Number.isSafeInteger(Number(hash)) ? Number(hash) : String(hash) }
  }
  return {}
}

const values: Readonly<Record<number, (reader: Reader) => Json>> = {
  3: (reader) => ({ epoch: reader.i32(), ...hashOf(reader) }),
  5: (reader) => ({
    instanceId: reader.str(true),
    rackId: reader.str(true),
    clientId: reader.str(true),
    clientHost: reader.str(true),
    subscribedTopicNames: list(reader, () => reader.str(true)),
    subscribedTopicRegex: reader.str(true),
    rebalanceTimeoutMs: reader.i32(),
    serverAssignor: reader.str(true),
  }),
  6: (reader) => ({ assignmentEpoch: reader.i32() }),
  7: (reader) => ({ topicPartitions: topicsOf(reader) }),
  8: (reader) => ({
    memberEpoch: reader.i32(),
    previousMemberEpoch: reader.i32(),
    state: reader.i8(),
    assignedPartitions: topicsOf(reader),
    partitionsPendingRevocation: topicsOf(reader),
  }),
  16: (reader) => ({
    topics: list(reader, () => reader.str(true)),
    version: reader.i64(),
    timestamp: reader.i64(),
  }),
}

/** What follows the version in the value of a record of this type. Throws Malformed. */
export const consumerGroupValue = (type: number, reader: Reader): Json => {
  const value = values[type]
  if (value === undefined) throw new Malformed(`records of type ${type} are not shown`)
  return value(reader)
}
