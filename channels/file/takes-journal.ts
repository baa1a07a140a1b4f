/**
 * What was taken, kept in two small files of the checkpoint folder that are written in turns. Each begins with the whole state and goes on with what
 * changed; when one is full, the state is written to the other. Both have their full size from the start and are only written over: so takes can be
 * committed, and give space back, on a disk that has none left. Beside what was taken they say how far puts had come: what is missing below that is
 * damage, and not a put that a crash cut off. Throws system errors.
 */
import { join } from 'node:path'
import type { Disk } from '../../src/io/disk.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { writeWhole } from '../../src/io/write-whole.ts'
import { Ordinals, type Range } from './ordinals.ts'
import { findRecord, readRecord, recordOf } from './takes-record.ts'

const names = ['taken-0.journal', 'taken-1.journal'] as const
export const journalBytes = 1024 * 1024
/** An empty range says where the puts end. */
const withEnd = (ranges: readonly Range[], end: number): Range[] => [...ranges, { from: end, to: end }]

/** A range written backwards says that what is between was lost, and not taken. */
const backwards = ({ from, to }: Range): Range => ({ from: to, to: from })

/** The oldest are forgotten beyond so many: the state must stay small. */
const lostRangesMax = 4096

const addLost = (lost: Ordinals, ranges: readonly Range[]): void => {
  for (const range of ranges) lost.add(range)
  for (const range of lost.ranges.slice(0, -lostRangesMax)) lost.remove(range)
}

const endOf = (ranges: readonly Range[], before = 0): number =>
  ranges.reduce((end, { from, to }) => (from === to ? Math.max(end, to) : end), before)

interface Read {
  readonly generation: number
  readonly taken: Ordinals
  readonly lost: Ordinals
  readonly end: number
  /** All its records. */
  readonly bytes: Buffer
}

/** The first record is the state, later ones what was added, as far as they belong together. */
const readFile = (file: Buffer): Read | undefined => {
  const state = readRecord(file, 0)
  if (state === undefined || state.number !== 0) return undefined
  const taken = new Ordinals(state.ranges)
  const lost = new Ordinals(state.ranges.map(backwards))
  let [at, end] = [state.sizeInBytes, endOf(state.ranges)]
  for (let number = 1; ; number++) {
    const next = readRecord(file, at)
    if (next?.generation !== state.generation || next.number !== number) break
    for (const range of next.ranges) taken.add(range)
    addLost(lost, next.ranges.map(backwards))
    end = endOf(next.ranges, end)
    at += next.sizeInBytes
  }
  return { generation: state.generation, taken, lost, end, bytes: file.subarray(0, at) }
}

/** Where a journal is damaged, and of which generation the whole record behind that is. */
interface Damage {
  readonly name: string
  readonly position: number
  readonly generation: number
}

/** A crash cuts off the record that is written last, be it a state: no whole one of its generation follows it. */
const damageOf = (files: readonly (Buffer | undefined)[], reads: readonly (Read | undefined)[], found: Read) => {
  for (const [i, name] of names.entries()) {
    const [file, read] = [files[i], reads[i]]
    if (file === undefined || (read !== undefined && read !== found)) continue
    const position = read?.bytes.length ?? 0
    const later = findRecord(file, position, ({ generation }) =>
      read === undefined ? generation > found.generation : generation === found.generation,
    )
    if (later !== undefined) return { name, position, generation: later.generation } satisfies Damage
  }
  return undefined
}

/** Of the files in a folder, in the order of their names. */
const newest = (
  files: readonly (Buffer | undefined)[],
): (Read & { readonly damage: Damage | undefined }) | undefined => {
  const reads = files.map((file) => (file === undefined ? undefined : readFile(file)))
  const [found] = reads.flatMap((read) => read ?? []).toSorted((a, b) => b.generation - a.generation)
  return found === undefined ? undefined : { ...found, damage: damageOf(files, reads, found) }
}

const damageText = (folder: string, damage: Damage | undefined): string | undefined =>
  damage === undefined
    ? undefined
    : `${join(folder, damage.name)} is damaged at ${damage.position}: takes that were noted from there on are forgotten, and their events may come again, or be told as lost`

const openOrCreate = (disk: Disk, path: string): number => disk.open(path, disk.stat(path) === undefined ? 'wx+' : 'r+')

const wholeFile = (disk: Disk, fd: number): Buffer => {
  const file = Buffer.alloc(disk.fstat(fd).size)
  return file.subarray(0, disk.read(fd, file, 0, file.length, 0))
}

/** What a journal says, read without touching it. */
export interface JournalState {
  readonly taken: Ordinals
  readonly generation: number
  /** Every ordinal below it was put, and is in a data file unless it was taken. */
  readonly end: number
  /** A sentence without its end. */
  readonly damage: string | undefined
}

/** After the last of the events that a journal knows of and that were not taken; 0 where there is none. */
export const owedEnd = ({ taken, end }: Pick<JournalState, 'taken' | 'end'>): number =>
  taken.missing({ from: 0, to: end }).at(-1)?.to ?? 0

/** The journal in a folder as it stands now, also while another process writes it; undefined where none is whole. Throws system errors. */
export const readJournal = (disk: Disk, folder: string): JournalState | undefined => {
  const found = newest(names.map((name) => readWhole(disk, join(folder, name))))
  return found === undefined ? undefined : { ...found, damage: damageText(folder, found.damage) }
}

/** Whether a folder has files of a journal, whole or not. */
export const hasJournal = (disk: Disk, folder: string): boolean =>
  names.some((name) => disk.stat(join(folder, name)) !== undefined)

/** What may be noted beside what was taken. */
export interface Notes {
  readonly held?: readonly Range[]
  readonly lost?: readonly Range[]
  readonly end?: number
}

export class TakesJournal {
  /** What was taken, as far as it is known to last. */
  readonly taken: Ordinals
  /** What of it was not taken, but was in no data file: one that turns up with it is not to be removed. */
  readonly lost: Ordinals
  /** Whether there was one before. */
  readonly isNew: boolean
  /** What was found damaged, as a sentence without its end. */
  readonly damage: string | undefined
  readonly #disk: Disk
  readonly #fds: readonly number[]
  #end: number
  #generation: number
  /** Of the file whose state is known to last: the other one is written over. */
  #lasting: number
  #number = 0
  #at = 0
  #isFailed = false

  private constructor(disk: Disk, fds: readonly number[], folder: string, found: ReturnType<typeof newest>) {
    this.#disk = disk
    this.#fds = fds
    this.isNew = found === undefined
    this.taken = found?.taken ?? new Ordinals()
    this.lost = found?.lost ?? new Ordinals()
    this.#end = found?.end ?? 0
    this.damage = damageText(folder, found?.damage)
    this.#generation = this.#lasting = found?.generation ?? 0
    // What stands behind the damage must not pass for records of the file that is begun now: generations of its own, in the same turn.
    const behind = Math.max(0, (found?.damage?.generation ?? 0) - this.#lasting)
    this.#generation += behind + (behind % 2)
  }

  /** Every ordinal below it was put, and is in a data file unless it was taken: as far as that is known to last. */
  get end(): number {
    return this.#end
  }

  /** Reads both files, of which the newer one that is whole counts, and begins the other. Nothing stays open when it throws. */
  static async open(disk: Disk, folder: string): Promise<TakesJournal> {
    const fds: number[] = []
    try {
      for (const name of names) fds.push(openOrCreate(disk, join(folder, name)))
      const found = newest(fds.map((fd) => wholeFile(disk, fd)))
      const journal = new TakesJournal(disk, fds, folder, found)
      for (const fd of fds) journal.#stretch(fd, journalBytes)
      disk.syncFolder(folder)
      if (found !== undefined) await journal.#makeLast(found)
      await journal.add([])
      return journal
    } catch (thrown) {
      for (const fd of fds) disk.close(fd)
      throw thrown
    }
  }

  /**
   * Adds what was taken, of which some may be `lost`, takes back what is `held` after all, and notes where the puts `end`; resolves when all that lasts, or
   * nothing. One call at a time.
   */
  async add(ranges: readonly Range[], { held = [], lost = [], end = this.#end }: Notes = {}): Promise<void> {
    const notes = { ranges, held, lost, end }
    const added = [...ranges, ...lost.map(backwards)]
    const record = recordOf(this.#generation, this.#number, end > this.#end ? withEnd(added, end) : added)
    const isFull = this.#at + record.length > journalBytes
    // Only a whole state can say less than the one before.
    if (this.#isFailed || this.#number === 0 || isFull || held.length > 0) return this.#turnOver(notes)
    // Until its sync has worked nobody knows what is on the disk: the next one begins the other file.
    this.#isFailed = true
    this.#write(record, this.#at)
    await this.#disk.sync(this.#fd)
    this.#isFailed = false
    this.#at += record.length
    this.#number++
    this.#lasts(notes)
  }

  close(): void {
    for (const fd of this.#fds) this.#disk.close(fd)
  }

  get #fd(): number {
    return this.#fds[this.#generation % 2] as number
  }

  /**
   * A process that was killed may have left it in the page cache alone, and the other file, which is written over next, would be the only one on the disk.
   * It is written again, since a sync that has failed before would do nothing.
   */
  async #makeLast({ bytes }: Read): Promise<void> {
    this.#write(bytes, 0)
    await this.#disk.sync(this.#fd)
  }

  /** The whole state and what is new into the other file. */
  async #turnOver(notes: Required<Notes> & { readonly ranges: readonly Range[] }): Promise<void> {
    const state = new Ordinals(this.taken.ranges)
    for (const range of notes.ranges) state.add(range)
    for (const range of notes.held) state.remove(range)
    const lost = new Ordinals(this.lost.ranges)
    addLost(lost, notes.lost)
    this.#generation += this.#generation % 2 === this.#lasting % 2 ? 1 : 2
    this.#isFailed = true
    const ranges = [...state.ranges, ...lost.ranges.map(backwards)]
    const record = recordOf(this.#generation, 0, withEnd(ranges, Math.max(this.#end, notes.end)))
    this.#stretch(this.#fd, record.length)
    this.#write(record, 0)
    await this.#disk.sync(this.#fd)
    this.#isFailed = false
    this.#lasting = this.#generation
    this.#at = record.length
    this.#number = 1
    this.#lasts(notes)
  }

  #lasts({ ranges, held, lost, end }: Required<Notes> & { readonly ranges: readonly Range[] }): void {
    for (const range of ranges) this.taken.add(range)
    for (const range of held) this.taken.remove(range)
    addLost(this.lost, lost)
    this.#end = Math.max(this.#end, end)
  }

  #write(bytes: Buffer, position: number): void {
    writeWhole(this.#disk, this.#fd, bytes, position)
  }

  /** Zeros to the full size, written and not only counted: their place on the disk is then taken. */
  #stretch(fd: number, bytes: number): void {
    const { size } = this.#disk.fstat(fd)
    writeWhole(this.#disk, fd, Buffer.alloc(Math.max(0, bytes - size)), size)
  }
}
