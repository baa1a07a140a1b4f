/**
 * What members of a consumer group tell each other through JoinGroup and SyncGroup, when the protocol type is "consumer": which topics a member
 * wants, and which partitions it gets. To the broker these bytes are opaque. A version number leads; readers take later versions too and
 * ignore what they do not know of them. Cooperative assignors need version 1.
 */
import { compileStruct } from './compile.ts'
import { Reader } from './reader.ts'
import { array, bytes, i32, str, structs, when } from './table.ts'
import type { Decoded, Encodable, Rows } from './table.ts'
import { Writer } from './writer.ts'

/** The `protocolType` of groups that these bytes belong to. */
export const consumerProtocolType = 'consumer'

const versionMax = 3

const partitionsByTopic = {
  topic: str(),
  partitions: array(i32()),
}

const subscriptionRows = {
  topics: array(str()),
  userData: bytes({ nullable: true }),
  // ownedPartitions: what the member holds from the generation before
  ownedPartitions: structs(when({ since: 1 }), partitionsByTopic),
  generationId: i32({ since: 2, default: -1 }),
  rackId: str({ since: 3, nullable: true }),
}

const assignmentRows = {
  partitions: structs(partitionsByTopic),
  userData: bytes({ nullable: true }),
}

export type Subscription = Decoded<typeof subscriptionRows>
export type Assignment = Decoded<typeof assignmentRows>

const writer = new Writer()

const encode = <R extends Rows>(rows: R, version: number, value: Encodable<R>): Buffer => {
  writer.begin()
  writer.i16(version)
  compileStruct(rows, Math.min(version, versionMax), false).write(writer, value)
  return Buffer.concat(writer.finish())
}

const decode = <R extends Rows>(rows: R, from: Buffer): Decoded<R> => {
  const reader = new Reader(from)
  const version = Math.max(0, Math.min(reader.i16(), versionMax))
  return compileStruct(rows, version, false).read(reader) as Decoded<R>
}

/** The metadata of a member in JoinGroup. */
export const encodeSubscription = (value: Encodable<typeof subscriptionRows>, version = 1): Buffer =>
  encode(subscriptionRows, version, value)

/** Throws Malformed. */
export const decodeSubscription = (from: Buffer): Subscription => decode(subscriptionRows, from)

/** What the group's leader gives a member in SyncGroup. */
export const encodeAssignment = (value: Encodable<typeof assignmentRows>, version = 0): Buffer =>
  encode(assignmentRows, version, value)

/** The assignment of a member; of no partitions when the bytes are empty, as they are before the first one. Throws Malformed. */
export const decodeAssignment = (from: Buffer): Assignment =>
  from.length === 0 ? { partitions: [], userData: null } : decode(assignmentRows, from)
