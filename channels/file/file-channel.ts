/**
 * The channel on disk: the queue there, with a capacity, and with puts and takes that wait. A put is written behind the puts before it and resolves when a sync that covers it has worked; a take is committed by a note in the
 * journal of takes, synced likewise. Whatever waits for a sync shares it. What a start finds is told by the files alone: README.md has their format, and
 * what a crash at each step leaves.
 */
import { assert, rethrowBroken } from '../../src/base/assert.ts'
import { Fault } from '../../src/base/faults.ts'
import { type Channel, type LostEvents, nothingTaken, type Take } from '../../src/flow/channel.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { type Receipt, settledReceipt } from '../../src/flow/receipt.ts'
import { type Putter, type Taker, takeWaitMinMs, Waiters } from '../../src/flow/waiters.ts'
import { joined, type Slice } from './backlog.ts'
import { DiskQueue, type DiskQueueOptions } from './disk-queue.ts'
import { tooManyBytes } from './record-limit.ts'

export interface FileChannelOptions extends DiskQueueOptions {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
}

const done = Promise.resolve()

export class FileChannel implements Channel {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly durable = true
  readonly #options: FileChannelOptions
  readonly #context: Context
  readonly #putters: Waiters<Putter>
  readonly #takers: Waiters<Taker>
  #queue: DiskQueue | undefined
  #opening: Promise<DiskQueue> | undefined
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
    return this.#queue?.held ?? 0
  }

  get lost(): LostEvents | undefined {
    return this.#queue?.files.quarantine.lost
  }

  /** Takes the locks and finds what is held, a stopped Flume's channel included. Throws FOLDER_LOCKED, FLUME_CHANNEL_ENCRYPTED and system errors. */
  async open(): Promise<void> {
    assert(this.#queue === undefined, 'a file channel is opened once')
    if (this.#closed) return
    const changes = { came: () => this.#serve(), went: () => this.#letIn() }
    this.#opening = DiskQueue.open(this.#options, this.#context, changes)
    const queue = await this.#opening
    if (this.#closed) return
    this.#queue = queue
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
      if (this.#queue?.isEmpty === false && this.#takers.length === 0) return this.#give(most, resolve, reject)
      const giveUp = (): void => resolve(nothingTaken)
      this.#takers.add({ max: most, signal, resolve, reject, giveUp, deadlineMs: 0 })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#takers.close()
    this.#putters.close()
    const queue = await this.#opening?.catch(() => undefined)
    await queue?.close()
  }

  /** For open takes: these events are stored elsewhere. Rejects when that could not be noted; they are still held then. */
  committed(slices: readonly Slice[]): Promise<void> {
    if (this.#closed) return Promise.reject(this.#isClosed())
    return this.#opened().committed(slices)
  }

  /** For open takes: these events come back to the head. */
  rolledBack(slices: readonly Slice[]): void {
    if (this.#closed) return
    this.#opened().back(slices)
    this.#serve()
  }

  #opened(): DiskQueue {
    assert(this.#queue !== undefined, 'a file channel was used before it was open')
    return this.#queue
  }

  #isClosed(): Fault {
    return new Fault('CHANNEL_CLOSED', { channel: this.#options.name })
  }

  #cannotTake(batch: Batch): Fault | undefined {
    const { name, transactionCapacity } = this.#options
    if (this.#closed || this.#queue === undefined) return this.#isClosed()
    if (batch.length <= transactionCapacity) return tooManyBytes(name, batch)
    return new Fault('BATCH_TOO_LARGE', { channel: name, events: batch.length, transactionCapacity })
  }

  async #admit(batch: Batch, admitted: (() => void) | undefined): Promise<Receipt> {
    await this.#opened().add(batch, undefined, admitted)
    return settledReceipt
  }

  #waitForRoom(batch: Batch, admitted: (() => void) | undefined): Promise<Receipt> {
    const { name, keepAliveMs } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>()
    const giveUp = (): void => {
      const details = { channel: name, events: batch.length, seconds: keepAliveMs / 1000 }
      reject(this.#closed ? this.#isClosed() : new Fault('CHANNEL_FULL', details))
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
    while (!this.#closed && this.#queue?.isEmpty === false) {
      const taker = this.#takers.shift()
      if (taker === undefined) return
      this.#give(taker.max, taker.resolve, taker.reject)
    }
  }

  #give(max: number, resolve: (take: Take) => void, reject: (reason: unknown) => void): void {
    try {
      const slices = this.#opened().cut(max)
      resolve(slices.length === 0 ? nothingTaken : new FileTake(this, slices))
    } catch (thrown) {
      rethrowBroken(thrown)
      reject(thrown)
    }
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
