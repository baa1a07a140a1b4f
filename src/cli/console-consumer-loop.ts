/** The console consumer at work: prints what comes, commits how far it got, stops at its limits. */
import { once } from 'node:events'
import { rethrowBroken } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Consumer } from '../client/consumer.ts'
import type { FetchedRecords } from '../client/fetched-records.ts'
import type { OffsetToCommit } from '../client/group-offsets.ts'
import { realClock } from '../io/clock.ts'
import type { ConsumerPlan } from './console-consumer-plan.ts'
import { RecordPrinter } from './record-printer.ts'

export interface Printed {
  readonly count: number
  readonly failed: boolean
}

/** Remembers how far each partition was printed, and commits that now and then. */
class Positions {
  readonly #consumer: Consumer
  readonly #everyMs: number | undefined
  readonly #offsets = new Map<string, OffsetToCommit>()
  #committedMs = realClock.monotonic()

  constructor(consumer: Consumer, everyMs: number | undefined) {
    this.#consumer = consumer
    this.#everyMs = everyMs
  }

  reached({ topic, partition, position }: FetchedRecords): void {
    if (this.#everyMs !== undefined) this.#offsets.set(`${topic}-${partition}`, { topic, partition, offset: position })
  }

  async commitIfDue(log: Log): Promise<void> {
    if (this.#everyMs !== undefined && realClock.monotonic() - this.#committedMs >= this.#everyMs)
      await this.commit(log)
  }

  async commit(log: Log): Promise<void> {
    const offsets = [...this.#offsets.values()]
    if (offsets.length === 0) return
    this.#committedMs = realClock.monotonic()
    try {
      await this.#consumer.commit(offsets)
      this.#offsets.clear()
    } catch (error) {
      log.warn(`Offsets were not committed: ${reasonOf(error)}.`)
    }
  }
}

const terminated = (log: Log, why: string): void =>
  log
    .named('org.apache.kafka.tools.consumer.ConsoleConsumer')
    .error(`Error processing message, terminating consumer process: ${why}`)

/** The next records; undefined when none came in time or the tool is being stopped. */
const nextRecords = async (
  { timeoutMs }: ConsumerPlan,
  consumer: Consumer,
  stop: AbortController,
  log: Log,
): Promise<FetchedRecords | undefined> => {
  const ready = consumer.take()
  if (ready !== undefined || timeoutMs === Infinity) return ready ?? consumer.next(stop.signal)
  const waiting = new AbortController()
  const give = (): void => waiting.abort()
  stop.signal.addEventListener('abort', give)
  using _timer = realClock.after(timeoutMs, give)
  const records = await consumer.next(waiting.signal)
  stop.signal.removeEventListener('abort', give)
  if (records === undefined && !stop.signal.aborted) terminated(log, 'org.apache.kafka.common.errors.TimeoutException')
  return records
}

/** Prints until a limit is reached or `stop` aborts. Whoever reads the output may go away: that ends it too. */
export const printRecords = async (
  plan: ConsumerPlan,
  consumer: Consumer,
  stop: AbortController,
  log: Log,
): Promise<Printed> => {
  const { messagesMax, skipOnError } = plan
  const positions = new Positions(consumer, plan.commitEveryMs)
  const printer = new RecordPrinter({ ...plan, write: (bytes) => void process.stdout.write(bytes) })
  process.stdout.on('error', () => stop.abort())
  const progress = { count: 0 }
  const print = (records: FetchedRecords): void => {
    while (progress.count < messagesMax && !stop.signal.aborted && records.next()) {
      progress.count++
      try {
        printer.print(records)
      } catch (error) {
        if (!skipOnError) throw error
        log.error(`Error processing message, skipping this message: ${reasonOf(error)}`)
      }
    }
  }
  try {
    while (progress.count < messagesMax && !stop.signal.aborted) {
      const records = await nextRecords(plan, consumer, stop, log)
      if (records === undefined) break
      print(records)
      positions.reached(records)
      printer.flush()
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain', { signal: stop.signal }).catch(reasonOf)
      await positions.commitIfDue(log)
    }
    await positions.commit(log)
    return { count: progress.count, failed: false }
  } catch (error) {
    rethrowBroken(error)
    printer.flush()
    terminated(log, error instanceof Fault ? `${error.message}. ${error.hint}` : reasonOf(error))
    return { count: progress.count, failed: true }
  }
}
