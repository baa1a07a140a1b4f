/** Which partitions `--topic t`, `--topic t:0,2` and `--all-topics` mean. */
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { BrokerError } from '../../client/admin.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { UsageError } from '../jopt.ts'
import type { GroupsCall } from './call.ts'

const unknown = (topic: string): BrokerError => new BrokerError(`Topic ${topic}`, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)

const partitionsNamed = (topic: string, list: string): TopicPartition[] =>
  list.split(',').map((text) => {
    if (!/^\d+$/.test(text.trim()))
      throw new UsageError(
        `Exception in thread "main" java.lang.NumberFormatException: For input string: "${text}"`,
        false,
      )
    return { topic, partition: Number(text) }
  })

/** Throws a BrokerError for a topic that is not there. */
export const partitionsOfTopics = async ({ values, admin }: GroupsCall): Promise<TopicPartition[]> => {
  const topics = new Map((await admin.topics()).map((topic) => [topic.topic, topic]))
  const named = values.all('topic').flatMap((text) => {
    const [, name = text, list] = /^(.*):([\d, ]+)$/.exec(text) ?? []
    const topic = topics.get(name)
    if (topic === undefined) throw unknown(name)
    if (list !== undefined) return partitionsNamed(name, list)
    return topic.partitions.map(({ partition }) => ({ topic: name, partition }))
  })
  const missing = named.find(({ topic, partition }) => topics.get(topic)?.partitions[partition] === undefined)
  if (missing !== undefined) throw unknown(missing.topic)
  return [...new Map(named.map((one) => [`${one.topic}-${one.partition}`, one])).values()]
}
