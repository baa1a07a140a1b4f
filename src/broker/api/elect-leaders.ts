/**
 * ElectLeaders: the only broker leads every partition and is its preferred leader, so there is never anything to elect. Asked for all partitions (null)
 * it names none, as Kafka leaves out those that need nothing. 0 is about preferred leaders only; the error of the whole came with 1.
 */
import { errorCodes, errorMessage } from '../../protocol/error-codes.ts'
import { electLeaders as api } from '../../protocol/messages/elect-leaders.ts'
import type { ResponseInput } from '../../protocol/table.ts'
import { defineHandler, type Services } from './handler.ts'

type PartitionAnswer = ResponseInput<typeof api>['topics'][number]['partitions'][number]

const UNCLEAN = 1

const answerFor = (topic: string, partition: number, { topics }: Services): PartitionAnswer => {
  const found = topics.get(topic)
  const unknown = { partition, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION }
  if (found === undefined) return { ...unknown, errorMessage: `No such topic as ${topic}` }
  if (found.partitions[partition] === undefined)
    return { ...unknown, errorMessage: `No such partition as ${topic}-${partition}` }
  const errorCode = errorCodes.ELECTION_NOT_NEEDED
  return { partition, errorCode, errorMessage: errorMessage(errorCode) }
}

export const electLeaders = defineHandler({
  api,
  versions: [0, 2],
  handle: ({ electionType, topics }, { broker }) => {
    if (electionType < 0 || electionType > UNCLEAN)
      return { throttleTimeMs: 0, errorCode: errorCodes.INVALID_REQUEST, topics: [] }
    return {
      throttleTimeMs: 0,
      errorCode: errorCodes.NONE,
      topics: (topics ?? []).map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((partition) => answerFor(topic, partition, broker)),
      })),
    }
  },
})
