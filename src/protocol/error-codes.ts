/**
 * Kafka's error codes: the two bytes by which a broker says what went wrong, whether a client should try again, and what that means. The rows are in
 * code order; names are the current ones (6, 14-17 and -1 had others once).
 */

export interface ProtocolError {
  readonly code: number
  /** Whether clients should try again, usually after fetching metadata. */
  readonly retriable: boolean
  readonly message: string
}

const final = (code: number, message: string): ProtocolError => ({ code, retriable: false, message })
const retriable = (code: number, message: string): ProtocolError => ({ code, retriable: true, message })

const table = {
  UNKNOWN_SERVER_ERROR: final(-1, 'The server met an error that it did not expect'),
  NONE: final(0, 'No error'),
  OFFSET_OUT_OF_RANGE: final(1, 'The offset is outside the range that the partition holds'),
  CORRUPT_MESSAGE: retriable(2, 'The records are damaged: a checksum, a length or a key that must not be missing'),
  UNKNOWN_TOPIC_OR_PARTITION: retriable(3, 'This server does not host this topic-partition.'),
  INVALID_FETCH_SIZE: final(4, 'The requested fetch size is not valid'),
  LEADER_NOT_AVAILABLE: retriable(5, 'The partition has no leader at the moment'),
  NOT_LEADER_OR_FOLLOWER: retriable(6, 'This broker neither leads nor follows the partition'),
  REQUEST_TIMED_OUT: retriable(7, 'The request was not completed in time'),
  BROKER_NOT_AVAILABLE: final(8, 'The broker is not available'),
  REPLICA_NOT_AVAILABLE: retriable(9, 'A replica is not available for the partition'),
  MESSAGE_TOO_LARGE: final(10, 'The record is larger than the broker accepts'),
  STALE_CONTROLLER_EPOCH: final(11, 'The controller has moved on to a later epoch'),
  OFFSET_METADATA_TOO_LARGE: final(12, 'The metadata of the offset commit is too large'),
  NETWORK_EXCEPTION: retriable(13, 'The connection ended before the response came'),
  COORDINATOR_LOAD_IN_PROGRESS: retriable(14, 'The coordinator is still loading'),
  COORDINATOR_NOT_AVAILABLE: retriable(15, 'The coordinator is not available'),
  NOT_COORDINATOR: retriable(16, 'This broker is not the coordinator'),
  INVALID_TOPIC_EXCEPTION: final(17, 'The topic name is not valid, or the topic is internal'),
  RECORD_LIST_TOO_LARGE: final(18, 'The record list is larger than a segment'),
  NOT_ENOUGH_REPLICAS: retriable(19, 'Fewer replicas are in sync than the topic demands'),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: retriable(20, 'The records were written, but too few replicas were in sync'),
  INVALID_REQUIRED_ACKS: final(21, 'acks must be -1, 0 or 1'),
  ILLEGAL_GENERATION: final(22, 'The generation of the group has passed'),
  INCONSISTENT_GROUP_PROTOCOL: final(23, 'The group protocol does not match those of the other members'),
  INVALID_GROUP_ID: final(24, 'The group id is not valid'),
  UNKNOWN_MEMBER_ID: final(25, 'The coordinator does not know this member'),
  INVALID_SESSION_TIMEOUT: final(26, 'The session timeout is outside the range that the broker allows'),
  REBALANCE_IN_PROGRESS: final(27, 'The group is rebalancing, so the member must join again'),
  INVALID_COMMIT_OFFSET_SIZE: final(28, 'The committed offset is too large to be stored'),
  TOPIC_AUTHORIZATION_FAILED: final(29, 'Not authorized for this topic'),
  GROUP_AUTHORIZATION_FAILED: final(30, 'Not authorized for this group'),
  CLUSTER_AUTHORIZATION_FAILED: final(31, 'Not authorized for the cluster'),
  INVALID_TIMESTAMP: final(32, 'The timestamp of a record is out of the accepted range'),
  UNSUPPORTED_SASL_MECHANISM: final(33, 'The broker does not have this SASL mechanism'),
  ILLEGAL_SASL_STATE: final(34, 'The request is not allowed in this state of the SASL exchange'),
  UNSUPPORTED_VERSION: final(35, 'The broker does not have this version of the API'),
  TOPIC_ALREADY_EXISTS: final(36, 'A topic of this name exists already'),
  INVALID_PARTITIONS: final(37, 'The number of partitions is not valid'),
  INVALID_REPLICATION_FACTOR: final(38, 'The replication factor is not valid'),
  INVALID_REPLICA_ASSIGNMENT: final(39, 'The replica assignment is not valid'),
  INVALID_CONFIG: final(40, 'The configuration is not valid'),
  NOT_CONTROLLER: retriable(41, 'This broker is not the controller'),
  INVALID_REQUEST: final(42, 'The request contradicts itself or the rules of its API'),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: final(43, 'The message format of the topic does not support the request'),
  POLICY_VIOLATION: final(44, 'The request does not satisfy the policy'),
  OUT_OF_ORDER_SEQUENCE_NUMBER: final(45, 'A sequence number came out of order'),
  DUPLICATE_SEQUENCE_NUMBER: final(46, 'A sequence number came a second time'),
  INVALID_PRODUCER_EPOCH: final(47, 'The producer tried to write with an old epoch'),
  INVALID_TXN_STATE: final(48, 'The transaction is not in a state that allows this'),
  INVALID_PRODUCER_ID_MAPPING: final(49, 'The producer id is not the one mapped to the transactional id'),
  INVALID_TRANSACTION_TIMEOUT: final(50, 'The transaction timeout is above what the broker allows'),
  CONCURRENT_TRANSACTIONS: retriable(51, 'Another transaction operation of this producer is still running'),
  TRANSACTION_COORDINATOR_FENCED: final(52, 'The transaction coordinator has been replaced by a later one'),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: final(53, 'Not authorized for this transactional id'),
  SECURITY_DISABLED: final(54, 'Security is switched off on this broker'),
  OPERATION_NOT_ATTEMPTED: final(55, 'The operation was not tried, because another in the same request failed'),
  KAFKA_STORAGE_ERROR: retriable(56, 'The disk failed when the log was read or written'),
  LOG_DIR_NOT_FOUND: final(57, 'There is no such log directory'),
  SASL_AUTHENTICATION_FAILED: final(58, 'SASL authentication failed'),
  UNKNOWN_PRODUCER_ID: final(59, 'The broker has no state for this producer id any more'),
  REASSIGNMENT_IN_PROGRESS: final(60, 'The partition is being reassigned'),
  DELEGATION_TOKEN_AUTH_DISABLED: final(61, 'Delegation tokens are switched off'),
  DELEGATION_TOKEN_NOT_FOUND: final(62, 'There is no such delegation token'),
  DELEGATION_TOKEN_OWNER_MISMATCH: final(63, 'The principal does not own the delegation token'),
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: final(64, 'Delegation tokens cannot be requested over this connection'),
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: final(65, 'Not authorized for this delegation token'),
  DELEGATION_TOKEN_EXPIRED: final(66, 'The delegation token has expired'),
  INVALID_PRINCIPAL_TYPE: final(67, 'The type of the principal is not supported'),
  NON_EMPTY_GROUP: final(68, 'The group is not empty.'),
  GROUP_ID_NOT_FOUND: final(69, 'The group id does not exist.'),
  FETCH_SESSION_ID_NOT_FOUND: retriable(70, 'There is no such fetch session'),
  INVALID_FETCH_SESSION_EPOCH: retriable(71, 'The epoch of the fetch session is not valid'),
  LISTENER_NOT_FOUND: retriable(72, 'The leader has no listener of this name'),
  TOPIC_DELETION_DISABLED: final(73, 'Deletion of topics is switched off'),
  FENCED_LEADER_EPOCH: retriable(74, "The leader epoch in the request is older than the broker's"),
  UNKNOWN_LEADER_EPOCH: retriable(75, "The leader epoch in the request is newer than the broker's"),
  UNSUPPORTED_COMPRESSION_TYPE: final(76, 'The compression of the records is not supported here'),
  STALE_BROKER_EPOCH: final(77, 'The broker has registered again with a later epoch'),
  OFFSET_NOT_AVAILABLE: retriable(78, 'The leader does not know the offset yet, having just been elected'),
  MEMBER_ID_REQUIRED: final(79, 'The member must join again with the id that it was given'),
  PREFERRED_LEADER_NOT_AVAILABLE: retriable(80, 'The preferred leader is not available'),
  GROUP_MAX_SIZE_REACHED: final(81, 'The group has as many members as it may have'),
  FENCED_INSTANCE_ID: final(82, 'Another member with the same instance id has taken over'),
  ELIGIBLE_LEADERS_NOT_AVAILABLE: retriable(83, 'No eligible leader is available'),
  ELECTION_NOT_NEEDED: retriable(84, 'The leader need not be elected again'),
  NO_REASSIGNMENT_IN_PROGRESS: final(85, 'No reassignment is running'),
  GROUP_SUBSCRIBED_TO_TOPIC: final(
    86,
    'Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.',
  ),
  INVALID_RECORD: final(87, 'A record is not valid, and the broker refused the batch'),
  UNSTABLE_OFFSET_COMMIT: retriable(88, 'A transaction still holds offsets of this partition'),
  THROTTLING_QUOTA_EXCEEDED: retriable(89, 'The quota is exceeded, so the operation was held back'),
  PRODUCER_FENCED: final(90, 'A newer producer has the same transactional id'),
  RESOURCE_NOT_FOUND: final(91, 'There is no such resource'),
  DUPLICATE_RESOURCE: final(92, 'The resource exists already or was named twice'),
  UNACCEPTABLE_CREDENTIAL: final(93, 'The credential is not acceptable'),
  INCONSISTENT_VOTER_SET: final(94, 'The voter sets differ'),
  INVALID_UPDATE_VERSION: final(95, 'The update version is not valid'),
  FEATURE_UPDATE_FAILED: final(96, 'The features could not be updated'),
  PRINCIPAL_DESERIALIZATION_FAILURE: final(97, 'The principal could not be decoded'),
  SNAPSHOT_NOT_FOUND: final(98, 'There is no such snapshot'),
  POSITION_OUT_OF_RANGE: final(99, 'The position is outside the snapshot'),
  UNKNOWN_TOPIC_ID: retriable(100, 'The broker does not know this topic id'),
  DUPLICATE_BROKER_REGISTRATION: final(101, 'The broker id is registered already'),
  BROKER_ID_NOT_REGISTERED: final(102, 'The broker id is not registered'),
  INCONSISTENT_TOPIC_ID: retriable(103, "The topic id does not match the log's"),
  INCONSISTENT_CLUSTER_ID: final(104, 'The cluster id does not match'),
  TRANSACTIONAL_ID_NOT_FOUND: final(105, 'There is no such transactional id'),
  FETCH_SESSION_TOPIC_ID_ERROR: retriable(106, 'The fetch session was begun with topic names, or the other way round'),
  INELIGIBLE_REPLICA: final(107, 'The replica may not join those in sync'),
  NEW_LEADER_ELECTED: final(108, 'A new leader was elected while the request ran'),
  OFFSET_MOVED_TO_TIERED_STORAGE: final(109, 'The offset has moved to tiered storage'),
  FENCED_MEMBER_EPOCH: final(110, 'The epoch of the member has been fenced'),
  UNRELEASED_INSTANCE_ID: final(111, 'The instance id is still held by another member'),
  UNSUPPORTED_ASSIGNOR: final(112, 'The server has no such assignor'),
  STALE_MEMBER_EPOCH: final(113, 'The epoch of the member is stale'),
  MISMATCHED_ENDPOINT_TYPE: final(114, 'The endpoint is of the other type'),
  UNSUPPORTED_ENDPOINT_TYPE: final(115, 'This type of endpoint is not supported'),
  UNKNOWN_CONTROLLER_ID: final(116, 'The controller id is not known'),
  UNKNOWN_SUBSCRIPTION_ID: final(117, 'The subscription id is not known'),
  TELEMETRY_TOO_LARGE: final(118, 'The telemetry is larger than the broker accepts'),
  INVALID_REGISTRATION: final(119, 'The registration is not valid'),
  TRANSACTION_ABORTABLE: final(120, 'The transaction failed and must be aborted'),
  INVALID_RECORD_STATE: final(121, 'The state of the record does not allow this'),
  SHARE_SESSION_NOT_FOUND: retriable(122, 'There is no such share session'),
  INVALID_SHARE_SESSION_EPOCH: retriable(123, 'The epoch of the share session is not valid'),
  FENCED_STATE_EPOCH: final(124, 'The epoch of the share state is fenced'),
  INVALID_VOTER_KEY: final(125, 'The key of the voter is not valid'),
  DUPLICATE_VOTER: final(126, 'The voter is in the set already'),
  VOTER_NOT_FOUND: final(127, 'The voter is not in the set'),
  INVALID_REGULAR_EXPRESSION: final(128, 'The regular expression is not valid'),
  REBOOTSTRAP_REQUIRED: final(129, 'The client must start again from its bootstrap servers'),
  STREAMS_INVALID_TOPOLOGY: final(130, 'The topology is not valid'),
  STREAMS_INVALID_TOPOLOGY_EPOCH: final(131, 'The epoch of the topology is not valid'),
  STREAMS_TOPOLOGY_FENCED: final(132, 'The topology is fenced'),
  SHARE_SESSION_LIMIT_REACHED: retriable(133, 'No more share sessions may be opened'),
} as const satisfies Record<string, ProtocolError>

export type ErrorName = keyof typeof table

/** Every error by name. */
export const protocolErrors: Readonly<Record<ErrorName, ProtocolError>> = table

const names = Object.keys(table) as ErrorName[]

/** Code by name: `errorCodes.UNKNOWN_TOPIC_OR_PARTITION` is 3. */
export const errorCodes = Object.fromEntries(names.map((name) => [name, table[name].code])) as Readonly<
  Record<ErrorName, number>
>

const nameByCode = new Map<number, ErrorName>(names.map((name) => [table[name].code, name]))

/** The name of a code; codes that this build does not know are given as `ERROR_n`. */
export const errorName = (code: number): string => nameByCode.get(code) ?? `ERROR_${code}`

/** Whether a client should try again. A code that this build does not know is not retried. */
export const isRetriable = (code: number): boolean => {
  const name = nameByCode.get(code)
  return name !== undefined && table[name].retriable
}

/** What a code means, as one sentence without a full stop. */
export const errorMessage = (code: number): string => {
  const name = nameByCode.get(code)
  return name === undefined ? `The broker answered with the unknown error ${code}` : table[name].message
}

/** A protocol error on its way to the one answer that carries it: thrown by checks, caught by the handler of the request. */
export class KafkaFault extends Error {
  override readonly name = 'KafkaFault'
  readonly code: number

  /** `detail` says what was wrong with this request; without it the message is the table's. */
  constructor(error: ErrorName, detail?: string) {
    super(detail === undefined ? table[error].message : detail)
    this.code = table[error].code
  }

  get retriable(): boolean {
    return isRetriable(this.code)
  }
}
