/** Shares each topic out by itself: its partitions in order, cut into as many pieces as it has readers, the first pieces one larger. */
import { inOrder, wantedTopics } from './assignor.ts'
import type { Assign, TopicPartition } from './assignor.ts'

export const range: Assign = (members, partitionsOf) => {
  const assigned = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]))
  for (const topic of wantedTopics(members, partitionsOf)) {
    const readers = inOrder(members.filter((member) => member.topics.includes(topic)))
    const count = partitionsOf.get(topic) ?? 0
    const least = Math.floor(count / readers.length)
    const larger = count % readers.length
    let partition = 0
    for (const [i, { memberId }] of readers.entries()) {
      const end = partition + least + (i < larger ? 1 : 0)
      for (; partition < end; partition++) assigned.get(memberId)?.push({ topic, partition })
    }
  }
  return assigned
}
