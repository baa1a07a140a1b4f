/**
 * The channel on disk. A put is written behind the puts before it and resolves when a sync that covers it has worked; a take is committed by a note in the
 * journal of takes, synced likewise. Whatever waits for a sync shares it. What a start finds is told by the files alone: README.md has their format, and
 * what a crash at each step leaves.
 */
import { assert, rethrowBroken } from '../../src/base/assert.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import { type Channel, nothingTaken, type Take } from '../../src/flow/channel.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { type Receipt, settledReceipt } from '../../src/flow/receipt.ts'
import { type Putter, type Taker, takeWaitMinMs, Waiters } from '../../src/flow/waiters.ts'
import { Backlog, joined, rangeOf, type Slice } from './backlog.ts'
import { GroupCommit } from './group-commit.ts'
import { openStore, type Store, type StoreOptions } from './store.ts'
import type { Range } from './ordinals.ts'
import { PutStore } from './put-store.ts'

export interface FileChannelOptions extends StoreOptions {
  readonly name: string
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  /** Syncs every so often instead of with every put; undefined for every put. */
  readonly syncEveryMs: number | undefined
  /** Bytes of events kept in memory for the next takes. */
  readonly memoryBytesMax: number
}

const done = Promise.resolve()
/** Files are looked through for ones to remove after so many commits. */
const commitsPerRemoval = 64

/** What there is once the channel is open. */
interface Running {
  readonly store: Store
  readonly puts: PutStore
  readonly takes: GroupCommit<readonly Range[]>
  readonly backlog: Backlog
}

export class FileChannel implements Channel {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly durable = true
  readonly #options: FileChannelOptions
  readonly #context: Context
  readonly #putters: Waiters<Putter>
  readonly #takers: Waiters<Taker>
  #running: Running | undefined
  #commits = 0
  #closed = false

  constructor(options: FileChannelOptions, context: Context) {
    this.#options = options
    this.#context = context
    this.capacity = options.capacity
    this.transactionCapacity = options.transactionCapacity
    this.#putters = new Waiters(context.clock, options.keepAliveMs)
    this.#takers = new Waiters(context.clock, Math.max(takeWaitMinMs, options.keepAliveMs))
  }

  get held(): number {
    if (this.#running === undefined) return 0
    const { puts, store } = this.#running
    return puts.nextOrdinal - store.journal.taken.count
  }

  /** Takes the locks and finds what is held, a stopped Flume's channel included. Throws FOLDER_LOCKED, FLUME_CHANNEL_ENCRYPTED and system errors. */
  async open(): Promise<void> {
    assert(this.#running === undefined, 'a file channel is opened once')
    if (this.#closed) return
    const store = await openStore(this.#options, this.#context)
    const { files, journal, nextOrdinal } = store
    const takes = new GroupCommit((groups: readonly (readonly Range[])[]) => journal.add(groups.flat()))
    const { memoryBytesMax } = this.#options
    const lost = (range: Range): void => void this.#void(range)
    const first = journal.taken.firstMissing(0)
    const backlog = new Backlog({ files, taken: journal.taken, memoryBytesMax, lost }, first, nextOrdinal)
    const puts = new PutStore({
      ...this.#options,
      context: this.#context,
      store,
      stored: (group) => {
        for (const batch of group) backlog.push(batch)
        this.#serve()
      },
      failed: (range) => {
        backlog.skip(range)
        void this.#void(range)
      },
    })
    this.#running = { store, puts, takes, backlog }
    this.#context.counters.set('Unhealthy', 0)
    this.#context.log.info(`Channel ${this.#options.name} holds ${this.held} events in ${files.count} data files.`)
    this.#serve()
  }

  put(batch: Batch, admitted?: () => void): Promise<Receipt> {
    const refused = this.#cannotTake(batch)
    if (refused !== undefined) return Promise.reject(refused)
    if (batch.length === 0) return Promise.resolve(settledReceipt)
    if (this.#putters.length === 0 && this.held + batch.length <= this.capacity) return this.#admit(batch, admitted)
    return this.#waitForRoom(batch, admitted)
  }

  take(max: number, signal: AbortSignal): Promise<Take> {
    assert(max >= 1, `A take of ${max} events`)
    if (this.#closed || signal.aborted) return Promise.resolve(nothingTaken)
    const most = Math.min(max, this.transactionCapacity)
    return new Promise((resolve, reject) => {
      if (this.#running?.backlog.isEmpty === false && this.#takers.length === 0)
        return this.#give(most, resolve, reject)
      const giveUp = (): void => resolve(nothingTaken)
      this.#takers.add({ max: most, signal, resolve, reject, giveUp, deadlineMs: 0 })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#takers.close()
    this.#putters.close()
    const running = this.#running
    if (running === undefined) return
    await running.puts.close()
    await running.takes.idle()
    running.store.close()
  }

  /** For open takes: these events are stored elsewhere. Rejects when that could not be noted; they are still held then. */
  async committed(slices: readonly Slice[]): Promise<void> {
    const { takes, store } = this.#opened()
    try {
      await takes.add(slices.map(rangeOf))
    } catch (thrown) {
      throw this.#diskFault(thrown, 'EventTakeErrorCount')
    }
    const { taken } = store.journal
    const isFirstDone = (store.files.all[0]?.endOrdinal ?? Infinity) <= taken.firstMissing(0)
    if (isFirstDone || ++this.#commits % commitsPerRemoval === 0) store.removeTaken()
    this.#letIn()
  }

  /** For open takes: these events come back to the head. */
  rolledBack(slices: readonly Slice[]): void {
    if (this.#closed) return
    this.#opened().backlog.back(slices)
    this.#serve()
  }

  #opened(): Running {
    assert(this.#running !== undefined, 'a file channel was used before it was open')
    return this.#running
  }

  #cannotTake(batch: Batch): Fault | undefined {
    const { name, transactionCapacity } = this.#options
    if (this.#closed || this.#running === undefined) return new Fault('CHANNEL_CLOSED', { channel: name })
    if (batch.length <= transactionCapacity) return undefined
    return new Fault('BATCH_TOO_LARGE', { channel: name, events: batch.length, transactionCapacity })
  }

  async #admit(batch: Batch, admitted: (() => void) | undefined): Promise<Receipt> {
    const stored = this.#opened().puts.add(batch)
    admitted?.()
    try {
      await stored
      return settledReceipt
    } catch (thrown) {
      throw this.#diskFault(thrown, 'EventPutErrorCount')
    }
  }

  #waitForRoom(batch: Batch, admitted: (() => void) | undefined): Promise<Receipt> {
    const { name, keepAliveMs } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>()
    const giveUp = (): void => {
      const details = { channel: name, events: batch.length, seconds: keepAliveMs / 1000 }
      reject(this.#closed ? new Fault('CHANNEL_CLOSED', { channel: name }) : new Fault('CHANNEL_FULL', details))
      this.#letIn()
    }
    this.#putters.add({ batch, admitted, resolve, giveUp, deadlineMs: 0 })
    return promise
  }

  /** Room may have come up: waiting puts go in, in order, as far as they fit. */
  #letIn(): void {
    if (this.#closed) return
    for (let next = this.#putters.first(); next !== undefined; next = this.#putters.first()) {
      if (this.held + next.batch.length > this.capacity) return
      this.#putters.shift()
      next.resolve(this.#admit(next.batch, next.admitted))
    }
  }

  /** Events have come: waiting takes get them. */
  #serve(): void {
    while (!this.#closed && this.#running?.backlog.isEmpty === false) {
      const taker = this.#takers.shift()
      if (taker === undefined) return
      this.#give(taker.max, taker.resolve, taker.reject)
    }
  }

  #give(max: number, resolve: (take: Take) => void, reject: (reason: unknown) => void): void {
    try {
      const slices = this.#opened().backlog.cut(max)
      resolve(slices.length === 0 ? nothingTaken : new FileTake(this, slices))
    } catch (thrown) {
      rethrowBroken(thrown)
      reject(this.#diskFault(thrown, 'EventTakeErrorCount'))
    }
  }

  /** These events never will be taken: they are noted as taken, so that the next start does not look for them. */
  async #void(range: Range): Promise<void> {
    try {
      await this.#opened().takes.add([range])
      this.#letIn()
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#context.log.debug(`Ordinals ${range.from} to ${range.to} were not noted: ${reasonOf(thrown)}.`)
    }
  }

  #diskFault(thrown: unknown, counter: string): unknown {
    this.#context.counters.add(counter, 1)
    if (thrown instanceof Fault) return thrown
    rethrowBroken(thrown)
    return new Fault('CHANNEL_DISK', { channel: this.#options.name, problem: reasonOf(thrown) }, thrown)
  }
}

class FileTake implements Take {
  readonly events: Batch
  readonly #channel: FileChannel
  #slices: readonly Slice[] | undefined

  constructor(channel: FileChannel, slices: readonly Slice[]) {
    this.events = joined(slices)
    this.#channel = channel
    this.#slices = slices
  }

  async commit(): Promise<void> {
    const slices = this.#slices
    assert(slices !== undefined, 'A take was committed twice, or after it was rolled back')
    this.#slices = undefined
    try {
      await this.#channel.committed(slices)
    } catch (thrown) {
      this.#slices = slices
      throw thrown
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    const slices = this.#slices
    this.#slices = undefined
    if (slices !== undefined) this.#channel.rolledBack(slices)
    return done
  }
}
