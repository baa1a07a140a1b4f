/**
 * Checkpoint files in Kafka's text form: a line with the version, one with the number of entries, then an entry on each line. A log folder has three
 * of them (`topic partition offset`), each partition one (`epoch offset`).
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { partitionFolderName } from './file-names.ts'
import { readWhole, replaceIfWanted, replaceNow } from './whole-file.ts'

export const recoveryPointFile = 'recovery-point-offset-checkpoint'
export const highWatermarkFile = 'replication-offset-checkpoint'
export const logStartFile = 'log-start-offset-checkpoint'

const version = '0'

const format = (lines: readonly string[]): string => [version, lines.length, ...lines, ''].join('\n')

/** The entries' words, or undefined when the text is not a whole checkpoint. */
const parse = (text: string): string[][] | undefined => {
  const [first, count, ...lines] = text.trimEnd().split('\n')
  if (first !== version || count === undefined || !/^\d+$/.test(count)) return undefined
  return lines.length === Number(count) ? lines.map((line) => line.split(' ')) : undefined
}

const wholeNumber = (word: string | undefined): number =>
  word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : NaN

export const formatNumbers = (lines: readonly (readonly number[])[]): string =>
  format(lines.map((numbers) => numbers.join(' ')))

/** The numbers of each line, or undefined when the text is not a whole checkpoint with so many of them on a line. */
export const parseNumbers = (text: string, perLine: number): number[][] | undefined => {
  const lines = parse(text)?.map((words) => words.map(wholeNumber))
  return lines?.every((numbers) => numbers.length === perLine && !numbers.some(Number.isNaN)) ? lines : undefined
}

export const formatPairs = (pairs: readonly (readonly [number, number])[]): string => formatNumbers(pairs)

export const parsePairs = (text: string): [number, number][] | undefined =>
  parseNumbers(text, 2) as [number, number][] | undefined

export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

const formatOffsets = (offsets: readonly PartitionOffset[]): string =>
  format(offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`))

/** Offsets by the name of the partition's folder, or undefined when the text is not a whole checkpoint. */
const parseOffsets = (text: string): Map<string, number> | undefined => {
  const offsets = new Map<string, number>()
  for (const [topic = '', partition, offset] of parse(text) ?? [['']]) {
    const [number, value] = [wholeNumber(partition), wholeNumber(offset)]
    if (topic === '' || Number.isNaN(number) || Number.isNaN(value)) return undefined
    offsets.set(partitionFolderName(topic, number), value)
  }
  return offsets
}

/** One checkpoint file of a log folder. */
export class OffsetCheckpoint {
  readonly path: string
  #disk: Disk
  /** What the file says, and what of that no power cut can change any more. */
  #current = ''
  #durable = ''
  /** What is being written. */
  #next = ''
  /** How often `writeNow` went before what was being written. */
  #overtakings = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(disk: Disk, folder: string, name: string) {
    this.#disk = disk
    this.path = join(folder, name)
  }

  /** Offsets by partition folder: empty when there is no file, undefined when it is damaged. */
  read(): Map<string, number> | undefined {
    const text = readWhole(this.#disk, this.path)?.toString()
    // Kafka makes the file before it has something to say
    if (text === undefined || text === '') return new Map()
    const offsets = parseOffsets(text)
    if (offsets !== undefined) this.#current = text
    return offsets
  }

  /** Whether the file has a word about this partition, or soon may. */
  mentions(topic: string, partition: number): boolean {
    return [this.#current, this.#next].some((text) => text.includes(`\n${topic} ${partition} `))
  }

  /** Replaces the file at once: what was said before must not be read by the next process, and what stays said must outlive a power cut. Throws system errors. */
  writeNow(offsets: readonly PartitionOffset[]): void {
    const text = formatOffsets(offsets)
    replaceNow(this.#disk, this.path, text)
    this.#overtakings++
    this.#current = this.#next = text
    this.#durable = ''
  }

  /** Replaces the file if it would say something else; one write after the other. */
  write(offsets: readonly PartitionOffset[]): Promise<void> {
    const text = formatOffsets(offsets)
    this.#writing = this.#replace(text, this.#overtakings, this.#writing)
    return this.#writing
  }

  async #replace(text: string, overtakings: number, before: Promise<void>): Promise<void> {
    await before.catch(() => undefined)
    for (let isDone = false; !isDone;) {
      const known = this.#overtakings
      const newest = known === overtakings ? text : this.#current
      if (newest === this.#durable) return
      this.#next = newest
      isDone = await replaceIfWanted(this.#disk, this.path, newest, () => this.#overtakings === known)
      if (isDone && this.#overtakings === known) this.#current = this.#durable = newest
    }
  }
}
