/**
 * The file channel's queue on disk behind a memory that shares its ordinals: every event of the channel has one, whether it is stored or not, and they
 * alone tell the order. Ordinals that memory keeps are noted as taken before a later one is stored, so that a start after a crash does not look for them;
 * events of memory that are written down take them back.
 */
import { Bell } from '../../src/base/bell.ts'
import { Ring } from '../../src/base/ring.ts'
import type { LostEvents } from '../../src/flow/channel.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Slice } from '../file/backlog.ts'
import { DiskQueue, type DiskQueueChanges, type DiskQueueOptions } from '../file/disk-queue.ts'
import type { Slice as MemorySlice } from '../memory/segment.ts'
import type { Put } from './put-line.ts'
import { rangesOf, writeFiles } from './write-down.ts'

/** Something that may go on once every ordinal below `first` that is not on disk is noted. */
interface Entry {
  readonly first: number
  /** Where the ordinals of memory begin that lie before it. */
  readonly unnoted: number | undefined
  readonly events: number
  readonly bytes: number
  readonly enter: () => void
  readonly refuse: (thrown: unknown) => void
}

export class Overflow {
  readonly #queue: DiskQueue
  readonly #context: Context
  readonly #options: DiskQueueOptions
  readonly #changes: DiskQueueChanges
  /** Where the ordinals that memory has kept since the last put begin. */
  #unnoted: number | undefined
  /** Where ordinals begin whose note has failed. */
  #owed: number | undefined
  readonly #entries = new Ring<Entry>()
  #entering = 0
  #enteringBytes = 0
  readonly #entered = new Bell()
  /** First ordinals of the puts that are on their way. */
  readonly #pending = new Ring<number>()
  #isSpoilt = false

  private constructor(queue: DiskQueue, options: DiskQueueOptions, context: Context, changes: DiskQueueChanges) {
    this.#queue = queue
    this.#options = options
    this.#context = context
    this.#changes = changes
  }

  /** Throws as the file channel's open. */
  static async open(options: DiskQueueOptions, context: Context, changes: DiskQueueChanges): Promise<Overflow> {
    return new Overflow(await DiskQueue.open(options, context, changes), options, context, changes)
  }

  /** Events held, those in open takes and those that are being stored included. */
  get held(): number {
    return this.#queue.held + this.#entering
  }

  get lost(): LostEvents {
    return this.#queue.files.quarantine.lost
  }

  /** Whether there is something to take. */
  get isEmpty(): boolean {
    return this.#queue.isEmpty
  }

  /** Events of memory with lower ordinals come before everything that is here, or on its way here. */
  get bound(): number {
    this.#forgetSettled()
    return Math.min(this.#queue.first ?? Infinity, this.#pending.peek() ?? Infinity)
  }

  /** Gives ordinals to events that stay in memory, and returns the first. */
  reserve(events: number): number {
    const first = this.#queue.reserve(events)
    this.#unnoted ??= first
    return first
  }

  /**
   * Has its place in the order at once; resolves when it is stored. Rejects with CHANNEL_NO_SPACE or CHANNEL_DISK. Calls `admitted` at once as long as what
   * waits for a note, and what is under way, is below the limit of that; else when it is under way itself.
   */
  put({ batch, bytes, admitted }: Put): Promise<void> {
    const first = this.#queue.reserve(batch.length)
    this.#pending.push(first)
    if (this.#unnoted === undefined && this.#owed === undefined && this.#entries.length === 0)
      return this.#queue.add(batch, first, admitted)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const isFree = this.#queue.isFree(this.#enteringBytes)
    const late = isFree ? undefined : admitted
    this.#enqueue({
      first,
      events: batch.length,
      bytes,
      enter: () => void this.#queue.add(batch, first, late).then(resolve, reject),
      refuse: (thrown) => {
        this.#forgetSettled()
        this.#pending.shift()
        reject(this.#queue.diskFault(thrown, 'put'))
        this.#changes.came()
      },
    })
    if (isFree) admitted?.()
    return promise
  }

  /** Up to `max` events from the head, of batches that begin below the ordinal `before`. Throws CHANNEL_DISK. */
  cut(max: number, before?: number): Slice[] {
    return this.#queue.cut(max, before)
  }

  committed(slices: readonly Slice[]): Promise<void> {
    return this.#queue.committed(slices)
  }

  back(slices: readonly Slice[]): void {
    this.#queue.back(slices)
  }

  /** Events of memory are stored with the ordinals that they have. Rejects with a system error when they are not; that one may be tried again. */
  async writeDown(slices: readonly MemorySlice[]): Promise<void> {
    if (this.#isSpoilt) throw new Error('files of an earlier try are in the way')
    await this.#noted()
    const ranges = rangesOf(slices)
    const { fileBytesMax } = this.#options
    const written = await writeFiles(this.#queue.files, slices, fileBytesMax, (files) => this.#discard(files))
    try {
      await this.#queue.note([], ranges)
    } catch (thrown) {
      // Whether the note lasts is not known: with it the files count at the next start, without it they are removed.
      this.#isSpoilt = true
      for (const file of written) file.close()
      throw thrown
    }
    const events = ranges.reduce((sum, { from, to }) => sum + (to - from), 0)
    this.#queue.adopt(written, events)
  }

  async close(): Promise<void> {
    while (this.#entries.length > 0) await this.#entered.rung
    await this.#queue.close()
  }

  /** Resolves when all ordinals of memory are noted as taken. */
  #noted(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#enqueue({ first: this.#queue.reserve(0), events: 0, bytes: 0, enter: resolve, refuse: reject })
    return promise
  }

  /** Puts that are stored or have failed are on their way no more. */
  #forgetSettled(): void {
    while ((this.#pending.peek() ?? Infinity) < this.#queue.settledEnd) this.#pending.shift()
  }

  #enqueue(entry: Omit<Entry, 'unnoted'>): void {
    this.#entries.push({ ...entry, unnoted: this.#unnoted })
    this.#unnoted = undefined
    this.#entering += entry.events
    this.#enteringBytes += entry.bytes
    if (this.#entries.length === 1) void this.#enterAll()
  }

  /** One after the other, each behind the note that it needs. */
  async #enterAll(): Promise<void> {
    for (let entry = this.#entries.peek(); entry !== undefined; entry = this.#entries.peek()) {
      const refused = await this.#note(entry)
      this.#entries.shift()
      this.#entering -= entry.events
      this.#enteringBytes -= entry.bytes
      if (refused === undefined) entry.enter()
      else entry.refuse(refused.thrown)
    }
    this.#entered.ring()
  }

  /** The ordinals before an entry are noted, and what is stored from there on goes into another file: none has ordinals of memory in its middle. */
  async #note({ first, unnoted }: Entry): Promise<{ readonly thrown: unknown } | undefined> {
    const from = this.#owed ?? unnoted
    if (from === undefined || from === first) return undefined
    try {
      await this.#queue.idle()
      await this.#queue.note([{ from, to: first }])
      this.#queue.files.roll()
      this.#owed = undefined
      return undefined
    } catch (thrown) {
      this.#owed = from
      return { thrown }
    }
  }

  #discard(files: readonly { readonly folder: string; remove(): void }[]): void {
    this.#isSpoilt = true
    for (const file of files) file.remove()
    for (const folder of new Set(files.map((file) => file.folder))) this.#context.disk.syncFolder(folder)
    this.#isSpoilt = false
  }
}
