/**
 * The way of puts to the disk: each gets its ordinals at once, and all that wait for a sync are written and synced together. How many bytes are on the way
 * is limited, since each is there a second time, as a record; what comes beyond that stands in line, with its ordinals, until the disk has taken some.
 */
import { Ring } from '../../src/base/ring.ts'
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { StoredBatch } from './backlog.ts'
import type { DataFile } from './data-file.ts'
import { GroupCommit } from './group-commit.ts'
import type { Range } from './ordinals.ts'
import { RecordBuffer } from './put-record.ts'
import type { Store } from './store.ts'

export interface PendingPut {
  readonly first: number
  readonly batch: Batch
  readonly bytes: number
}

/** A put that stands in line. */
interface WaitingPut {
  readonly first: number
  readonly batch: Batch
  readonly admitted: (() => void) | undefined
  readonly resolve: (stored: Promise<void>) => void
}

export interface PutStoreOptions {
  readonly name: string
  readonly context: Context
  readonly store: Store
  readonly dataFolders: readonly string[]
  /** Bytes that must stay free in each of them. */
  readonly requiredSpaceBytes: number
  readonly syncEveryMs: number | undefined
  readonly bytesUnderWayMax?: number | undefined
  /** Batches that are on disk, in order; called with all of a group at once. */
  readonly stored: (group: readonly StoredBatch[]) => void
  /** Ordinals that were given and are not on disk. */
  readonly failed: (range: Range) => void
}

/** The free space is asked for again after so many bytes, when there was too little, and where the next file goes to another folder. */
const bytesPerLook = 16 * 1024 * 1024

/** With so many bytes of records on their way to the disk the next put waits, so there is one put more than that at most, be it a large one. */
const bytesUnderWayMax = 64 * 1024 * 1024

export class PutStore {
  readonly #options: PutStoreOptions
  readonly #group: GroupCommit<PendingPut>
  readonly #buffer = new RecordBuffer()
  readonly #bytesUnderWayMax: number
  #bytesUnderWay = 0
  /** Empty unless as many bytes are under way as may be. */
  readonly #line = new Ring<WaitingPut>()
  #nextOrdinal: number
  /** The folder that was asked for its free space last, and what of that may still be used. */
  #lookedAt: string | undefined
  #spaceLeft = 0
  /** Files with bytes that no sync covers yet, where syncs come by time. */
  readonly #dirty = new Set<DataFile>()
  #timer: Disposable | undefined
  #syncing: Promise<void> | undefined

  constructor(options: PutStoreOptions) {
    this.#options = options
    this.#bytesUnderWayMax = options.bytesUnderWayMax ?? bytesUnderWayMax
    this.#nextOrdinal = options.store.nextOrdinal
    this.#group = new GroupCommit((puts) => this.#store(puts))
  }

  get nextOrdinal(): number {
    return this.#nextOrdinal
  }

  /** Gives ordinals to so many events, and returns the first. */
  reserve(events: number): number {
    const first = this.#nextOrdinal
    this.#nextOrdinal += events
    return first
  }

  /** Resolves when nothing is on its way to the disk. */
  idle(): Promise<void> {
    return this.#group.idle()
  }

  /**
   * Resolves when the batch is stored. Rejects with CHANNEL_NO_SPACE or a system error; nothing of it is held then. Ordinals that were reserved before
   * follow those of whatever is on its way. `admitted` is called when the next put may come.
   *
   * A put that waits here waits for the disk alone, and for no longer than those before it take: they end with a sync that works or fails. It has its
   * place in the order and in the capacity already, so it is not refused for time; nothing would be won, and a source that cannot read again would lose it.
   */
  add(batch: Batch, first = this.reserve(batch.length), admitted?: () => void): Promise<void> {
    if (this.#bytesUnderWay < this.#bytesUnderWayMax) return this.#enter(batch, first, admitted)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#line.push({ first, batch, admitted, resolve })
    return promise
  }

  /** Whether the next put would be under way at once, were so many bytes more there already. */
  isFree(besideBytes: number): boolean {
    return this.#bytesUnderWay + besideBytes < this.#bytesUnderWayMax
  }

  /** Waits for what is on its way, and syncs what only time would have. */
  async close(): Promise<void> {
    await this.#group.idle()
    this.#timer?.[Symbol.dispose]()
    await this.#syncing
    await this.#syncDirty()
  }

  #enter(batch: Batch, first: number, admitted: (() => void) | undefined): Promise<void> {
    const bytes = this.#buffer.add(batch, first)
    this.#bytesUnderWay += bytes
    const stored = this.#group.add({ first, batch, bytes })
    admitted?.()
    return stored
  }

  /** So many bytes are on their way no more: those who stand in line go on, as far as there is room. */
  #arrived(bytes: number): void {
    this.#bytesUnderWay -= bytes
    while (this.#bytesUnderWay < this.#bytesUnderWayMax) {
      const next = this.#line.shift()
      if (next === undefined) return
      next.resolve(Promise.try(() => this.#enter(next.batch, next.first, next.admitted)))
    }
  }

  /** All that was added until now; the buffer has exactly their records. */
  async #store(puts: readonly PendingPut[]): Promise<void> {
    const { stored, failed, store } = this.#options
    const first = puts[0]?.first ?? 0
    const end = puts.reduce((sum, { batch }) => sum + batch.length, first)
    const { size } = this.#buffer
    try {
      stored(await this.#write(puts, first, end))
    } catch (thrown) {
      store.files.roll()
      failed({ from: first, to: end })
      throw thrown
    } finally {
      // Before the group ends: the next one is made of those who stand in line.
      this.#arrived(size)
    }
  }

  async #write(puts: readonly PendingPut[], first: number, end: number): Promise<StoredBatch[]> {
    const { files } = this.#options.store
    const { file, position } = ((): { file: DataFile; position: number } => {
      try {
        this.#needSpace(this.#buffer.size)
        return files.append(this.#buffer, first, end)
      } catch (thrown) {
        this.#spaceLeft = 0
        throw systemCode(thrown) === 'ENOSPC' ? this.#noSpace() : thrown
      } finally {
        this.#buffer.clear()
      }
    })()
    if (this.#options.syncEveryMs === undefined) await file.sync()
    else this.#syncLater(file, this.#options.syncEveryMs)
    let at = position
    return puts.map(({ first: ordinal, batch, bytes: size }) => {
      const place = { file, position: at }
      at += size
      return { first: ordinal, batch, bytes: size, place }
    })
  }

  #needSpace(bytes: number): void {
    if (!this.#options.store.files.turnToRoom(bytes, (folder) => this.#hasRoom(folder, bytes))) throw this.#noSpace()
    this.#spaceLeft -= bytes
  }

  #hasRoom(folder: string, bytes: number): boolean {
    if (folder !== this.#lookedAt || this.#spaceLeft < bytes) {
      this.#lookedAt = folder
      this.#spaceLeft = Math.min(bytesPerLook + bytes, this.#freeIn(folder) - this.#options.requiredSpaceBytes)
    }
    return this.#spaceLeft >= bytes
  }

  #freeIn(folder: string): number {
    return this.#options.context.disk.space(folder).usableBytes
  }

  /** Names the folder with the most room: the others have even less. */
  #noSpace(): Fault {
    const { name: channel, dataFolders, requiredSpaceBytes: required } = this.#options
    const all = dataFolders.map((folder) => ({ folder, free: this.#freeIn(folder) }))
    const most = all.reduce((best, one) => (one.free > best.free ? one : best))
    return new Fault('CHANNEL_NO_SPACE', { channel, ...most, required })
  }

  #syncLater(file: DataFile, everyMs: number): void {
    this.#dirty.add(file)
    this.#timer ??= this.#options.context.clock.after(everyMs, () => {
      this.#timer = undefined
      // One that takes longer than that is not lost sight of.
      this.#syncing = this.#syncBeside(this.#syncing)
    })
  }

  async #syncBeside(before: Promise<void> | undefined): Promise<void> {
    await Promise.all([before, this.#syncDirty()])
  }

  async #syncDirty(): Promise<void> {
    for (const file of this.#dirty) {
      this.#dirty.delete(file)
      if (file.isDone) continue
      try {
        await file.sync()
      } catch (thrown) {
        if (file.isDone) continue
        // A later sync of it may work without what this one was for: what comes then is in another file, and safe with its own sync.
        this.#options.store.files.roll()
        this.#options.context.log.error(
          `Data file ${file.path} could not be synced: ${reasonOf(thrown)}. Events in it are lost if the machine fails before they are taken.`,
        )
      }
    }
  }
}
