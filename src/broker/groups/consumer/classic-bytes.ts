/** What members of the classic protocol put into their bytes about topics and partitions, as the newer protocol has it, and back. */
import { decodeAssignment, decodeSubscription, encodeAssignment } from '../../../protocol/consumer-protocol.ts'
import { Malformed } from '../../../protocol/malformed.ts'
import type { Protocol } from '../member.ts'
import { type Assignment, assignmentOf, listOf } from './assignment.ts'
import type { TopicView } from './topic-view.ts'

export interface ClassicSubscription {
  readonly topics: readonly string[]
  readonly owned: Assignment
  readonly rackId: string | undefined
}

type Named = readonly { readonly topic: string; readonly partitions: readonly number[] }[]

/** Topics that are not there any more are left out. */
const byId = (named: Named, topics: TopicView): Assignment =>
  assignmentOf(
    named.flatMap(({ topic, partitions }) => {
      const id = topics.get(topic)?.id
      return id === undefined ? [] : [{ topicId: id, partitions }]
    }),
  )

/** What a member subscribes to, as its preferred protocol tells; undefined for bytes that nobody understands. */
export const subscriptionOf = (protocols: readonly Protocol[], topics: TopicView): ClassicSubscription | undefined => {
  try {
    const told = decodeSubscription(protocols[0]?.metadata ?? Buffer.alloc(0))
    const names = [...new Set(told.topics)].toSorted()
    return { topics: names, owned: byId(told.ownedPartitions, topics), rackId: told.rackId ?? undefined }
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined
    throw thrown
  }
}

/** What a member was assigned; undefined for bytes that nobody understands. */
export const assignedIn = (bytes: Buffer, topics: TopicView): Assignment | undefined => {
  try {
    return byId(decodeAssignment(bytes).partitions, topics)
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined
    throw thrown
  }
}

export const assignmentBytes = (assignment: Assignment, topics: TopicView): Buffer =>
  encodeAssignment({
    partitions: listOf(assignment).flatMap(({ topicId, partitions }) => {
      const topic = topics.nameOf(topicId)
      return topic === undefined ? [] : [{ topic, partitions }]
    }),
    userData: null,
  })
