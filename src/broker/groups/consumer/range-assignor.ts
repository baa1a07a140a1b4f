/**
 * The range assignor: the partitions of each topic in order, in runs of equal length, to its readers in order; the first ones get one more where it
 * does not come out even. Topics with the same readers are cut at the same places, so that equal partition numbers meet in one member.
 */
import type { Assignor } from './assignor.ts'

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const range: Assignor = ({ members, partitions }) => {
  const made = new Map<string, Map<string, Set<number>>>(members.map(({ id }) => [id, new Map()]))
  const readers = new Map<string, string[]>()
  for (const member of members.toSorted((a, b) => before(a.instanceId ?? a.id, b.instanceId ?? b.id)))
    for (const topicId of member.topicIds) {
      const ids = readers.get(topicId)
      if (ids === undefined) readers.set(topicId, [member.id])
      else ids.push(member.id)
    }
  for (const [topicId, ids] of readers) {
    const count = partitions.get(topicId) ?? 0
    const [each, extra] = [Math.floor(count / ids.length), count % ids.length]
    let next = 0
    for (const [i, id] of ids.entries()) {
      const end = next + each + (i < extra ? 1 : 0)
      if (end > next) made.get(id)?.set(topicId, new Set(Array.from({ length: end - next }, (_, k) => next + k)))
      next = end
    }
  }
  return made
}
