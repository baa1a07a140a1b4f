/** The changing half of kafka-topics.sh. */
import { Fault } from '../base/faults.ts'
import { type Admin, BrokerError } from '../client/admin.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { type JoptValues, UsageError } from './jopt.ts'

export interface TopicCall {
  readonly values: JoptValues
  readonly admin: Admin
}

const mayCollide = /[._]/
const collision =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
  'To avoid issues it is best to use either, but not both.\n'

/** The names that a pattern stands for: a regular expression over whole names, where a comma also means "or". */
export const matching = (pattern: string | undefined): ((topic: string) => boolean) => {
  if (pattern === undefined) return () => true
  try {
    const whole = new RegExp(`^(?:${pattern.trim().replaceAll(/\s*,\s*/g, '|')})$`)
    return (topic) => whole.test(topic)
  } catch (thrown) {
    throw new UsageError(`--topic ${pattern} is not a regular expression: ${String(thrown)}`)
  }
}

/** Topics that the pattern matches. Throws when none does, unless `--if-exists` is given. */
export const existing = async ({ values, admin }: TopicCall): Promise<string[]> => {
  const pattern = values.required('topic')
  const found = (await admin.topics()).map(({ topic }) => topic).filter(matching(pattern))
  if (found.length === 0 && !values.has('if-exists')) throw new Fault('NO_SUCH_TOPIC', { topic: pattern })
  return found
}

const configsOf = (values: JoptValues): (readonly [string, string])[] =>
  values.all('config').map((pair) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (key === undefined || value === undefined) {
      throw new UsageError(
        'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
        false,
      )
    }
    return [key.trim(), value.trim()] as const
  })

const assignmentOf = (values: JoptValues): number[][] => {
  const text = values.one('replica-assignment')
  if (text === undefined) return []
  for (const other of ['partitions', 'replication-factor']) {
    if (values.has(other)) throw new UsageError(`Option "[replica-assignment]" can't be used with option "[${other}]"`)
  }
  const lists = text.split(',').map((list) => list.split(':').map(Number))
  for (const [partition, list] of lists.entries()) {
    if (list.some((id) => !Number.isInteger(id)))
      throw new UsageError(`'${text}' is not a list of broker ids like 0:1,1:0`)
    const repeated = list.find((id, i) => list.indexOf(id) !== i)
    if (repeated !== undefined)
      throw new UsageError(`Partition replica lists may not contain duplicate entries: ${repeated}`, false)
    if (list.length !== lists[0]?.length)
      throw new UsageError(`Partition ${partition} has different replication factor: ${list.join(',')}`, false)
  }
  return lists
}

/** `--create`. */
export const createTopic = async ({ values, admin }: TopicCall): Promise<void> => {
  const topic = values.required('topic')
  const partitions = values.integer('partitions') ?? -1
  const replicationFactor = values.integer('replication-factor') ?? -1
  if (values.has('partitions') && partitions <= 0) throw new UsageError('The partitions must be greater than 0', false)
  if (values.has('replication-factor') && (replicationFactor < 1 || replicationFactor > 32_767))
    throw new UsageError('The replication factor must be between 1 and 32767 inclusive', false)
  if (mayCollide.test(topic)) process.stdout.write(collision)
  try {
    await admin.create({
      topic,
      partitions,
      replicationFactor,
      assignment: assignmentOf(values),
      configs: configsOf(values),
    })
    process.stdout.write(`Created topic ${topic}.\n`)
  } catch (thrown) {
    const isThere = thrown instanceof BrokerError && thrown.errorCode === errorCodes.TOPIC_ALREADY_EXISTS
    if (!isThere || !values.has('if-not-exists')) throw thrown
  }
}

/** `--alter`: only the number of partitions. */
export const alterTopic = async (call: TopicCall): Promise<void> => {
  const { values, admin } = call
  const partitions = values.integer('partitions')
  if (partitions === undefined) throw new UsageError('Missing required argument "[partitions]"')
  for (const topic of await existing(call)) await admin.grow(topic, partitions)
}

/** `--delete`. */
export const deleteTopics = async (call: TopicCall): Promise<void> => {
  for (const topic of await existing(call)) await call.admin.delete(topic)
}
