/**
 * CreatePartitions: grows topics to a new total; they can be used when the answer comes. A topic never shrinks. One broker has one replica to give: an
 * assignment may name it alone, once for each new partition.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { createPartitions as api } from '../../protocol/messages/create-partitions.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { MutationQuota } from '../quotas/client-quotas.ts'
import { defineHandler, type Services } from './handler.ts'
import { checkReplicas } from './replica-check.ts'
import { namedTwice } from './twice.ts'

/** Clients from here on know that a quota may refuse them. */
const STRICT_SINCE = 3

type Asked = RequestOf<typeof api>['topics'][number]
type Answered = ResponseInput<typeof api>['topics'][number]

/** Throws INVALID_PARTITIONS. */
const checkCount = ({ topic, count }: Asked, current: number): void => {
  if (count === current) throw new KafkaFault('INVALID_PARTITIONS', `Topic already has ${count} partition(s).`)
  if (count < current)
    throw new KafkaFault(
      'INVALID_PARTITIONS',
      `The topic ${topic} currently has ${current} partition(s); ${count} would not be an increase.`,
    )
}

/** Throws INVALID_REPLICA_ASSIGNMENT. */
const checkAssignment = ({ assignment, count }: Asked, current: number, brokerId: number): void => {
  if (assignment === null) return
  if (assignment.length !== count - current)
    throw new KafkaFault(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${count - current} additional partition(s), but only ${assignment.length} assignment(s) were specified.`,
    )
  for (const { replicas } of assignment) checkReplicas(replicas, brokerId)
}

const grow = (asked: Asked, validateOnly: boolean, { topics, brokerId }: Services, quota: MutationQuota): Answered => {
  const { topic: name } = asked
  try {
    const found = topics.get(name)
    if (found === undefined)
      return { topic: name, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null }
    checkCount(asked, found.partitions.length)
    checkAssignment(asked, found.partitions.length, brokerId)
    if (!validateOnly) quota.mutate(asked.count - found.partitions.length)
    topics.grow(name, asked.count, validateOnly)
    return { topic: name, errorCode: errorCodes.NONE, errorMessage: null }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return { topic: name, errorCode: thrown.code, errorMessage: thrown.message }
    throw thrown
  }
}

export const createPartitions = defineHandler({
  api,
  versions: [0, 3],
  handle: ({ topics, validateOnly }, context) => {
    const { broker, version } = context
    const quota = broker.quotas.mutations(context, version >= STRICT_SINCE)
    const twice = namedTwice(topics.map(({ topic }) => topic))
    const answers = topics.map((asked) =>
      twice.has(asked.topic)
        ? { topic: asked.topic, errorCode: errorCodes.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' }
        : grow(asked, validateOnly, broker, quota),
    )
    quota.charge()
    return { throttleTimeMs: 0, topics: answers }
  },
})
