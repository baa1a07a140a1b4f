/**
 * The uniform assignor: every member about as many partitions as any other that reads the same, and as little change as possible. Members keep what
 * they had up to their share; what is left goes to whoever may read it and has least. Where members read different topics, partitions then move from
 * the fullest to the emptiest that may take them, until nothing is gained.
 */
import type { Assignor, AssignorMember } from './assignor.ts'

interface Load {
  readonly member: AssignorMember
  readonly reads: ReadonlySet<string>
  readonly has: Map<string, Set<number>>
  size: number
  /** The most that it may keep of what it had. */
  share: number
}

const give = (load: Load, topicId: string, partition: number): void => {
  const partitions = load.has.get(topicId) ?? new Set<number>()
  partitions.add(partition)
  load.has.set(topicId, partitions)
  load.size++
}

const take = (load: Load, topicId: string, partition: number): void => {
  const partitions = load.has.get(topicId)
  partitions?.delete(partition)
  if (partitions?.size === 0) load.has.delete(topicId)
  load.size--
}

const isUniform = (members: readonly AssignorMember[]): boolean => {
  const first = members[0]?.topicIds ?? []
  return members.every(({ topicIds }) => topicIds === first || (topicIds.length === first.length && topicIds.every((id, i) => id === first[i]))) // prettier-ignore
}

/** Members by id, so that equal cases come out equal whoever asks. */
const loadsOf = (members: readonly AssignorMember[]): Load[] =>
  members
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((member) => ({ member, reads: new Set(member.topicIds), has: new Map(), size: 0, share: Infinity }))

/** Everybody keeps what it had, up to its share and only once; gives what nobody has. */
const keep = (loads: readonly Load[], partitions: ReadonlyMap<string, number>): Map<string, Set<number>> => {
  const free = new Map([...partitions].map(([id, count]) => [id, new Set(Array.from({ length: count }, (_, i) => i))]))
  for (const load of loads)
    for (const [topicId, had] of load.member.target) {
      if (!load.reads.has(topicId)) continue
      for (const partition of had)
        if (load.size < load.share && free.get(topicId)?.delete(partition) === true) give(load, topicId, partition)
    }
  return free
}

/** An equal share for all; those who had more than the least share are the first to keep one more. */
const setShares = (loads: readonly Load[], total: number): void => {
  const [each, extra] = [Math.floor(total / loads.length), total % loads.length]
  const had = (load: Load): number => {
    let count = 0
    for (const [topicId, partitions] of load.member.target) if (load.reads.has(topicId)) count += partitions.size
    return count
  }
  const counts = new Map(loads.map((load) => [load, had(load)]))
  const byHad = loads.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
  for (const [i, load] of byHad.entries()) load.share = each + (i < extra ? 1 : 0)
}

/** All read the same: whoever is below its share takes the next free ones. */
const fillShares = (loads: readonly Load[], free: ReadonlyMap<string, ReadonlySet<number>>): void => {
  let at = 0
  for (const [topicId, partitions] of free)
    for (const partition of partitions) {
      while (at < loads.length && (loads[at]?.size ?? 0) >= (loads[at]?.share ?? 0)) at++
      const load = loads[at]
      if (load !== undefined) give(load, topicId, partition)
    }
}

const readersOf = (loads: readonly Load[]): Map<string, Load[]> => {
  const readers = new Map<string, Load[]>()
  for (const load of loads)
    for (const topicId of load.reads) {
      const some = readers.get(topicId)
      if (some === undefined) readers.set(topicId, [load])
      else some.push(load)
    }
  return readers
}

const emptiest = (loads: readonly Load[]): Load | undefined =>
  loads.reduce<Load | undefined>((best, load) => (best === undefined || load.size < best.size ? load : best), undefined)

/** Topics with few readers first: the others can still make up for it. */
const fillFreely = (loads: readonly Load[], free: ReadonlyMap<string, ReadonlySet<number>>): void => {
  const readers = readersOf(loads)
  const topics = [...free].toSorted(([a], [b]) => (readers.get(a)?.length ?? 0) - (readers.get(b)?.length ?? 0))
  for (const [topicId, partitions] of topics)
    for (const partition of partitions) {
      const load = emptiest(readers.get(topicId) ?? [])
      if (load !== undefined) give(load, topicId, partition)
    }
  for (let moved = true, rounds = 0; moved && rounds < ROUNDS_MAX; rounds++) moved = level(loads, readers)
}

/** Levelling gains something in every round; this many are enough for any group seen, and a bound for the others. */
const ROUNDS_MAX = 100

const level = (loads: readonly Load[], readers: ReadonlyMap<string, readonly Load[]>): boolean => {
  let moved = false
  for (const from of loads.toSorted((a, b) => b.size - a.size))
    for (const [topicId, partitions] of Array.from(from.has))
      for (const partition of Array.from(partitions)) {
        const to = emptiest(readers.get(topicId) ?? [])
        // nor is anything gained by another partition of the topic
        if (to === undefined || to.size + 1 >= from.size) break
        take(from, topicId, partition)
        give(to, topicId, partition)
        moved = true
      }
  return moved
}

export const uniform: Assignor = ({ members, partitions: all }) => {
  const read = new Set(members.flatMap(({ topicIds }) => topicIds))
  const partitions = new Map(Array.from(all).filter(([topicId]) => read.has(topicId)))
  const loads = loadsOf(members)
  const same = isUniform(members)
  const total = Array.from(partitions.values()).reduce((sum, count) => sum + count, 0)
  if (same && loads.length > 0) setShares(loads, total)
  const free = keep(loads, partitions)
  if (same) fillShares(loads, free)
  else fillFreely(loads, free)
  return new Map(loads.map(({ member, has }) => [member.id, has]))
}
