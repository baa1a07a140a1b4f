/** OffsetDelete: forgets offsets that a group has committed, except for topics that its members read. There is only version 0. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { offsetDelete as api } from '../../protocol/messages/offset-delete.ts'
import { defineHandler, type Services } from './handler.ts'

interface Asked {
  readonly topic: string
  readonly partition: number
}

/** The error for each partition, by `topic/partition`. */
const errorsOf = (asked: readonly Asked[], existing: readonly Asked[], deleted: readonly number[]) => {
  const errors = new Map<string, number>(asked.map((one) => [keyOf(one), errorCodes.UNKNOWN_TOPIC_OR_PARTITION]))
  for (const [i, one] of existing.entries()) errors.set(keyOf(one), deleted[i] ?? errorCodes.NONE)
  return errors
}

const keyOf = ({ topic, partition }: Asked): string => `${topic}/${partition}`

const exists = ({ topic, partition }: Asked, { topics }: Services): boolean =>
  topics.get(topic)?.partitions[partition] !== undefined

export const offsetDelete = defineHandler({
  api,
  versions: [0, 0],
  handle({ groupId, topics }, { broker }) {
    const asked = topics.flatMap(({ topic, partitions }) => partitions.map(({ partition }) => ({ topic, partition })))
    const existing = asked.filter((one) => exists(one, broker))
    const deleted = broker.groups.deleteOffsets(groupId, existing)
    if (deleted.error !== errorCodes.NONE) return { errorCode: deleted.error, throttleTimeMs: 0, topics: [] }
    const errors = errorsOf(asked, existing, deleted.partitions)
    return {
      errorCode: errorCodes.NONE,
      throttleTimeMs: 0,
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partition,
          errorCode: errors.get(keyOf({ topic, partition })) ?? errorCodes.NONE,
        })),
      })),
    }
  },
})
