/** Which partitions `--topic t`, `--topic t:0,2` and `--all-topics` mean. */
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { BrokerError } from '../../client/admin.ts'
import { errorCodes, errorMessage } from '../../protocol/error-codes.ts'
import { UsageError } from '../jopt.ts'
import type { GroupsCall } from './call.ts'

/** `what` is `Topic t` or `Partition t:9`; what Kafka's tool says of it, which names neither, stands behind. */
export const missing = (what: string): BrokerError => {
  const { UNKNOWN_TOPIC_OR_PARTITION: code } = errorCodes
  return new BrokerError(what, code, `${what} does not exist: ${errorMessage(code)}`)
}

const partitionsNamed = (topic: string, list: string): TopicPartition[] =>
  list.split(',').map((text) => {
    if (!/^\d+$/.test(text.trim()))
      throw new UsageError(
        `Exception in thread "main" java.lang.NumberFormatException: For input string: "${text}"`,
        false,
      )
    return { topic, partition: Number(text) }
  })

/** Throws a BrokerError for a topic or partition that is not there. */
export const partitionsOfTopics = async ({ values, admin }: GroupsCall): Promise<TopicPartition[]> => {
  const topics = new Map((await admin.topics()).map((topic) => [topic.topic, topic]))
  const named = values.all('topic').flatMap((text) => {
    const [, name = text, list] = /^(.*):([\d, ]+)$/.exec(text) ?? []
    const topic = topics.get(name)
    if (topic === undefined) throw missing(`Topic ${name}`)
    if (list !== undefined) return partitionsNamed(name, list)
    return topic.partitions.map(({ partition }) => ({ topic: name, partition }))
  })
  const strange = named.find(({ topic, partition }) => topics.get(topic)?.partitions[partition] === undefined)
  if (strange !== undefined) throw missing(`Partition ${strange.topic}:${strange.partition}`)
  return [...new Map(named.map((one) => [`${one.topic}-${one.partition}`, one])).values()]
}
