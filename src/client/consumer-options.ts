/** How a consumer behaves; the defaults are those of Kafka's own consumer (3.x). */
export interface ConsumerOptions {
  /** The group to share partitions in and to keep offsets under; undefined for neither. */
  readonly groupId: string | undefined
  /** Names a static member, which keeps its partitions over a restart. */
  readonly groupInstanceId: string | undefined
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** How long members may take to join again when the group rebalances. */
  readonly rebalanceTimeoutMs: number
  /** Whether the members share out among themselves, or the broker does (KIP-848), by the heartbeats and in the time that it asks for. */
  readonly groupProtocol: 'classic' | 'consumer'
  /** The broker's assignor to ask for; undefined for its own choice. */
  readonly remoteAssignor: string | undefined
  /** Names of assignors, in order of preference. */
  readonly assignors: readonly AssignorName[]
  /** Where to begin without a committed offset. */
  readonly offsetReset: 'earliest' | 'latest' | 'none'
  /** Where the group has committed nothing, to commit at once where it begins: what comes before its first record is then not missed after a restart. */
  readonly commitsStart: boolean
  readonly isolation: 'read_uncommitted' | 'read_committed'
  readonly fetchMinBytes: number
  readonly fetchMaxWaitMs: number
  readonly fetchMaxBytes: number
  readonly partitionFetchBytes: number
  readonly checkCrc: boolean
  readonly rack: string
  /** Whether a regular expression may match the topics that brokers keep for themselves. */
  readonly excludeInternalTopics: boolean
}

export const assignorNames = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const
export type AssignorName = (typeof assignorNames)[number]

export const consumerDefaults: ConsumerOptions = {
  groupId: undefined,
  groupInstanceId: undefined,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3000,
  rebalanceTimeoutMs: 300_000,
  groupProtocol: 'classic',
  remoteAssignor: undefined,
  assignors: ['range', 'cooperative-sticky'],
  offsetReset: 'latest',
  commitsStart: false,
  isolation: 'read_uncommitted',
  fetchMinBytes: 1,
  fetchMaxWaitMs: 500,
  fetchMaxBytes: 52_428_800,
  partitionFetchBytes: 1_048_576,
  checkCrc: true,
  rack: '',
  excludeInternalTopics: true,
}
