/**
 * The source's memory between runs: Flume's position file, and beside it the fingerprints that Flume has no place for. Positions are written
 * first: whatever a crash leaves between the two, a file is at worst read again and never taken for one it is not.
 */
import { reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import { folderOf, replaceFile } from '../../src/formats/json-file.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { formatPositions, parsePositions, type FilePosition } from '../../src/formats/position-file.ts'
import type { Disk } from '../../src/io/disk.ts'
import type { StoredPrint } from './fingerprint.ts'

export interface StoredPosition extends FilePosition {
  /** Missing where Flume wrote the position. */
  readonly print: StoredPrint | undefined
}

interface PrintEntry extends StoredPrint {
  readonly inode: number
  readonly file: string
}

/** Names change between the writing of the two files; inode and folder say enough, since the print itself is compared. */
const keyOf = (entry: { readonly inode: number; readonly file: string }): string =>
  `${entry.inode} ${folderOf(entry.file)}`

const isPrint = (entry: unknown): entry is PrintEntry => {
  const { inode, file, length, sha256 } = (entry ?? {}) as Partial<Record<keyof PrintEntry, unknown>>
  return Number.isInteger(inode) && typeof file === 'string' && Number.isInteger(length) && typeof sha256 === 'string'
}

export class PositionStore {
  readonly #disk: Disk
  readonly #path: string
  readonly #log: Log
  #lastPositions = ''
  #lastPrints = ''

  constructor(disk: Disk, path: string, log: Log) {
    this.#disk = disk
    this.#path = path
    this.#log = log
  }

  get #printsPath(): string {
    return `${this.#path}.fingerprints`
  }

  /** What an earlier run stored; undefined when that is broken: it is said and kept aside, and all must be read from the beginning. */
  load(): StoredPosition[] | undefined {
    this.#disk.makeFolder(folderOf(this.#path))
    const positions = this.#parsed(this.#path, parsePositions, (problem) =>
      this.#log.error(
        `Failed loading positionFile: ${this.#path}: ${problem}. All files are read from their beginning, so events may repeat; ` +
          `the broken file is kept as ${brokenName(this.#path)}.`,
      ),
    )
    const prints = this.#parsed(this.#printsPath, parsePrints, (problem) =>
      this.#log.warn(`${this.#printsPath} is broken: ${problem}. Files are known by inode and path only, this once.`),
    )
    const byFile = new Map(prints?.map((print) => [keyOf(print), print]))
    return positions?.map((position) => ({ ...position, print: byFile.get(keyOf(position)) }))
  }

  /** Stores the positions, and the prints if they have changed. Throws the disk's errors. */
  save(positions: readonly StoredPosition[]): void {
    const bytes = formatPositions(positions)
    const text = bytes.toString()
    if (text !== this.#lastPositions) replaceFile(this.#disk, this.#path, bytes)
    this.#lastPositions = text
    const prints = JSON.stringify(
      positions.flatMap(({ inode, file, print }) => (print === undefined ? [] : [{ inode, file, ...print }])),
    )
    if (prints !== this.#lastPrints) replaceFile(this.#disk, this.#printsPath, Buffer.from(prints))
    this.#lastPrints = prints
  }

  /** A file's entries; none when it is missing, undefined when it is broken. */
  #parsed<T>(path: string, parse: (text: string) => T[], sayBroken: (problem: string) => void): T[] | undefined {
    const bytes = readWhole(this.#disk, path)
    if (bytes === undefined) return []
    try {
      // Flume leaves an empty file where it follows none; we never do, so beside our prints it is what a power cut left.
      if (bytes.length === 0 && this.#disk.stat(this.#printsPath) !== undefined) throw new Error('it is empty')
      return parse(bytes.toString())
    } catch (thrown) {
      this.#disk.rename(path, brokenName(path))
      sayBroken(reasonOf(thrown))
      return undefined
    }
  }
}

const brokenName = (path: string): string => `${path}.broken`

const parsePrints = (text: string): PrintEntry[] => {
  const found: unknown = JSON.parse(text)
  if (!Array.isArray(found)) throw new Error('it holds no JSON array')
  return found.filter((entry) => isPrint(entry))
}
