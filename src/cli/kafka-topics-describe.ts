/** The looking half of kafka-topics.sh. */
import { Fault } from '../base/faults.ts'
import type { TopicSetting } from '../client/admin.ts'
import type { PartitionMetadata, TopicMetadata } from '../client/cluster-metadata.ts'
import type { JoptValues } from './jopt.ts'
import { matching, type TopicCall } from './kafka-topics-changes.ts'

const chosen = async ({ values, admin }: TopicCall): Promise<TopicMetadata[]> => {
  const fits = matching(values.one('topic'))
  const id = values.one('topic-id')
  const all = await admin.topics()
  return all.filter(
    (one) =>
      (id === undefined ? fits(one.topic) : one.topicId === id) && !(one.isInternal && values.has('exclude-internal')),
  )
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

type Wanted = (partition: PartitionMetadata, minIsr: number) => boolean

/** What each filter option leaves of the partitions; several leave what any of them does. */
const filters: Readonly<Record<string, Wanted>> = {
  'under-replicated-partitions': ({ isr, replicas }) => isr.length < replicas.length,
  'unavailable-partitions': ({ leader }) => leader < 0,
  'under-min-isr-partitions': ({ isr }, minIsr) => isr.length < minIsr,
  'at-min-isr-partitions': ({ isr }, minIsr) => isr.length === minIsr,
}

/** Options that choose what is described. */
export const describeFilters: readonly string[] = [...Object.keys(filters), 'topics-with-overrides']

const minIsrOf = (settings: readonly TopicSetting[]): number =>
  Number(settings.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)

/** The lines for one topic: with filters, only the partitions that they want. */
const described = (topic: TopicMetadata, settings: readonly TopicSetting[], values: JoptValues): string => {
  if (values.has('topics-with-overrides')) return settings.length === 0 ? '' : header(topic, settings)
  const wanted = Object.entries(filters).flatMap(([option, filter]) => (values.has(option) ? [filter] : []))
  const minIsr = minIsrOf(settings)
  const partitions = topic.partitions.filter((p) => wanted.length === 0 || wanted.some((filter) => filter(p, minIsr)))
  return [
    wanted.length === 0 ? header(topic, settings) : '',
    ...partitions.map((p) => partitionLine(topic.topic, p)),
  ].join('')
}

/** `--describe`. Throws when the named topic is not there, unless `--if-exists` is given. */
export const describeTopics = async (call: TopicCall): Promise<void> => {
  const { values, admin } = call
  const topics = await chosen(call)
  const pattern = values.one('topic-id') ?? values.one('topic')
  if (topics.length === 0 && pattern !== undefined && !values.has('if-exists'))
    throw new Fault('NO_SUCH_TOPIC', { topic: pattern })
  const settings = await admin.settings(topics.map(({ topic }) => topic))
  for (const topic of topics) process.stdout.write(described(topic, settings.get(topic.topic) ?? [], values))
}
