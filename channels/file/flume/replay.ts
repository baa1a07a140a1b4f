/**
 * Which events of a Flume file channel are held: from its checkpoint where there is a usable one, and from the records behind it. What a transaction put
 * joins the queue with its commit, in the order of the commits; what it took leaves with its commit. Puts that were never committed are none, and
 * events whose take was not committed come first, as in Flume.
 */
import { setImmediate } from 'node:timers/promises'
import type { Log } from '../../../src/base/log.ts'
import type { Clock } from '../../../src/io/clock.ts'
import { Progress } from '../../../src/io/progress.ts'
import type { Checkpoint, OpenTransactions } from './checkpoint.ts'
import { LogScan, type LogFile, type LogRecord, type ScanReport } from './log-file.ts'
import { commitKinds, type Pointer, recordTypes } from './messages.ts'
import { hasSorted, Pointers } from './pointers.ts'

export interface Replayed {
  /** In the order in which Flume would have given them out. */
  readonly held: Float64Array
  readonly records: number
  /** Of them, those of events that were put. */
  readonly puts: number
  /** Transactions that nobody ended. */
  readonly openPuts: number
  readonly openTakes: number
}

/** Between two looks at the clock, and turns for everybody else. */
const recordsPerTurn = 10_000

type Open = Map<number, Pointer[]>

const opened = (transactions: OpenTransactions | undefined): Open =>
  new Map([...(transactions ?? [])].map(([id, pointers]) => [id, [...pointers]]))

class Replay {
  readonly #checkpoint: Checkpoint | undefined
  readonly #openPuts: Open
  readonly #openTakes: Open
  /** Events put by transactions that were committed, one transaction behind the other, and where each of them begins. */
  readonly #put = new Pointers()
  readonly #starts = new Pointers()
  /** The write orders of these commits. */
  readonly #orders = new Pointers()
  readonly #taken = new Pointers()
  /** Of the checkpoint's open takes: which were rolled back, or never ended. */
  #returned: Pointer[] = []
  records = 0
  puts = 0

  constructor(checkpoint: Checkpoint | undefined) {
    this.#checkpoint = checkpoint
    this.#openPuts = opened(checkpoint?.openPuts)
    this.#openTakes = opened(checkpoint?.openTakes)
  }

  apply(record: LogRecord): void {
    this.records++
    const { type, transactionId, writeOrderId, pointer } = record
    if (type === recordTypes.put) this.puts++
    if (writeOrderId <= (this.#checkpoint?.writeOrderId ?? -1)) return
    if (type === recordTypes.put) this.#add(this.#openPuts, transactionId, pointer)
    else if (type === recordTypes.take) this.#add(this.#openTakes, transactionId, record.taken)
    else if (type === recordTypes.commit) this.#commit(record)
    else this.#drop(transactionId)
  }

  result(): Replayed {
    const [openPuts, openTakes] = [this.#openPuts.size, this.#openTakes.size]
    for (const id of this.#checkpoint?.openTakes.keys() ?? []) if (this.#openTakes.has(id)) this.#giveBack(id)
    const queue = new Pointers(this.#returned.length + (this.#checkpoint?.queue.length ?? 0) + this.#put.length)
    queue.addAll(this.#returned.toSorted((a, b) => a - b))
    if (this.#checkpoint !== undefined) queue.addAll(this.#checkpoint.queue.values)
    for (const transaction of this.#byCommit()) queue.addAll(this.#putBy(transaction))
    return { held: this.#without(queue.values), records: this.records, puts: this.puts, openPuts, openTakes }
  }

  #add(open: Open, transactionId: number, pointer: Pointer): void {
    const pointers = open.get(transactionId)
    if (pointers === undefined) open.set(transactionId, [pointer])
    else pointers.push(pointer)
  }

  #commit({ transactionId, writeOrderId, commitKind }: LogRecord): void {
    if (commitKind === commitKinds.takes) {
      this.#taken.addAll(this.#openTakes.get(transactionId) ?? [])
      this.#openTakes.delete(transactionId)
      return
    }
    this.#starts.add(this.#put.length)
    this.#orders.add(writeOrderId)
    this.#put.addAll(this.#openPuts.get(transactionId) ?? [])
    this.#openPuts.delete(transactionId)
  }

  #drop(transactionId: number): void {
    this.#openPuts.delete(transactionId)
    this.#giveBack(transactionId)
    this.#openTakes.delete(transactionId)
  }

  /** What the checkpoint has as taken is in its queue no more. */
  #giveBack(transactionId: number): void {
    for (const pointer of this.#checkpoint?.openTakes.get(transactionId) ?? []) this.#returned.push(pointer)
  }

  /** Transactions in the order of their commits. */
  #byCommit(): Float64Array {
    const orders = this.#orders.values
    const inOrder = Float64Array.from(orders, (_, i) => i)
    return inOrder.sort((a, b) => (orders[a] ?? 0) - (orders[b] ?? 0))
  }

  #putBy(transaction: number): Float64Array {
    const starts = this.#starts.values
    return this.#put.values.subarray(starts[transaction], starts[transaction + 1])
  }

  #without(queue: Float64Array): Float64Array {
    const taken = this.#taken.values.sort()
    return taken.length === 0 ? queue : queue.filter((pointer) => !hasSorted(taken, pointer))
  }
}

export interface ReplayOptions {
  readonly checkpoint: Checkpoint | undefined
  readonly report: ScanReport
  readonly log: Log
  readonly clock: Clock
}

/** A log file, and where its records begin that are not in the checkpoint. */
export interface ReplayedLog {
  readonly file: LogFile
  readonly start: number
}

/**
 * Reads the log files, oldest first. Needs 8 bytes for every event that is held or in an open transaction and for every put and take that is not in the
 * checkpoint, and 16 more for each of their transactions. Throws system errors.
 */
export const replay = async (logs: readonly ReplayedLog[], options: ReplayOptions): Promise<Replayed> => {
  const { checkpoint, report, log, clock } = options
  const state = new Replay(checkpoint)
  const progress = new Progress(log, clock)
  const bytes = logs.reduce((sum, { file, start }) => sum + Math.max(0, file.size - start), 0)
  let bytesBefore = 0
  for (const { file, start } of logs) {
    const scan = new LogScan(file, start, report)
    for (let record = scan.next(); record !== undefined; record = scan.next()) {
      state.apply(record)
      if (state.records % recordsPerTurn > 0) continue
      const done = bytesBefore + scan.position - start
      progress.say(() => `${state.records} records of Flume’s log files read, ${Math.floor((100 * done) / bytes)} %.`)
      await setImmediate()
    }
    bytesBefore += Math.max(0, file.size - start)
  }
  return state.result()
}
