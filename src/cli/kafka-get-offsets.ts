/** kafka-get-offsets.sh, which is kafka.tools.GetOffsetShell: prints where partitions end, begin, or stand at a time. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import { places } from '../client/offset-lookup.ts'
import type { OffsetQuestion } from '../client/offset-lookup.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-get-offsets'

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
  { names: ['command-config'], value: 'String: config file', doc: 'Settings of the client; accepted.' },
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
  if (Number.isNaN(time))
    throw new UsageError(
      `Malformed time argument ${text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp, or a specified long format timestamp`,
    )
  return time
}

type Filter = (topic: string, partition: number) => boolean

const wholeName = (pattern: string): RegExp => {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch (thrown) {
    throw new UsageError(`'${pattern}' is not a regular expression: ${String(thrown)}`)
  }
}

/** `1`, `0-3` (the end is left out), `2-`, `-2`, or nothing for all. */
const rangeOf = (text: string | undefined): ((partition: number) => boolean) => {
  if (text === undefined) return () => true
  const found = /^(?:(?<one>\d+)|(?<from>\d*)-(?<to>\d*))$/.exec(text)?.groups
  if (found === undefined) throw new UsageError(`'${text}' is neither a partition nor a range of them`)
  const from = Number(found['one'] ?? (found['from'] || 0))
  const to = found['one'] === undefined ? Number(found['to'] || Infinity) : from + 1
  return (partition) => partition >= from && partition < to
}

const filterOf = (values: JoptValues): Filter => {
  const pairs = values.one('topic-partitions')
  if (pairs !== undefined) {
    if (values.has('topic') || values.has('partitions'))
      throw new UsageError('--topic-partitions cannot be used with --topic or --partitions')
    const filters = pairs.split(',').map((pair) => {
      const [topic = '', range] = pair.split(':')
      return { topic: wholeName(topic === '' ? '.*' : topic), has: rangeOf(range) }
    })
    return (topic, partition) => filters.some((one) => one.topic.test(topic) && one.has(partition))
  }
  const topics = wholeName(values.one('topic') ?? '.*')
  const ids = values.one('partitions')?.split(',').map(Number)
  if (ids?.some((id) => !Number.isInteger(id)) === true)
    throw new UsageError(
      `--partitions expects a comma separated list of numeric partition ids, but received: ${values.one('partitions')}`,
    )
  return (topic, partition) => topics.test(topic) && (ids === undefined || ids.includes(partition))
}

const questionsOf = (topics: readonly TopicMetadata[], values: JoptValues): OffsetQuestion[] => {
  const filter = filterOf(values)
  const timestampMs = timeOf(values)
  return topics
    .filter(({ isInternal }) => !(isInternal && values.has('exclude-internal-topics')))
    .flatMap(({ topic, partitions }) => partitions.map(({ partition }) => ({ topic, partition, timestampMs })))
    .filter(({ topic, partition }) => filter(topic, partition))
}

const print = async (admin: Admin, values: JoptValues): Promise<number> => {
  const questions = questionsOf(await admin.topics(), values)
  if (questions.length === 0) {
    process.stderr.write('Error occurred: Could not match any topic-partitions with the specified filters\n')
    return exitCodes.failed
  }
  for (const { topic, partition, offset, error } of await admin.offsets(questions)) {
    if (error !== undefined)
      process.stderr.write(
        `Skip getting offsets for topic-partition ${topic}-${partition} due to error: ${error.message}\n`,
      )
    else if (offset >= 0) process.stdout.write(`${topic}:${partition}:${offset}\n`)
  }
  return exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const bootstrap = bootstrapOf(values, name, log)
  using admin = new Admin(clientOf(bootstrap, 'GetOffsetShell', log))
  try {
    return await print(admin, values)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    process.stderr.write(`Error occurred: ${thrown.message}. ${thrown.hint}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'print the offsets of topics',
  purpose: 'An interactive shell for getting topic-partition offsets.',
  options,
  work,
})
