/** Deals all partitions of all topics out in turn, passing over members that do not want the topic. */
import { inOrder, wantedTopics } from './assignor.ts'
import type { Assign, TopicPartition } from './assignor.ts'

export const roundRobin: Assign = (members, partitionsOf) => {
  const assigned = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]))
  const turns = inOrder(members)
  let turn = 0
  for (const topic of wantedTopics(members, partitionsOf)) {
    for (let partition = 0; partition < (partitionsOf.get(topic) ?? 0); partition++) {
      while (turns[turn % turns.length]?.topics.includes(topic) === false) turn++
      const member = turns[turn++ % turns.length]
      if (member !== undefined) assigned.get(member.memberId)?.push({ topic, partition })
    }
  }
  return assigned
}
