/** kafka-leader-election.sh: has the leaders of partitions elected anew. On one broker there is nothing to elect, and that is what it says. */
import { readFileSync } from 'node:fs'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin, type ElectionAnswer } from '../client/admin.ts'
import type { TopicPartition } from '../client/assignors/assignor.ts'
import { BrokerError } from '../client/errors.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { failureText } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-leader-election'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['election-type'], value: 'String: type', doc: 'REQUIRED: preferred or unclean.' },
  { names: ['topic'], value: 'String: topic', doc: 'The topic of one partition.' },
  { names: ['partition'], value: 'Integer: partition id', doc: 'The partition, with --topic.' },
  { names: ['all-topic-partitions'], doc: 'Every partition there is.' },
  {
    names: ['path-to-json-file'],
    value: 'String: file',
    doc: 'A file that names partitions: {"partitions": [{"topic": "foo", "partition": 1}]}',
  },
  { names: ['admin.config', 'command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
]

const isPartition = (one: unknown): one is TopicPartition =>
  typeof one === 'object' &&
  one !== null &&
  'topic' in one &&
  typeof one.topic === 'string' &&
  'partition' in one &&
  Number.isSafeInteger(one.partition)

const partitionsIn = (file: string): readonly TopicPartition[] => {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(thrown)}`, false)
  }
  const list: unknown = typeof content === 'object' && content !== null && 'partitions' in content && content.partitions
  if (!Array.isArray(list)) throw new UsageError('Replica election data is missing "partitions" field', false)
  if (!list.every(isPartition)) throw new UsageError('Every partition needs a "topic" and a "partition"', false)
  return list
}

/** The partitions to elect for, null for all. Throws a UsageError. */
const wantedOf = (values: JoptValues): readonly TopicPartition[] | null => {
  const [topic, file] = [values.one('topic'), values.one('path-to-json-file')]
  const given = [topic !== undefined, file !== undefined, values.has('all-topic-partitions')].filter(Boolean).length
  if (given !== 1)
    throw new UsageError(
      'One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file',
    )
  const partition = values.integer('partition')
  if ((topic === undefined) !== (partition === undefined))
    throw new UsageError(`Missing required option(s): ${topic === undefined ? 'topic' : 'partition'}`)
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  return file === undefined ? null : partitionsIn(file)
}

const typeOf = (values: JoptValues): 'preferred' | 'unclean' => {
  const type = values.required('election-type').toLowerCase()
  if (type === 'preferred' || type === 'unclean') return type
  throw new UsageError(`Cannot parse argument '${type}' of option election-type`, false)
}

const named = (answers: readonly ElectionAnswer[]): string =>
  answers.map(({ topic, partition }) => `${topic}-${partition}`).join(', ')

/** Prints in Kafka's words; resolves with whether none failed. */
const report = (answers: readonly ElectionAnswer[], type: string): boolean => {
  const by = Map.groupBy(answers, ({ errorCode }) =>
    errorCode === errorCodes.NONE ? 'elected' : errorCode === errorCodes.ELECTION_NOT_NEEDED ? 'held' : 'failed',
  )
  const { elected = [], held = [], failed = [] } = Object.fromEntries(by)
  if (elected.length > 0)
    process.stdout.write(`Successfully completed leader election (${type}) for partitions ${named(elected)}\n`)
  if (held.length > 0) process.stdout.write(`Valid replica already elected for partitions ${named(held)}\n`)
  for (const answer of failed) {
    const partition = `${answer.topic}-${answer.partition}`
    const error = failureText(new BrokerError(partition, answer.errorCode, answer.errorMessage))
    process.stdout.write(`Error completing leader election (${type}) for partition: ${partition}: ${error}\n`)
  }
  return failed.length === 0
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const type = typeOf(values)
  const wanted = wantedOf(values)
  using admin = new Admin(adminClientOf(bootstrapOf(values, name, log), name, values, log))
  const answers = await admin.elect(type, wanted)
  return report(answers, type.toUpperCase()) ? exitCodes.done : exitCodes.failed
}

export const command = kafkaTool({
  name,
  summary: 'elect the leaders of partitions anew',
  purpose:
    'This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are preferred replicas and unclean replicas.',
  options,
  work,
})
