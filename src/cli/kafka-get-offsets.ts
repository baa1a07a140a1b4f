/** kafka-get-offsets.sh, which is kafka.tools.GetOffsetShell: prints where partitions end, begin, or stand at a time. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import { places } from '../client/offset-lookup.ts'
import type { OffsetQuestion } from '../client/offset-lookup.ts'
import { javaRegex } from '../config/java-regex.ts'
import { exitCodes } from './command.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-get-offsets'
const clientId = 'GetOffsetShell'

type Filter = (topic: string, partition: number) => boolean

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  {
    names: ['topic'],
    value: 'String: topic',
    doc: 'The topics, as a regular expression over whole names; all if absent.',
  },
  { names: ['partitions'], value: 'String: partition ids', doc: 'The partitions, between commas; all if absent.' },
  {
    names: ['topic-partitions'],
    value: 'String: topic1:1,topic2:0-3,topic3',
    doc: 'Topics with their partitions, instead of the two.',
  },
  {
    names: ['time'],
    value: 'String: <timestamp> / -1 or latest / -2 or earliest / -3 or max-timestamp',
    doc: 'Which offset: of the first record as late as this time in ms, or of a place. Default: latest.',
  },
  { names: ['exclude-internal-topics'], doc: 'Leave internal topics out.' },
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
  { names: ['offsets'], value: 'Integer: count', doc: 'Of older Kafka; accepted: one offset is printed.' },
  { names: ['max-wait-ms'], value: 'Integer: ms', doc: 'Of older Kafka; accepted.' },
]

const placeNames: Readonly<Record<string, number>> = {
  latest: places.latest,
  earliest: places.earliest,
  'max-timestamp': places.maxTimestamp,
  'earliest-local': places.earliestLocal,
  'latest-tiered': places.latestTiered,
}

const timeOf = (values: JoptValues): number => {
  const text = values.one('time') ?? 'latest'
  const time = placeNames[text] ?? (/^-?\d+$/.test(text) ? Number(text) : NaN)
  if (Number.isSafeInteger(time)) return time
  throw new ToolFailure(
    `Malformed time argument ${text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered, or a specified long format timestamp`,
  )
}

const wholeName = (pattern: string): RegExp => {
  try {
    return javaRegex(pattern, { whole: true })
  } catch {
    throw new ToolFailure(`${pattern} is an invalid regex.`)
  }
}

/** `topic:1`, `topic:0-3` (the end is left out), `topic:2-`, `topic:-2`; either side may be missing for all. */
const rulePattern = /^(?<topic>[^:]*)(?::(?:(?<one>\d*)|(?<from>\d*)-(?<to>\d*)))?$/

const ruleOf = (text: string): Filter => {
  const { topic, one, from, to } = rulePattern.exec(text)?.groups ?? {}
  if (topic === undefined) throw new ToolFailure(`Invalid rule specification: ${text}`)
  const topics = wholeName(topic === '' ? '.*' : topic)
  const least = Number(one || from || 0)
  const end = one ? least + 1 : Number(to || Infinity)
  return (name, partition) => topics.test(name) && partition >= least && partition < end
}

const rulesOf = (pairs: string, values: JoptValues): Filter => {
  if (values.has('topic') || values.has('partitions'))
    throw new ToolFailure('--topic-partitions cannot be used with --topic or --partitions')
  const rules = pairs.split(',').map(ruleOf)
  return (topic, partition) => rules.some((rule) => rule(topic, partition))
}

const filterOf = (values: JoptValues): Filter => {
  const pairs = values.one('topic-partitions')
  if (pairs !== undefined) return rulesOf(pairs, values)
  const topics = wholeName(values.one('topic') ?? '.*')
  const list = values.one('partitions')
  if (list === undefined || list === '') return (topic) => topics.test(topic)
  const ids = list.split(',')
  if (!ids.every((id) => /^\d+$/.test(id)))
    throw new ToolFailure(`--partitions expects a comma separated list of numeric partition ids, but received: ${list}`)
  const wanted = new Set(ids.map(Number))
  return (topic, partition) => topics.test(topic) && wanted.has(partition)
}

const questionsOf = (
  topics: readonly TopicMetadata[],
  wanted: Filter,
  timestampMs: number,
  values: JoptValues,
): OffsetQuestion[] =>
  topics
    .filter(({ isInternal }) => !(isInternal && values.has('exclude-internal-topics')))
    .flatMap(({ topic, partitions }) => partitions.map(({ partition }) => ({ topic, partition, timestampMs })))
    .filter(({ topic, partition }) => wanted(topic, partition))

/** Answers come by topic, then by partition; a partition without a record as late as asked for has none. */
const print = async (bootstrap: string, values: JoptValues, log: Log): Promise<void> => {
  const wanted = filterOf(values)
  const timestampMs = timeOf(values)
  using admin = new Admin(adminClientOf(bootstrap, clientId, values, log))
  const questions = questionsOf(await admin.topics(), wanted, timestampMs, values)
  if (questions.length === 0) throw new ToolFailure('Could not match any topic-partitions with the specified filters')
  for (const { topic, partition, offset, error } of await admin.offsets(questions)) {
    if (error !== undefined)
      process.stderr.write(
        `Skip getting offsets for topic-partition ${topic}-${partition} due to error: ${error.says}\n`,
      )
    else if (offset >= 0) process.stdout.write(`${topic}:${partition}:${offset}\n`)
  }
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const bootstrap = bootstrapOf(values, name, log)
  try {
    await print(bootstrap, values, log)
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    const advice = thrown instanceof Fault ? `. ${thrown.hint}` : ''
    process.stderr.write(`Error occurred: ${thrown.message}${advice}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'print the offsets of a topic',
  purpose: 'An interactive shell for getting topic-partition offsets.',
  options,
  work,
})
