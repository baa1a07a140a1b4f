/** The changing half of kafka-topics.sh. */
import { Fault } from '../base/faults.ts'
import { type Admin, BrokerError } from '../client/admin.ts'
import { type ConfigAdmin, resourceTypes } from '../client/config-admin.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import { javaRegex } from '../config/java-regex.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { type JoptValues, UsageError } from './jopt.ts'
import { ToolFailure } from './kafka-failure.ts'

export interface TopicCall {
  readonly values: JoptValues
  readonly admin: Admin
  readonly configs: ConfigAdmin
}

const replicationFactorMax = 32_767
const mayCollide = /[._]/
const collision =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
  'To avoid issues it is best to use either, but not both.\n'

/** The names that a pattern stands for: a Java regular expression over whole names, where a comma also means "or". Throws a ToolFailure. */
export const matching = (pattern: string | undefined): ((topic: string) => boolean) => {
  if (pattern === undefined) return () => true
  try {
    const whole = javaRegex(pattern.trim().replaceAll(/\s*,\s*/g, '|'), { whole: true })
    return (topic) => whole.test(topic)
  } catch {
    throw new ToolFailure(`${pattern} is an invalid regex.`, 'java.lang.RuntimeException')
  }
}

/** Topics that the pattern matches. Throws when none does, unless `--if-exists` is given. */
export const existing = async ({ values, admin }: TopicCall): Promise<TopicMetadata[]> => {
  const pattern = values.required('topic')
  const matches = matching(pattern)
  const found = (await admin.topics()).filter(({ topic }) => matches(topic))
  if (found.length === 0 && !values.has('if-exists')) throw new Fault('NO_SUCH_TOPIC', { topic: pattern })
  return found
}

const configsOf = (values: JoptValues): (readonly [string, string])[] =>
  values.all('config').map((pair) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (key === undefined || value === undefined) {
      throw new ToolFailure(
        'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
      )
    }
    return [key.trim(), value.trim()] as const
  })

/** The brokers of each partition, as `--replica-assignment` lists them; none without it. Throws a ToolFailure. */
const assignmentOf = (values: JoptValues): number[][] => {
  const text = values.one('replica-assignment')
  if (text === undefined) return []
  const lists = text.split(',').map((list) => list.split(':').map((id) => (/^\s*\d+\s*$/.test(id) ? Number(id) : -1)))
  for (const [partition, list] of lists.entries()) {
    if (list.includes(-1))
      throw new ToolFailure(`'${text}' is not a list of broker ids like 0:1,1:0`, 'java.lang.NumberFormatException')
    const repeated = list.find((id, i) => list.indexOf(id) !== i)
    if (repeated !== undefined)
      throw new ToolFailure(
        `Partition replica lists may not contain duplicate entries: ${repeated}`,
        'org.apache.kafka.tools.AdminCommandFailedException',
      )
    if (list.length !== lists[0]?.length)
      throw new ToolFailure(
        `Partition ${partition} has different replication factor: [${list.join(', ')}]`,
        'org.apache.kafka.tools.AdminOperationException',
      )
  }
  return lists
}

/** `--create`. */
export const createTopic = async ({ values, admin }: TopicCall): Promise<void> => {
  const topic = values.required('topic')
  const partitions = values.integer('partitions') ?? -1
  const replicationFactor = values.integer('replication-factor') ?? -1
  const assignment = assignmentOf(values)
  const configs = configsOf(values)
  if (mayCollide.test(topic)) process.stdout.write(collision)
  if (values.has('replication-factor') && (replicationFactor < 1 || replicationFactor > replicationFactorMax))
    throw new ToolFailure(`The replication factor must be between 1 and ${replicationFactorMax} inclusive`)
  if (values.has('partitions') && partitions <= 0) throw new ToolFailure('The partitions must be greater than 0')
  try {
    await admin.create({ topic, partitions, replicationFactor, assignment, configs })
    process.stdout.write(`Created topic ${topic}.\n`)
  } catch (thrown) {
    const isThere = thrown instanceof BrokerError && thrown.errorCode === errorCodes.TOPIC_ALREADY_EXISTS
    if (!isThere || !values.has('if-not-exists')) throw thrown
  }
}

const deprecated =
  'WARNING: Altering topic configuration from this script has been deprecated and may be removed in future releases.\n' +
  '         Going forward, please use kafka-configs.sh for this functionality\n'

/** `--config` and `--delete-config` of `--alter`, which the tool knows as long as it knows `--zookeeper`. */
const alterSettings = async ({ values, configs }: TopicCall, topic: string): Promise<void> => {
  const set = configsOf(values).map(([name, value]) => ({ name, value }))
  const deleted = values.all('delete-config').map((name) => ({ name: name.trim(), value: undefined }))
  process.stdout.write(deprecated)
  await configs.change({ type: resourceTypes.topic, name: topic }, [...set, ...deleted])
  process.stdout.write(`Updated config for topic ${topic}.\n`)
}

/** `--alter`: settings where they are given, and then the number of partitions. An assignment lists all partitions; the part about those that are there is not read. */
export const alterTopic = async (call: TopicCall): Promise<void> => {
  const { values, admin } = call
  const total = values.integer('partitions')
  const isAboutSettings = values.has('zookeeper') && (values.has('config') || values.has('delete-config'))
  if (total === undefined && !isAboutSettings) throw new UsageError('Missing required argument "[partitions]"')
  const assignment = assignmentOf(values)
  for (const { topic, partitions } of await existing(call)) {
    if (isAboutSettings) await alterSettings(call, topic)
    if (total === undefined) continue
    await admin.grow(topic, total, assignment.length === 0 ? null : assignment.slice(partitions.length))
  }
}

/** `--delete`. */
export const deleteTopics = async (call: TopicCall): Promise<void> => {
  for (const { topic } of await existing(call)) await call.admin.delete(topic)
}
