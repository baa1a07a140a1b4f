/**
 * DeleteRecords: partitions begin at a later offset, -1 being the high watermark. What lies before it cannot be read any more when the answer comes,
 * and would not come back after a power cut; the bytes go with whole segments, when retention looks next.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { deleteRecords as api } from '../../protocol/messages/delete-records.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Topic } from '../topics/topic-types.ts'
import { defineHandler, type Services } from './handler.ts'

type Request = RequestOf<typeof api>
type TopicAsked = Request['topics'][number]
type PartitionAsked = TopicAsked['partitions'][number]
type TopicAnswer = ResponseInput<typeof api>['topics'][number]
type PartitionAnswer = TopicAnswer['partitions'][number]

const HIGH_WATERMARK = -1

const failed = (partition: number, errorCode: number): PartitionAnswer => ({ partition, lowWatermark: -1, errorCode })

/** Throws KafkaFaults. */
const checked = (topic: Topic | undefined, name: string, partition: number): PartitionLog => {
  const log = topic?.partitions[partition]
  if (log === undefined) throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `There is no ${name}-${partition}`)
  if (topic?.internal === true)
    throw new KafkaFault('INVALID_TOPIC_EXCEPTION', `Cannot delete records of internal topic ${name}`)
  if (log.settings.isCompacted && !log.settings.isDeleted)
    throw new KafkaFault('POLICY_VIOLATION', `${name} is compacted, and its records are not deleted`)
  return log
}

const answerFor = (name: string, { partition, offset }: PartitionAsked, broker: Services): PartitionAnswer => {
  try {
    const log = checked(broker.topics.get(name), name, partition)
    log.beginAt(offset === HIGH_WATERMARK ? log.highWatermark : offset)
    return { partition, lowWatermark: log.logStartOffset, errorCode: errorCodes.NONE }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(partition, thrown.code)
    throw thrown
  }
}

/** Everything that went well did not, as long as it is not on disk. */
const unkept = (topics: readonly TopicAnswer[], { code }: KafkaFault): TopicAnswer[] =>
  topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((p) => (p.errorCode === errorCodes.NONE ? failed(p.partition ?? 0, code) : p)),
  }))

export const deleteRecords = defineHandler({
  api,
  versions: [0, 2],
  async handle(request, { broker }) {
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => answerFor(topic, asked, broker)),
    }))
    try {
      await broker.topics.keepLogStarts()
      return { throttleTimeMs: 0, topics }
    } catch (thrown) {
      if (thrown instanceof KafkaFault) return { throttleTimeMs: 0, topics: unkept(topics, thrown) }
      throw thrown
    }
  },
})
