/** The looking half of kafka-topics.sh. */
import { Fault } from '../base/faults.ts'
import type { TopicSetting } from '../client/admin.ts'
import type { PartitionMetadata, TopicMetadata } from '../client/cluster-metadata.ts'
import { matching, type TopicCall } from './kafka-topics-changes.ts'

const chosen = async ({ values, admin }: TopicCall): Promise<TopicMetadata[]> => {
  const fits = matching(values.one('topic'))
  const all = await admin.topics()
  return all.filter((one) => fits(one.topic) && !(one.isInternal && values.has('exclude-internal')))
}

/** `--list`. */
export const listTopics = async (call: TopicCall): Promise<void> => {
  const names = (await chosen(call)).map(({ topic }) => topic)
  process.stdout.write(names.length === 0 ? '\n' : `${names.join('\n')}\n`)
}

const header = (topic: TopicMetadata, settings: readonly TopicSetting[]): string => {
  const replicas = topic.partitions[0]?.replicas.length ?? 0
  const configs = settings.map(({ name, value }) => `${name}=${value ?? ''}`).join(',')
  const cells = [
    `Topic: ${topic.topic}`,
    `TopicId: ${topic.topicId}`,
    `PartitionCount: ${topic.partitions.length}`,
    `ReplicationFactor: ${replicas}`,
    `Configs: ${configs}`,
  ]
  return `${cells.join('\t')}\n`
}

const partitionLine = (topic: string, p: PartitionMetadata): string => {
  const cells = [
    `Topic: ${topic}`,
    `Partition: ${p.partition}`,
    `Leader: ${p.leader < 0 ? 'none' : p.leader}`,
    `Replicas: ${p.replicas.join(',')}`,
    `Isr: ${p.isr.join(',')}`,
    'Elr: N/A',
    'LastKnownElr: N/A',
  ]
  return `\t${cells.join('\t')}\n`
}

/** `--describe`. Throws when the named topic is not there, unless `--if-exists` is given. */
export const describeTopics = async (call: TopicCall): Promise<void> => {
  const { values, admin } = call
  const topics = await chosen(call)
  const pattern = values.one('topic')
  if (topics.length === 0 && pattern !== undefined && !values.has('if-exists'))
    throw new Fault('NO_SUCH_TOPIC', { topic: pattern })
  const settings = await admin.settings(topics.map(({ topic }) => topic))
  const lacking = values.has('under-replicated-partitions')
  const leaderless = values.has('unavailable-partitions')
  const wanted = (p: PartitionMetadata): boolean =>
    (!lacking || p.isr.length < p.replicas.length) && (!leaderless || p.leader < 0)
  for (const topic of topics) {
    const own = settings.get(topic.topic) ?? []
    if (values.has('topics-with-overrides') && own.length === 0) continue
    if (!lacking && !leaderless) process.stdout.write(header(topic, own))
    if (values.has('topics-with-overrides')) continue
    for (const p of topic.partitions.filter(wanted)) process.stdout.write(partitionLine(topic.topic, p))
  }
}
