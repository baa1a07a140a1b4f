/**
 * AlterReplicaLogDirs: partitions move to another folder of `log.dirs`. The answer says that the move has begun; DescribeLogDirs tells how far it is. One that
 * does not exist is refused, but will be made there, as in Kafka.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { alterReplicaLogDirs as api } from '../../protocol/messages/alter-replica-log-dirs.ts'
import { defineHandler, type Services } from './handler.ts'

const begin = (path: string, topic: string, partition: number, { topics }: Services): number => {
  try {
    const log = topics.get(topic)?.partitions[partition] ?? topics.moves.wish(topic, partition, path)
    topics.moves.begin(log, path)
    return errorCodes.NONE
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return thrown.code
    throw thrown
  }
}

export const alterReplicaLogDirs = defineHandler({
  api,
  versions: [0, 2],
  handle(request, { broker }) {
    const answers = request.dirs.flatMap(({ dir, topics }) =>
      topics.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition, errorCode: begin(dir, topic, partition, broker) })),
      ),
    )
    const byTopic = Map.groupBy(answers, ({ topic }) => topic)
    return { throttleTimeMs: 0, topics: Array.from(byTopic, ([topic, partitions]) => ({ topic, partitions })) }
  },
})
