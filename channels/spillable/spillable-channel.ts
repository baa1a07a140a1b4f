/**
 * The channel that is in memory as long as the sinks keep up, and on disk beyond. A batch is in memory whole, and settles by its sinks, or on disk whole, and
 * settles by its sync; ordinals that both share keep the order. When the agent stops, memory is written down.
 */
import { assert, rethrowBroken } from '../../src/base/assert.ts'
import { counted } from '../../src/base/counted.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import { type Channel, type LostEvents, nothingTaken, type Take } from '../../src/flow/channel.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { type Receipt, settledReceipt } from '../../src/flow/receipt.ts'
import { type Taker, takeWaitMinMs, Waiters } from '../../src/flow/waiters.ts'
import type { DiskQueueOptions } from '../file/disk-queue.ts'
import { tooManyBytes } from '../file/record-limit.ts'
import type { Slice } from '../memory/segment.ts'
import { cutInTurns } from './in-turns.ts'
import { type MemoryLimits, MemoryPart } from './memory-part.ts'
import { Overflow } from './overflow.ts'
import { type Put, PutLine } from './put-line.ts'
import { type Parts, SpillTake, type TakeOwner } from './spill-take.ts'

export interface SpillableOptions {
  readonly name: string
  readonly transactionCapacity: number
  readonly memory: MemoryLimits
  /** The most events on disk; with 0 there is no disk. */
  readonly overflowCapacity: number
  readonly disk: DiskQueueOptions
  /** How long a put waits for room in memory, before it goes to the disk. */
  readonly overflowTimeoutMs: number
  /** How long a put waits for room anywhere, and a take for events. */
  readonly keepAliveMs: number
  /** Once so much of memory is free, puts go there again. */
  readonly memoryAgainPercent: number
}

export class SpillableChannel implements Channel, TakeOwner {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly durable: boolean
  readonly #options: SpillableOptions
  readonly #context: Context
  readonly #memory: MemoryPart
  readonly #line: PutLine
  readonly #takers: Waiters<Taker>
  readonly #open = new Set<SpillTake>()
  #overflow: Overflow | undefined
  #opening: Promise<Overflow> | undefined
  /** Where there is no disk. */
  #nextOrdinal = 0
  /** Puts go to the disk, although memory may have room. */
  #isSpilling: boolean
  /** Nothing is given to takes any more, and nothing is put into memory. */
  #isStopping = false
  #writing: Promise<boolean> | undefined
  #isClosed = false

  constructor(options: SpillableOptions, context: Context) {
    const { memory, overflowCapacity, overflowTimeoutMs, keepAliveMs } = options
    this.#options = options
    this.#context = context
    this.capacity = memory.events + overflowCapacity
    this.transactionCapacity = Math.min(options.transactionCapacity, Math.max(memory.events, overflowCapacity))
    this.durable = overflowCapacity > 0
    this.#isSpilling = memory.events === 0
    this.#memory = new MemoryPart(memory)
    this.#takers = new Waiters(context.clock, Math.max(takeWaitMinMs, keepAliveMs))
    this.#line = new PutLine({
      clock: context.clock,
      overflowTimeoutMs,
      keepAliveMs,
      place: (put, isOverdue) => this.#place(put, isOverdue),
      waitsForMemory: (put) => this.#waitsForMemory(put),
      refusal: ({ batch }) => this.#refusal(batch),
    })
  }

  get held(): number {
    return this.#memory.held + (this.#overflow?.held ?? 0)
  }

  get lost(): LostEvents | undefined {
    return this.#overflow?.lost
  }

  /** Events held in memory. */
  get heldInMemory(): number {
    return this.#memory.held
  }

  /** As the file channel's, unless there is no disk. */
  async open(): Promise<void> {
    assert(this.#overflow === undefined, 'a spillable channel is opened once')
    if (this.#isClosed || !this.durable) return
    const changes = { came: () => this.#serve(), went: () => this.#line.letIn() }
    this.#opening = Overflow.open(this.#options.disk, this.#context, changes)
    const overflow = await this.#opening
    if (this.#isClosed) return
    this.#overflow = overflow
    this.#serve()
  }

  put(batch: Batch, admitted?: () => void): Promise<Receipt> {
    const refused = this.#cannotTake(batch)
    if (refused !== undefined) return Promise.reject(refused)
    if (batch.length === 0) return Promise.resolve(settledReceipt)
    return this.#line.put({ batch, bytes: this.#memory.charge(batch), admitted })
  }

  take(max: number, signal: AbortSignal): Promise<Take> {
    assert(max >= 1, `A take of ${max} events`)
    if (this.#isClosed || signal.aborted) return Promise.resolve(nothingTaken)
    const most = Math.min(max, this.transactionCapacity)
    return new Promise((resolve, reject) => {
      if (this.#takers.length === 0 && !this.#isStopping && this.#give(most, resolve, reject)) return
      const giveUp = (): void => resolve(nothingTaken)
      this.#takers.add({ max: most, signal, resolve, reject, giveUp, deadlineMs: 0 })
    })
  }

  async writeDown(): Promise<void> {
    if (this.#overflow === undefined || this.#isClosed || this.#isStopping) return
    this.#isStopping = true
    this.#isSpilling = true
    this.#line.letIn()
    const isWritten = await this.#write([])
    if (isWritten || this.#isClosed) return
    this.#isStopping = false
    this.#serve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isStopping = true
    this.#takers.close()
    this.#line.close()
    await this.#writing
    if (this.#overflow !== undefined) await this.#write([...this.#open].flatMap((take) => take.ofMemory))
    this.#open.clear()
    const overflow = await this.#opening?.catch(() => undefined)
    await overflow?.close()
  }

  async committed(take: SpillTake, { memory, stored }: Parts): Promise<void> {
    if (this.#isClosed && this.durable) throw new Fault('CHANNEL_CLOSED', { channel: this.#options.name })
    if (stored.length > 0) await this.#overflow?.committed(stored)
    this.#open.delete(take)
    this.#memory.settled(memory)
    const { memory: limits, memoryAgainPercent } = this.#options
    if (!this.#isStopping && limits.events > 0 && this.#memory.isFreeBy(memoryAgainPercent)) this.#isSpilling = false
    this.#line.letIn()
  }

  rolledBack(take: SpillTake, { memory, stored }: Parts): void {
    if (this.#isClosed) return
    this.#open.delete(take)
    this.#memory.back(memory)
    this.#overflow?.back(stored)
    this.#serve()
  }

  #cannotTake(batch: Batch): Fault | undefined {
    const { name, transactionCapacity } = this.#options
    if (this.#isClosed || (this.durable && this.#overflow === undefined))
      return new Fault('CHANNEL_CLOSED', { channel: name })
    if (batch.length <= transactionCapacity) return this.durable ? tooManyBytes(name, batch) : undefined
    return new Fault('BATCH_TOO_LARGE', { channel: name, events: batch.length, transactionCapacity })
  }

  #refusal(batch: Batch): Fault {
    const { name, keepAliveMs } = this.#options
    if (this.#isClosed) return new Fault('CHANNEL_CLOSED', { channel: name })
    return new Fault('CHANNEL_FULL', { channel: name, events: batch.length, seconds: keepAliveMs / 1000 })
  }

  #waitsForMemory(put: Put): boolean {
    return this.durable && !this.#isSpilling && this.#options.overflowTimeoutMs > 0 && this.#memory.couldHold(put)
  }

  /** Memory first, unless it spills over; then the disk; memory again where the disk is full. */
  #place(put: Put, isOverdue: boolean): Promise<Receipt> | undefined {
    if (this.#isClosed) return undefined
    const overflow = this.#overflow
    if (overflow === undefined) return this.#fitsAlone(put) ? this.#hold(put) : undefined
    const hasMemory = !this.#isStopping && this.#memory.hasRoom(put)
    if (hasMemory && !this.#isSpilling) return this.#hold(put)
    const isDue = isOverdue || this.#isSpilling
    if (isDue && overflow.held + put.batch.length <= this.#options.overflowCapacity) return this.#store(put, overflow)
    return hasMemory ? this.#hold(put) : undefined
  }

  /** Without a disk a batch above the byte limit gets in when there is nothing else, since it could never get in otherwise. */
  #fitsAlone(put: Put): boolean {
    const isAlone = this.#memory.held === 0 && put.batch.length <= this.#options.memory.events
    return isAlone || this.#memory.hasRoom(put)
  }

  #hold(put: Put): Promise<Receipt> {
    const events = put.batch.length
    const ordinal = this.#overflow?.reserve(events) ?? this.#nextOrdinal
    this.#nextOrdinal = ordinal + events
    const receipt = this.#memory.hold(put, ordinal)
    put.admitted?.()
    this.#serve()
    return Promise.resolve(receipt)
  }

  async #store(put: Put, overflow: Overflow): Promise<Receipt> {
    this.#isSpilling = true
    await overflow.put(put)
    return settledReceipt
  }

  /** Events may have come: waiting takes get them. */
  #serve(): void {
    while (!this.#isStopping) {
      const taker = this.#takers.first()
      if (taker === undefined || !this.#give(taker.max, taker.resolve, taker.reject)) return
      this.#takers.shift()
    }
  }

  /** False when there is nothing to give. */
  #give(max: number, resolve: (take: Take) => void, reject: (reason: unknown) => void): boolean {
    try {
      const parts = cutInTurns(this.#memory, this.#overflow, max)
      if (parts.length === 0) return false
      const take = new SpillTake(this, parts)
      this.#open.add(take)
      resolve(take)
    } catch (thrown) {
      rethrowBroken(thrown)
      reject(thrown)
    }
    return true
  }

  /** What is in memory, and `open` besides, to the disk; false when that cannot be. Never rejects. */
  async #write(open: readonly Slice[]): Promise<boolean> {
    const queued = this.#memory.cut(Infinity)
    const slices = [...queued, ...open].toSorted((a, b) => a.order - b.order || a.from - b.from)
    if (slices.length === 0) return true
    this.#writing = this.#tryWrite(slices)
    const isWritten = await this.#writing
    if (isWritten) this.#memory.settled(slices)
    else this.#memory.back(queued)
    return isWritten
  }

  async #tryWrite(slices: readonly Slice[]): Promise<boolean> {
    const { log } = this.#context
    const { name } = this.#options
    const what = counted(
      slices.reduce((sum, { from, to }) => sum + (to - from), 0),
      'event',
    )
    try {
      await this.#overflow?.writeDown(slices)
      log.info(`Channel ${name}: ${what} of memory were written down.`)
      return true
    } catch (thrown) {
      rethrowBroken(thrown)
      const then =
        'Sources that can read again deliver them again at the next start; others have lost them when the agent ends.'
      log.error(`Channel ${name}: ${what} in memory cannot be written down: ${reasonOf(thrown)}. ${then}`)
      return false
    }
  }
}
