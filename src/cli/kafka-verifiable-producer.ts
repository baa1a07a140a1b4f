/** kafka-verifiable-producer.sh: sends the numbers from 0 on and prints, as one JSON object a line, what became of each. */
import type { Log } from '../base/log.ts'
import type { Outcome } from '../client/outcome.ts'
import type { ClientOptions } from '../client/options.ts'
import { Partitioner } from '../client/partitioner.ts'
import { Producer } from '../client/producer.ts'
import type { ProducerOptions } from '../client/producer-options.ts'
import { parseProducerSettings, producerRows } from '../client/producer-settings.ts'
import { closest } from '../config/did-you-mean.ts'
import { realClock } from '../io/clock.ts'
import { realRandom } from '../io/random.ts'
import { exitCodes } from './command.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { exceptionOf, saidOf } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { JsonEvents } from './perf/json-events.ts'
import { Pace } from './perf/pace.ts'
import { RecordSender, type SentBatch } from './perf/record-sender.ts'
import { untilStopped } from './signals.ts'

const name = 'kafka-verifiable-producer'
const clientId = 'verifiable-producer'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to send to.' },
  { names: ['max-messages'], value: 'Integer: count', doc: 'How many to send; -1 until it is stopped. (default: -1)' },
  { names: ['throughput'], value: 'Integer: messages/s', doc: 'Messages a second; -1 for no limit. (default: -1)' },
  { names: ['acks'], value: 'Integer: acks', doc: '0, 1 or -1. (default: -1)' },
  { names: ['value-prefix'], value: 'Integer: prefix', doc: 'Values are this, a dot and the number.' },
  {
    names: ['repeating-keys'],
    value: 'Integer: count',
    doc: 'Keys run from 0 to this, over and over. Without, no keys.',
  },
  {
    names: ['message-create-time'],
    value: 'Long: ms',
    doc: 'The time of the first message in ms since 1970; time runs on from there. (default: now)',
  },
  { names: ['producer.config', 'command-config'], value: 'String: config file', doc: 'A file of producer settings.' },
]

interface Plan {
  readonly client: ClientOptions
  readonly producer: Partial<ProducerOptions>
  readonly topic: string
  readonly count: number
  readonly perSecond: number
  readonly keys: number | undefined
  readonly prefix: string
  /** Added to now. */
  readonly shiftMs: number
}

/** Throws a UsageError. */
const planOf = (values: JoptValues, log: Log): Plan => {
  const topic = values.required('topic')
  const own = clientOf(bootstrapOf(values, name, log), clientId, log)
  const given = new Map(clientProperties(values, 'producer.config'))
  given.set('acks', values.one('acks') ?? given.get('acks') ?? '-1')
  const { client, producer, findings } = parseProducerSettings(given, closest)
  sayFindings(findings, given, producerRows, log)
  const count = values.integer('max-messages') ?? -1
  const prefix = values.integer('value-prefix')
  const firstMs = values.long('message-create-time') ?? -1
  return {
    client: { ...own, ...client, bootstrap: own.bootstrap },
    producer,
    topic,
    count: count < 0 ? Infinity : count,
    perSecond: values.integer('throughput') ?? -1,
    keys: values.integer('repeating-keys'),
    prefix: prefix === undefined ? '' : `${prefix}.`,
    shiftMs: firstMs < 0 ? 0 : firstMs - realClock.now(),
  }
}

const keyOf = ({ keys }: Plan, number: number): string | null => (keys === undefined ? null : `${number % keys}`)

class VerifiableProducer {
  readonly #plan: Plan
  readonly #events = new JsonEvents(realClock)
  readonly #startMs = realClock.monotonic()
  #sent = 0
  #acked = 0

  constructor(plan: Plan) {
    this.#plan = plan
  }

  async run(stop: AbortSignal): Promise<number> {
    const { client, producer: settings, topic: name } = this.#plan
    this.#events.say('startup_complete')
    await using producer = new Producer(client, settings)
    const topic = await producer.lookUp(name, stop)
    const partitioner = new Partitioner(realRandom)
    const landed = (batch: SentBatch, outcome: Outcome): void => this.#say(batch, outcome)
    const limits = { batchBytes: 16_384, lingerMs: 0, memoryBytesMax: 33_554_432 }
    const sender = new RecordSender({ ...limits, producer, topic, partitioner, clock: realClock, landed })
    await this.#send(sender, stop)
    await sender.finish()
    this.#total()
    return this.#acked === this.#sent ? exitCodes.done : exitCodes.failed
  }

  async #send(sender: RecordSender, stop: AbortSignal): Promise<void> {
    const { count, perSecond, prefix, shiftMs } = this.#plan
    const pace = new Pace(perSecond, realClock)
    for (; this.#sent < count && !stop.aborted; this.#sent++) {
      if (this.#sent >= pace.due) await pace.until(this.#sent, stop)
      if (sender.isFull) await sender.room()
      const key = keyOf(this.#plan, this.#sent)
      const value = Buffer.from(`${prefix}${this.#sent}`)
      sender.add(this.#sent, realClock.now() + shiftMs, key === null ? null : Buffer.from(key), value)
      if (this.#sent % 100 === 99) await new Promise(setImmediate)
    }
  }

  #say({ partition, numbers }: SentBatch, { baseOffset, error }: Outcome): void {
    const { topic, prefix } = this.#plan
    for (const [i, number] of numbers.entries()) {
      const record = { topic, partition, key: keyOf(this.#plan, number), value: `${prefix}${number}` }
      if (error === undefined)
        this.#events.say('producer_send_success', { ...record, offset: baseOffset < 0 ? -1 : baseOffset + i })
      else this.#events.say('producer_send_error', { ...record, exception: exceptionOf(error), message: saidOf(error) })
    }
    if (error === undefined) this.#acked += numbers.length
  }

  #total(): void {
    const seconds = (realClock.monotonic() - this.#startMs) / 1000
    this.#events.say('shutdown_complete')
    this.#events.say('tool_data', {
      sent: this.#sent,
      acked: this.#acked,
      target_throughput: this.#plan.perSecond,
      avg_throughput: this.#acked / seconds,
    })
  }
}

export const command = kafkaTool({
  name,
  summary: 'send numbers and say what became of each',
  purpose:
    'This tool produces increasing integers to the specified topic and prints JSON metadata to stdout on each "send" request.',
  options,
  work: (values, log) => {
    const producer = new VerifiableProducer(planOf(values, log))
    return untilStopped((stop) => producer.run(stop))
  },
})
