/** kafka-verifiable-consumer.sh: reads a topic in a group and prints, as one JSON object a line, what it was given, read and committed. */
import { rethrowBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { TopicPartition } from '../client/assignors/assignor.ts'
import { Consumer } from '../client/consumer.ts'
import type { ConsumerOptions } from '../client/consumer-options.ts'
import { consumerRows, parseConsumerSettings } from '../client/consumer-settings.ts'
import type { FetchedRecords } from '../client/fetched-records.ts'
import type { ClientOptions } from '../client/options.ts'
import { closest } from '../config/did-you-mean.ts'
import { realClock } from '../io/clock.ts'
import { exitCodes } from './command.ts'
import { takeGroupProtocol } from './group-protocol.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'
import { JsonEvents } from './perf/json-events.ts'
import { untilStopped } from './signals.ts'

const name = 'kafka-verifiable-consumer'
const clientId = 'verifiable-consumer'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to read.' },
  { names: ['group-id'], value: 'String: group', doc: 'REQUIRED: The group to read in.' },
  { names: ['group-instance-id'], value: 'String: id', doc: 'Makes this a static member of the group.' },
  { names: ['max-messages'], value: 'Integer: count', doc: 'How many to read; -1 until it is stopped. (default: -1)' },
  {
    names: ['session-timeout'],
    value: 'Integer: ms',
    doc: 'After which silence the group goes on without; not with --group-protocol consumer. (default: 30000)',
  },
  { names: ['verbose'], doc: 'Print every record.' },
  { names: ['enable-autocommit'], doc: 'Offsets are committed without a line about it.' },
  { names: ['reset-policy'], value: 'String: policy', doc: 'earliest, latest or none. (default: earliest)' },
  {
    names: ['assignment-strategy'],
    value: 'String: class',
    doc: 'The Java class of an assignor; not with --group-protocol consumer.',
  },
  { names: ['group-protocol'], value: 'String: protocol', doc: 'classic or consumer. (default: classic)' },
  {
    names: ['group-remote-assignor'],
    value: 'String: assignor',
    doc: 'uniform or range, with --group-protocol consumer; else it has no effect. (default: as the broker chooses)',
  },
  { names: ['consumer.config', 'command-config'], value: 'String: config file', doc: 'A file of consumer settings.' },
]

interface Plan {
  readonly client: ClientOptions
  readonly consumer: Partial<ConsumerOptions>
  readonly topic: string
  readonly count: number
  readonly verbose: boolean
  readonly saysCommits: boolean
}

/** Options that are settings of the consumer under other names. */
const settingsOf: Readonly<Record<string, string>> = {
  'group-id': 'group.id',
  'group-instance-id': 'group.instance.id',
  'reset-policy': 'auto.offset.reset',
  'group-protocol': 'group.protocol',
}

/** Those that mean something under one protocol only, as in Kafka's tool, which gives them to its consumer only then. */
const settingsUnder = {
  classic: { 'session-timeout': 'session.timeout.ms', 'assignment-strategy': 'partition.assignment.strategy' },
  consumer: { 'group-remote-assignor': 'group.remote.assignor' },
} as const

/** The consumer's settings, of the options and the file. Options win. */
const settingsGiven = (values: JoptValues): Map<string, string> => {
  const given = new Map([['auto.offset.reset', 'earliest'], ...clientProperties(values, 'consumer.config')])
  const take = (settings: Readonly<Record<string, string>>): void => {
    for (const [option, setting] of Object.entries(settings)) {
      const value = values.one(option)
      if (value !== undefined) given.set(setting, value)
    }
  }
  take(settingsOf)
  const isConsumer = given.get('group.protocol')?.toLowerCase() === 'consumer'
  if (!isConsumer && !given.has('session.timeout.ms')) given.set('session.timeout.ms', '30000')
  take(settingsUnder[isConsumer ? 'consumer' : 'classic'])
  return given
}

/** Throws a UsageError. */
const planOf = (values: JoptValues, log: Log): Plan => {
  const topic = values.required('topic')
  values.required('group-id')
  const own = clientOf(bootstrapOf(values, name, log), clientId, log)
  const given = settingsGiven(values)
  const protocol = takeGroupProtocol(given)
  const { client, consumer, findings } = parseConsumerSettings(given, closest)
  sayFindings(findings, given, consumerRows, log)
  const count = values.integer('max-messages') ?? -1
  return {
    client: { ...own, ...client, bootstrap: own.bootstrap },
    consumer: { ...consumer, ...protocol },
    topic,
    count: count < 0 ? Infinity : count,
    verbose: values.has('verbose'),
    saysCommits: !values.has('enable-autocommit'),
  }
}

const named = (partitions: readonly TopicPartition[]): readonly TopicPartition[] =>
  partitions.map(({ topic, partition }) => ({ topic, partition }))

class VerifiableConsumer implements AsyncDisposable {
  readonly #plan: Plan
  readonly #events = new JsonEvents(realClock)
  readonly #consumer: Consumer
  #left: number

  constructor(plan: Plan) {
    this.#plan = plan
    this.#left = plan.count
    this.#consumer = new Consumer(plan.client, plan.consumer, {
      assigned: (added, lost) => {
        if (lost.length > 0) this.#events.say('partitions_revoked', { partitions: named(lost) })
        this.#events.say('partitions_assigned', { partitions: named(added) })
      },
    })
  }

  async run(stop: AbortSignal): Promise<number> {
    this.#events.say('startup_complete')
    await this.#consumer.open()
    this.#consumer.subscribe([this.#plan.topic])
    while (this.#left > 0) {
      const records = await this.#consumer.next(stop)
      if (records === undefined) break
      this.#read(records)
      await this.#commit(records)
    }
    return exitCodes.done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer[Symbol.asyncDispose]()
    this.#events.say('shutdown_complete')
  }

  #read(records: FetchedRecords): void {
    const { topic, partition, reader } = records
    let [count, minOffset] = [0, -1]
    while (count < this.#left && records.next()) {
      if (count++ === 0) minOffset = reader.offset
      if (this.#plan.verbose) this.#sayRecord(records)
    }
    if (count === 0) return
    this.#left -= count
    const partitions = [{ topic, partition, count, minOffset, maxOffset: reader.offset }]
    this.#events.say('records_consumed', { count, partitions })
  }

  #sayRecord({ topic, partition, reader }: FetchedRecords): void {
    const [key, value] = [reader.key(), reader.value()]
    this.#events.say('record_data', {
      key: key?.toString() ?? null,
      value: value?.toString() ?? null,
      topic,
      partition,
      offset: reader.offset,
    })
  }

  /** What failed is committed with the next records, or read again. */
  async #commit({ topic, partition, position }: FetchedRecords): Promise<void> {
    const offsets = [{ topic, partition, offset: position }]
    const error = await this.#consumer.commit(offsets).catch((thrown: unknown) => {
      rethrowBroken(thrown)
      return reasonOf(thrown)
    })
    if (!this.#plan.saysCommits) return
    this.#events.say('offsets_committed', {
      offsets,
      success: error === undefined,
      ...(error === undefined ? {} : { error }),
    })
  }
}

export const command = kafkaTool({
  name,
  summary: 'read a topic and say what came',
  purpose:
    'This tool consumes messages from a specific topic and emits consumer events (e.g. group rebalances, received messages, and offsets committed) as JSON objects to STDOUT.',
  options,
  work: async (values, log) => {
    await using consumer = new VerifiableConsumer(planOf(values, log))
    return await untilStopped((stop) => consumer.run(stop))
  },
})
