/** How far a group has read one partition, as it was committed. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 when the client gave none. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitMs: number
  /** When it is to be forgotten, where the client said so; undefined for the broker's rule. */
  readonly expireMs: number | undefined
}

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

export interface PartitionCommit extends CommittedOffset, PartitionName {}
