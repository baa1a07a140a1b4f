/**
 * How a group's leader shares partitions out. Each assignor gives the result that Kafka's Java assignor of that name gives, so that it does not
 * matter which member leads.
 */

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface Member {
  readonly memberId: string
  /** Of a static member. */
  readonly instanceId: string | null
  readonly topics: readonly string[]
  /** What it held until now, where it tells: for the sticky assignors. */
  readonly owned: readonly TopicPartition[]
  /** The generation that it held them in, -1 when it does not tell. */
  readonly generation: number
}

/** Partitions by member id; every member has an entry. */
export type Assignments = ReadonlyMap<string, readonly TopicPartition[]>

/** `partitionsOf` has the number of partitions of every topic that exists. */
export type Assign = (members: readonly Member[], partitionsOf: ReadonlyMap<string, number>) => Assignments

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Static members first, by instance id; then the others, by member id. */
export const inOrder = (members: readonly Member[]): Member[] =>
  members.toSorted((a, b) => {
    if (a.instanceId !== null && b.instanceId !== null) return byText(a.instanceId, b.instanceId)
    if (a.instanceId === null && b.instanceId === null) return byText(a.memberId, b.memberId)
    return a.instanceId === null ? 1 : -1
  })

/** Every topic that somebody wants and that exists, sorted. */
export const wantedTopics = (members: readonly Member[], partitionsOf: ReadonlyMap<string, number>): string[] =>
  [...new Set(members.flatMap((member) => member.topics))].filter((topic) => partitionsOf.has(topic)).sort(byText)

/** Partitions grouped by topic, as the protocol writes them. */
export const grouped = (partitions: readonly TopicPartition[]): TopicPartitions[] =>
  [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, found]) => ({
    topic,
    partitions: found.map(({ partition }) => partition).sort((a, b) => a - b),
  }))

/** The reverse of `grouped`. */
export const flat = (topics: readonly TopicPartitions[]): TopicPartition[] =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
