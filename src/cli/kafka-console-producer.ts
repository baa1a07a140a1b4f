/**
 * kafka-console-producer.sh: every line of standard input becomes a record. What could not be stored is said and left behind, and the exit code is 0
 * all the same, as with Kafka's tool; 1 means that it could not begin, or met a line that has not the form that was asked for.
 */
import { createReadStream, fstatSync } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Partitioner } from '../client/partitioner.ts'
import { Producer } from '../client/producer.ts'
import { realClock } from '../io/clock.ts'
import { realRandom } from '../io/random.ts'
import { exitCodes } from './command.ts'
import { producerOptions, producerPlan, type ProducerPlan } from './console-producer-plan.ts'
import { type JoptValues, UsageError } from './jopt.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { LineBatches } from './line-batches.ts'
import { ProducerLines } from './producer-lines.ts'
import { Progress } from './progress.ts'
import { untilStopped } from './signals.ts'

/** A file is read in larger pieces than a pipe or a terminal gives. */
const fileChunkBytes = 512 * 1024
/** A chunk of so many bytes means that more is waiting: progress is said of such input only, never of lines that come when they come. */
const bulkBytes = 65_536

/** A folder is opened as a file too, so that reading it fails: `process.stdin` would be empty. */
const standardInput = (): Readable => {
  const given = fstatSync(0)
  if (!given.isFile() && !given.isDirectory()) return process.stdin
  return createReadStream('', { fd: 0, autoClose: false, highWaterMark: fileChunkBytes })
}

/** The lines of standard input on their way to the topic. */
class LineFeed {
  readonly #plan: ProducerPlan
  readonly #log: Log
  readonly #producer: Producer
  readonly #stop: AbortSignal
  /** Sizes of lines that were too long to be kept. */
  readonly #overlong: number[] = []
  readonly #isDialogue = isatty(0) && isatty(1)
  readonly #progress = new Progress(realClock)
  #batches: LineBatches | undefined
  #lines = 0

  constructor(plan: ProducerPlan, producer: Producer, log: Log, stop: AbortSignal) {
    this.#plan = plan
    this.#producer = producer
    this.#log = log
    this.#stop = stop
  }

  /** Reads until the input ends or is stopped. Throws BadLine, and a UsageError when the topic cannot be had. */
  async run(): Promise<void> {
    const lines = new ProducerLines(this.#producer.options.requestBytesMax, (bytes) => this.#overlong.push(bytes))
    const input = fstatSync(0)
    let bytes = 0
    this.#prompt()
    try {
      for await (const given of addAbortSignal(this.#stop, standardInput())) {
        const chunk = given as Buffer
        await this.#take(lines.push(chunk))
        this.#batches?.pause()
        bytes += chunk.length
        if (chunk.length >= bulkBytes) this.#progress.lines(this.#lines, bytes, input.isFile() ? input.size : undefined)
      }
      await this.#take(lines.finish())
    } catch (thrown) {
      if (!this.#stop.aborted) throw thrown
    }
  }

  /** Waits until everything that was read is stored or said to be lost. */
  async finish(): Promise<void> {
    await this.#batches?.finish()
    const lost = this.#batches?.lost ?? 0
    if (lost > 0) this.#log.warn(`Lines that were not stored: ${lost}.`)
  }

  async #take(lines: readonly Buffer[]): Promise<void> {
    const { reader, sync } = this.#plan
    if (lines.length + this.#overlong.length === 0) return
    this.#lines += lines.length + this.#overlong.length
    const batches = (this.#batches ??= await this.#open(lines[0]?.length ?? this.#overlong[0] ?? 0))
    for (const bytes of this.#overlong.splice(0)) batches.tooLong(bytes)
    const nowMs = Date.now()
    for (const line of lines) {
      if (reader.plain) reader.value = line
      else reader.read(line)
      while (!batches.add(nowMs, reader.key, reader.value, reader.headers)) await batches.send()
      if (sync) await batches.finish()
      this.#prompt()
    }
  }

  async #open(firstBytes: number): Promise<LineBatches> {
    const { topic: name } = this.#plan
    const log = this.#log.named('org.apache.kafka.clients.producer.internals.ErrorLoggingCallback')
    try {
      const topic = await this.#producer.lookUp(name, this.#stop)
      const partitioner = new Partitioner(realRandom)
      return new LineBatches({ producer: this.#producer, topic, partitioner, log })
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      const record = `topic ${name} with key: null, value: ${firstBytes} bytes`
      log.error(`Error when sending message to ${record} with error: ${failureText(thrown)}`)
      throw new UsageError('Nothing was sent; the rest of the input was not read.', false)
    }
  }

  /** Where both ends are a terminal, as in Kafka 2.8 to 4.3; 0.11 to 1.1 prompted in pipes, too, and 0.10 nowhere. */
  #prompt(): void {
    if (this.#isDialogue) process.stdout.write('>')
  }
}

const feed = async (lines: LineFeed): Promise<number> => {
  try {
    await lines.run()
  } finally {
    await lines.finish()
  }
  return exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  try {
    const plan = producerPlan(values, log)
    await using producer = new Producer(plan.client, plan.producer)
    return await untilStopped((stop) => feed(new LineFeed(plan, producer, log, stop)))
  } catch (thrown) {
    if (!(thrown instanceof ToolFailure)) throw thrown
    process.stderr.write(`${failureText(thrown)}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name: 'kafka-console-producer',
  summary: 'send lines from standard input to a topic',
  purpose: 'This tool helps to read data from standard input and publish it to Kafka.',
  options: producerOptions,
  work,
})
