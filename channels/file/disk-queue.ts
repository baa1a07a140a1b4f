/**
 * What a channel holds on disk: puts, takes and the notes of what was taken, in the order of the ordinals. There are no limits and nobody waits here: the
 * file channel adds both, and so does the spillable one, whose memory shares the ordinals.
 */
import { rethrowBroken } from '../../src/base/assert.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { Backlog, rangeOf, type Slice } from './backlog.ts'
import type { DataFile } from './data-file.ts'
import type { DataFiles } from './data-files.ts'
import { DiskHealth, type DiskWork } from './disk-health.ts'
import { GroupCommit } from './group-commit.ts'
import { warnOfLittleSpace } from './little-space.ts'
import type { Range } from './ordinals.ts'
import { PutStore } from './put-store.ts'
import { openStore, type Store, type StoreOptions } from './store.ts'

export interface DiskQueueOptions extends StoreOptions {
  readonly name: string
  /** Syncs every so often instead of with every put; undefined for every put. */
  readonly syncEveryMs: number | undefined
  /** Bytes of events kept in memory for the next takes. */
  readonly memoryBytesMax: number
  /** Bytes of them read at once when that runs empty; a megabyte where it is left out. */
  readonly readBytes?: number | undefined
  /** Bytes of records that may be on their way to the disk before the next put waits; 64 MB where it is left out. */
  readonly bytesUnderWayMax?: number | undefined
}

export interface DiskQueueChanges {
  /** Events may have come, or it is settled that some never will. */
  readonly came: () => void
  /** Events may have gone. */
  readonly went: () => void
}

/** Ranges that are taken, and ranges that are held after all. */
interface Note {
  readonly taken: readonly Range[]
  readonly held?: readonly Range[]
  /** Of those that are taken: they were not, and are in no data file. */
  readonly lost?: readonly Range[]
}

/** Two notes of what was lost, or never stored, as one where the later one goes on from the other: on a failing disk they would become many. */
const joinedNote = (before: Note, { taken, lost }: Note): Note | undefined => {
  const [first, next] = [before.taken[0], taken[0]]
  if (first === undefined || first.to !== next?.from || (before.lost === undefined) !== (lost === undefined))
    return undefined
  const both = [{ from: first.from, to: next.to }]
  return lost === undefined ? { taken: both } : { taken: both, lost: both }
}

/** Files are looked through for ones to remove after so many commits. */
const commitsPerRemoval = 64

export class DiskQueue {
  readonly #options: DiskQueueOptions
  readonly #context: Context
  readonly #changes: DiskQueueChanges
  readonly #store: Store
  readonly #puts: PutStore
  readonly #notes: GroupCommit<Note>
  readonly #backlog: Backlog
  readonly #health: DiskHealth
  /** Never to be taken, and the journal could not be written when that came out: the next note that works has them. */
  #lostUnnoted: readonly Note[] = []
  #held: number
  #settledEnd: number
  #commits = 0

  private constructor(options: DiskQueueOptions, context: Context, changes: DiskQueueChanges, store: Store) {
    const { files, journal, nextOrdinal } = store
    this.#options = options
    this.#context = context
    this.#changes = changes
    this.#store = store
    this.#health = new DiskHealth(context.counters)
    this.#notes = new GroupCommit(async (notes) => {
      const unnoted = this.#lostUnnoted
      const all = [...unnoted, ...notes]
      await journal.add(
        all.flatMap(({ taken }) => taken),
        {
          held: all.flatMap(({ held }) => held ?? []),
          lost: all.flatMap(({ lost }) => lost ?? []),
          end: this.#settledEnd,
        },
      )
      this.#lostUnnoted = this.#lostUnnoted.filter((note) => !unnoted.includes(note))
    })
    this.#held = nextOrdinal - journal.taken.count
    this.#settledEnd = nextOrdinal
    this.#backlog = new Backlog(
      { ...options, files, taken: journal.taken, lost: (range) => this.#lose({ taken: [range], lost: [range] }) },
      journal.taken.firstMissing(0),
      nextOrdinal,
    )
    this.#puts = new PutStore({
      ...options,
      context,
      store,
      stored: (group) => {
        for (const batch of group) this.#backlog.push(batch)
        const last = group.at(-1)
        if (last !== undefined) this.#settledEnd = last.first + last.batch.length
        changes.came()
      },
      failed: (range) => {
        this.#backlog.skip(range)
        this.#settledEnd = range.to
        this.#lose({ taken: [range] })
        changes.came()
      },
    })
  }

  /** Takes the locks and finds what is held, a stopped Flume's channel included. Throws FOLDER_LOCKED, FLUME_CHANNEL_ENCRYPTED and system errors. */
  static async open(options: DiskQueueOptions, context: Context, changes: DiskQueueChanges): Promise<DiskQueue> {
    const queue = new DiskQueue(options, context, changes, await DiskQueue.#openStore(options, context))
    warnOfLittleSpace(context, options)
    context.log.info(`Channel ${options.name} holds ${queue.held} events in ${queue.files.count} data files.`)
    return queue
  }

  static async #openStore(options: DiskQueueOptions, context: Context): Promise<Store> {
    try {
      return await openStore(options, context)
    } catch (thrown) {
      context.counters.set('Unhealthy', 1)
      throw thrown
    }
  }

  /** Events held, those in open takes and those that are being stored included. */
  get held(): number {
    return this.#held
  }

  get isEmpty(): boolean {
    return this.#backlog.isEmpty
  }

  /** Not above the ordinal of what is taken next; undefined when nothing is to be taken. */
  get first(): number | undefined {
    return this.#backlog.first
  }

  /** After the last put that is stored or has failed. */
  get settledEnd(): number {
    return this.#settledEnd
  }

  get files(): DataFiles {
    return this.#store.files
  }

  /** Gives ordinals to events that are not stored, or not yet; returns the first. */
  reserve(events: number): number {
    return this.#puts.reserve(events)
  }

  /**
   * Resolves when the batch is stored. Rejects with CHANNEL_NO_SPACE or CHANNEL_DISK; nothing of it is held then. `first` was reserved before. The order is
   * that of the calls; `admitted` is called as soon as the batch is under way, of which there is a limit in bytes: the next one may come then.
   */
  async add(batch: Batch, first?: number, admitted?: () => void): Promise<void> {
    this.#held += batch.length
    try {
      await this.#puts.add(batch, first, admitted)
    } catch (thrown) {
      throw this.diskFault(thrown, 'put')
    }
    this.#health.worked('put')
  }

  /** Whether the next put would be under way at once, were so many bytes more there already. */
  isFree(besideBytes: number): boolean {
    return this.#puts.isFree(besideBytes)
  }

  /** Resolves when no put is on its way to the disk. */
  idle(): Promise<void> {
    return this.#puts.idle()
  }

  /** Up to `max` events from the head, of batches that begin below the ordinal `before`; none when there is nothing. Throws CHANNEL_DISK. */
  cut(max: number, before?: number): Slice[] {
    try {
      const slices = this.#backlog.cut(max, before)
      this.#health.worked('take')
      return slices
    } catch (thrown) {
      throw this.diskFault(thrown, 'take')
    }
  }

  /** These events are stored elsewhere. Rejects when that could not be noted; they are still held then. */
  async committed(slices: readonly Slice[]): Promise<void> {
    try {
      await this.note(slices.map(rangeOf))
    } catch (thrown) {
      throw this.diskFault(thrown, 'commit')
    }
    this.#health.worked('commit')
    this.#held -= slices.reduce((sum, { from, to }) => sum + (to - from), 0)
    const { taken } = this.#store.journal
    const isFirstDone = (this.files.all[0]?.endOrdinal ?? Infinity) <= taken.firstMissing(0)
    if (isFirstDone || ++this.#commits % commitsPerRemoval === 0) this.#store.removeTaken()
    this.#changes.went()
  }

  /** These events come back to the head. */
  back(slices: readonly Slice[]): void {
    this.#backlog.back(slices)
  }

  /** Notes ordinals as taken, and others as held after all; resolves when that lasts. Throws system errors. */
  note(taken: readonly Range[], held: readonly Range[] = []): Promise<void> {
    return this.#notes.add({ taken, held })
  }

  /** Files with so many events, whose ordinals count as held, take their places among the others. What runs here does not take them: the next start does. */
  adopt(files: readonly DataFile[], events: number): void {
    this.files.adopt(files)
    this.#held += events
  }

  async close(): Promise<void> {
    await this.#puts.close()
    await this.#notes.idle()
    await this.#noteEnd()
    this.#store.close()
  }

  /** So that the next start, or whoever looks, can tell a damaged end from a put that was cut off. */
  async #noteEnd(): Promise<void> {
    if (this.#settledEnd <= this.#store.journal.end) return
    try {
      await this.note([])
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#context.log.debug(`Channel ${this.#options.name}: where its puts end was not noted: ${reasonOf(thrown)}.`)
    }
  }

  /** What a put, a take or its commit throws, counted. */
  diskFault(thrown: unknown, work: DiskWork): unknown {
    this.#health.refused(work)
    if (thrown instanceof Fault) return thrown
    rethrowBroken(thrown)
    return new Fault('CHANNEL_DISK', { channel: this.#options.name, problem: reasonOf(thrown) }, thrown)
  }

  /** These events never will be taken: they are noted as taken, so that the next start does not look for them. */
  #lose(note: Note): void {
    for (const { from, to } of note.taken) this.#held -= to - from
    void this.#noteLost(note)
  }

  async #noteLost(note: Note): Promise<void> {
    try {
      await this.#notes.add(note)
    } catch (thrown) {
      rethrowBroken(thrown)
      const ranges = note.taken.map(({ from, to }) => `${from} to ${to}`).join(', ')
      this.#context.log.debug(`Ordinals ${ranges} were not noted: ${reasonOf(thrown)}.`)
      const last = this.#lostUnnoted.at(-1)
      const joined = last === undefined ? undefined : joinedNote(last, note)
      this.#lostUnnoted = [
        ...(joined === undefined ? this.#lostUnnoted : this.#lostUnnoted.slice(0, -1)),
        joined ?? note,
      ]
    }
    this.#changes.went()
  }
}
