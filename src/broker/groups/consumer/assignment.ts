/** Which partitions of which topics: sets by topic id, never changed once made. Topics without partitions are left out. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>

export const nothing: Assignment = new Map()

export interface TopicPartitions {
  readonly topicId: string
  readonly partitions: readonly number[]
}

export const assignmentOf = (topics: readonly TopicPartitions[]): Assignment => {
  const made = new Map<string, Set<number>>()
  for (const { topicId, partitions } of topics) {
    if (partitions.length === 0) continue
    const set = made.get(topicId) ?? new Set()
    for (const partition of partitions) set.add(partition)
    made.set(topicId, set)
  }
  return made
}

/** As the protocol and the records have it, partitions ascending. */
export const listOf = (assignment: Assignment): TopicPartitions[] =>
  [...assignment].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions].toSorted((a, b) => a - b) }))

export const countOf = (assignment: Assignment): number => {
  let count = 0
  for (const partitions of assignment.values()) count += partitions.size
  return count
}

export const has = (assignment: Assignment, topicId: string, partition: number): boolean =>
  assignment.get(topicId)?.has(partition) === true

/** Those partitions of `assignment` for which `keep` holds. */
export const filtered = (assignment: Assignment, keep: (topicId: string, partition: number) => boolean): Assignment => {
  const made = new Map<string, ReadonlySet<number>>()
  for (const [topicId, partitions] of assignment) {
    const kept = new Set([...partitions].filter((partition) => keep(topicId, partition)))
    if (kept.size > 0) made.set(topicId, kept)
  }
  return made
}

export const union = (a: Assignment, b: Assignment): Assignment => {
  if (b.size === 0) return a
  const made = new Map(a)
  for (const [topicId, partitions] of b) made.set(topicId, (made.get(topicId) ?? new Set()).union(partitions))
  return made
}

export const isWithin = (part: Assignment, whole: Assignment): boolean => {
  for (const [topicId, partitions] of part)
    for (const partition of partitions) if (!has(whole, topicId, partition)) return false
  return true
}

export const overlaps = (a: Assignment, b: Assignment): boolean => {
  for (const [topicId, partitions] of a) for (const partition of partitions) if (has(b, topicId, partition)) return true
  return false
}

export const isSame = (a: Assignment, b: Assignment): boolean =>
  a === b || (countOf(a) === countOf(b) && isWithin(a, b))
