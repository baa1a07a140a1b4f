/**
 * Checkpoint files in Kafka's text form: a line with the version, one with the number of entries, then an entry on each line. A log folder has three
 * of them (`topic partition offset`), each partition one (`epoch offset`).
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { partitionFolderName } from './file-names.ts'
import { readWhole, replaceWhole } from './whole-file.ts'

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

export const formatPairs = (pairs: readonly (readonly [number, number])[]): string =>
  format(pairs.map((pair) => pair.join(' ')))

export const parsePairs = (text: string): [number, number][] | undefined => {
  const pairs = parse(text)?.map((words): [number, number] => [wholeNumber(words[0]), wholeNumber(words[1])])
  return pairs?.every((pair) => !pair.some(Number.isNaN)) ? pairs : undefined
}

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
  #written = ''
  #writing: Promise<void> = Promise.resolve()

  constructor(disk: Disk, folder: string, name: string) {
    this.#disk = disk
    this.path = join(folder, name)
  }

  /** Offsets by partition folder: empty when there is no file, undefined when it is damaged. */
  read(): Map<string, number> | undefined {
    const text = readWhole(this.#disk, this.path)?.toString()
    // Kafka makes the file before it has something to say
    return text === undefined || text === '' ? new Map() : parseOffsets(text)
  }

  /** Replaces the file if it would say something else; one write after the other. */
  write(offsets: readonly PartitionOffset[]): Promise<void> {
    const text = formatOffsets(offsets)
    const before = this.#writing
    this.#writing = this.#replace(text, before)
    return this.#writing
  }

  async #replace(text: string, before: Promise<void>): Promise<void> {
    await before.catch(() => undefined)
    if (text === this.#written) return
    await replaceWhole(this.#disk, this.path, text)
    this.#written = text
  }
}
