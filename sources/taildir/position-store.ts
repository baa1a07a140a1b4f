/**
 * The source's memory between runs: Flume's position file, and beside it the fingerprints that Flume has no place for. Positions are written
 * first: whatever a crash leaves between the two, a file is at worst read again and never taken for one it is not.
 */
import { reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import { folderOf, readWhole, replaceFile } from '../../src/formats/json-file.ts'
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

const keyOf = (entry: { readonly inode: number; readonly file: string }): string => `${entry.inode} ${entry.file}`

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

  /** What an earlier run stored. A broken file is set aside and said: its files are then read again from their beginning. */
  load(): StoredPosition[] {
    this.#disk.makeFolder(folderOf(this.#path))
    const positions = this.#parsed(this.#path, parsePositions) ?? []
    const prints = this.#parsed(this.#printsPath, (text) => (JSON.parse(text) as unknown[]).filter(isPrint)) ?? []
    const byFile = new Map(prints.map((print) => [keyOf(print), print]))
    return positions.map((position) => ({ ...position, print: byFile.get(keyOf(position)) }))
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

  #parsed<T>(path: string, parse: (text: string) => T): T | undefined {
    const bytes = readWhole(this.#disk, path)
    if (bytes === undefined) return undefined
    try {
      return parse(bytes.toString())
    } catch (thrown) {
      const aside = `${path}.broken`
      this.#disk.rename(path, aside)
      this.#log.error(
        `Failed loading positionFile: ${path}: ${reasonOf(thrown)}. Its files are read again from their beginning, so events may repeat; ` +
          `the broken file is kept as ${aside}.`,
      )
      return undefined
    }
  }
}
