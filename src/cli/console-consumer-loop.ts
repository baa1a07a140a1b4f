/**
 * The console consumer at work: prints what comes, commits how far it got, and stops at its limits. An offset is committed when its record has left this
 * process, so that what a broken pipe swallowed is read again.
 */
import { rethrowBroken } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Consumer } from '../client/consumer.ts'
import type { TopicPartition } from '../client/assignors/assignor.ts'
import type { FetchedRecords } from '../client/fetched-records.ts'
import type { OffsetToCommit } from '../client/group-offsets.ts'
import { realClock } from '../io/clock.ts'
import type { ConsumerPlan } from './console-consumer-plan.ts'
import { type Printer, printerOf } from './formatters.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { StandardOutput } from './standard-output.ts'

/** A reader that takes nothing for so long holds up no commit. */
const patienceMs = 1000
const topicName = /^(?!\.\.?$)[a-zA-Z0-9._-]{1,249}$/

export interface Printed {
  readonly count: number
  readonly failed: boolean
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

export class ConsoleConsumer implements AsyncDisposable {
  readonly #plan: ConsumerPlan
  readonly #log: Log
  readonly #output = new StandardOutput()
  readonly #printer: Printer
  readonly #consumer: Consumer
  /** How far each partition was printed, as far as that is not committed. */
  readonly #offsets = new Map<string, OffsetToCommit>()
  #committedMs = realClock.monotonic()
  #count = 0

  /** Throws a UsageError for a deserializer that is not there. */
  constructor(plan: ConsumerPlan, log: Log) {
    this.#plan = plan
    this.#log = log.named('org.apache.kafka.tools.consumer.ConsoleConsumer')
    this.#printer = printerOf(plan.formatter, { ...plan, write: (bytes) => this.#output.write(bytes) })
    this.#consumer = new Consumer(plan.client, plan.consumer, {
      prepare: () => this.#commit(),
      assigned: (_added, lost) => {
        for (const partition of lost) this.#offsets.delete(keyOf(partition))
      },
    })
  }

  /** Prints until a limit is reached, `stop` aborts, or nobody reads any more. */
  async run(stop: AbortSignal): Promise<Printed> {
    let failed = false
    try {
      this.#begin()
      await this.#printAll(AbortSignal.any([stop, this.#output.gone]))
    } catch (error) {
      rethrowBroken(error)
      failed = true
      this.#printer.flush()
      const reason = error instanceof Fault || error instanceof ToolFailure ? failureText(error) : reasonOf(error)
      this.#log.error(`Error processing message, terminating consumer process: ${reason}`)
    }
    await this.#drain(stop)
    await this.#commit()
    const { problem } = this.#output
    if (problem !== undefined)
      process.stderr.write(`Unable to write to standard out, closing consumer. ${problem.message}\n`)
    return { count: this.#count, failed: failed || problem !== undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer[Symbol.asyncDispose]()
    this.#output[Symbol.dispose]()
  }

  #begin(): void {
    const { start } = this.#plan
    const named = 'partition' in start ? [start.topic] : start.topics instanceof RegExp ? [] : start.topics
    const bad = named.filter((topic) => !topicName.test(topic))
    if (bad.length > 0)
      throw new ToolFailure(
        `Invalid topics: [${bad.join(', ')}]`,
        'org.apache.kafka.common.errors.InvalidTopicException',
      )
    if ('partition' in start) this.#consumer.assign([start])
    else if (start.inGroup) this.#consumer.subscribe(start.topics)
    else this.#consumer.readAll(start.topics)
  }

  async #printAll(over: AbortSignal): Promise<void> {
    const { messagesMax } = this.#plan
    let sinceMs = realClock.monotonic()
    while (this.#count < messagesMax && !over.aborted) {
      const before = this.#count
      const records = await this.#next(sinceMs, over)
      if (records === undefined) return
      this.#print(records)
      this.#printer.flush()
      await this.#output.room(over)
      if (this.#count > before) sinceMs = realClock.monotonic()
      const { commitEveryMs = Infinity } = this.#plan
      if (realClock.monotonic() - this.#committedMs >= commitEveryMs) await this.#commit()
    }
  }

  /** The next records; undefined when none came in time since `sinceMs`, or it is over. */
  async #next(sinceMs: number, over: AbortSignal): Promise<FetchedRecords | undefined> {
    const { timeoutMs } = this.#plan
    const ready = this.#consumer.take()
    if (ready !== undefined || timeoutMs === Infinity) return ready ?? this.#consumer.next(over)
    const late = new AbortController()
    using _timer = realClock.after(Math.max(0, sinceMs + timeoutMs - realClock.monotonic()), () => late.abort())
    const records = await this.#consumer.next(AbortSignal.any([over, late.signal]))
    if (records === undefined && !over.aborted) this.#timedOut()
    return records
  }

  #timedOut(): void {
    this.#log.error(
      `Error processing message, terminating consumer process: org.apache.kafka.common.errors.TimeoutException: no message came within ${this.#plan.timeoutMs} ms`,
    )
  }

  #print(records: FetchedRecords): void {
    const { messagesMax, skipOnError } = this.#plan
    const printer = this.#printer
    while (this.#count < messagesMax && records.next()) {
      this.#count++
      try {
        printer.print(records)
      } catch (error) {
        rethrowBroken(error)
        if (!skipOnError) throw error
        this.#log.error(`Error processing message, skipping this message: ${reasonOf(error)}`)
      }
    }
    const { topic, partition, position } = records
    if (this.#plan.commitEveryMs !== undefined)
      this.#offsets.set(keyOf(records), { topic, partition, offset: position })
  }

  /** What was printed leaves before the end, however slow its reader is; after a stop it has a moment. */
  async #drain(stop: AbortSignal): Promise<void> {
    if (!(await this.#output.left(stop))) await this.#output.left(AbortSignal.timeout(patienceMs))
  }

  async #commit(): Promise<void> {
    const printed = [...this.#offsets]
    this.#committedMs = realClock.monotonic()
    if (printed.length === 0 || !(await this.#output.left(AbortSignal.timeout(patienceMs)))) return
    try {
      await this.#consumer.commit(printed.map(([, offset]) => offset))
      for (const [key, offset] of printed) if (this.#offsets.get(key) === offset) this.#offsets.delete(key)
    } catch (error) {
      rethrowBroken(error)
      this.#log.warn(`Offsets were not committed: ${reasonOf(error)}.`)
    }
  }
}
