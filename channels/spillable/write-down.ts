/**
 * Events of memory into data files of their own, with the ordinals that they have had from the start: so they stand where they belong in the order, whatever
 * was stored before and after them.
 */
import { assert } from '../../src/base/assert.ts'
import { systemCode } from '../../src/base/faults.ts'
import type { DataFile } from '../file/data-file.ts'
import type { DataFiles } from '../file/data-files.ts'
import { Ordinals, type Range } from '../file/ordinals.ts'
import { RecordBuffer } from '../file/put-record.ts'
import { joined, type Slice } from '../memory/segment.ts'

/** Records are written when so many bytes are there. */
const writeBytes = 4 * 1024 * 1024

const rangeOf = ({ order, from, to }: Slice): Range => ({ from: order + from, to: order + to })

/** The ordinals of slices. */
export const rangesOf = (slices: readonly Slice[]): readonly Range[] => new Ordinals(slices.map(rangeOf)).ranges

/**
 * Writes and syncs, where there is room. What a disk refuses is discarded whole, and written again to the others: `discard` is given the files, and throws where
 * they cannot be removed. Throws the system error of the last disk.
 */
export const writeFiles = async (
  files: DataFiles,
  slices: readonly Slice[],
  fileBytesMax: number,
  discard: (written: readonly DataFile[]) => void,
): Promise<readonly DataFile[]> => {
  const refusing = new Set<string>()
  for (;;) {
    const writer = new Writer(files, fileBytesMax, refusing)
    const refusedBefore = refusing.size
    try {
      for (const slice of slices) writer.add(slice)
      writer.flush()
      await writer.sync()
      return writer.written
    } catch (thrown) {
      discard(writer.written)
      if (refusing.size === refusedBefore || !writer.hasFolder) throw thrown
    }
  }
}

class Writer {
  readonly written: DataFile[] = []
  readonly #files: DataFiles
  readonly #fileBytesMax: number
  /** Folders that nothing more goes to. */
  readonly #refusing: Set<string>
  readonly #buffer = new RecordBuffer()
  /** Where the records in the buffer begin, and the ordinal behind them. */
  #first = 0
  #end = -1

  constructor(files: DataFiles, fileBytesMax: number, refusing: Set<string>) {
    this.#files = files
    this.#fileBytesMax = fileBytesMax
    this.#refusing = refusing
  }

  /** Whether a folder is left. */
  get hasFolder(): boolean {
    return this.#room().length > 0
  }

  /** In the order of the ordinals. */
  add(slice: Slice): void {
    const { from, to } = rangeOf(slice)
    const follows = from === this.#end
    if (!follows || this.#buffer.size >= writeBytes) this.flush()
    if (this.#buffer.size === 0) this.#first = from
    this.#buffer.add(joined([slice]), from)
    this.#end = to
  }

  flush(): void {
    if (this.#buffer.size === 0) return
    const [most] = this.#room()
    assert(most !== undefined, 'memory is written down to no folder')
    const last = this.written.at(-1)
    if (last !== undefined && this.#goesOn(last)) return this.#put(last)
    this.#put(this.#in(most.folder, () => this.#files.create(this.#first, most.folder)))
  }

  async sync(): Promise<void> {
    for (const file of this.written) {
      try {
        await file.sync()
      } catch (thrown) {
        throw this.#refused(file.folder, thrown)
      }
    }
  }

  /** Of the folders that have refused nothing, the most first. */
  #room(): ReturnType<DataFiles['room']> {
    return this.#files.room().filter(({ folder }) => !this.#refusing.has(folder))
  }

  /** Whether the records in the buffer follow those of the `last` file, and find room there. */
  #goesOn(last: DataFile): boolean {
    const bytes = this.#buffer.size
    if (last.endOrdinal !== this.#first || last.size + bytes > this.#fileBytesMax) return false
    return this.#room().some(({ folder, bytes: free }) => folder === last.folder && free >= bytes)
  }

  #put(file: DataFile): void {
    if (!this.written.includes(file)) this.written.push(file)
    this.#in(file.folder, () => file.put(this.#buffer))
    file.endOrdinal = this.#end
    this.#buffer.clear()
  }

  #in<T>(folder: string, action: () => T): T {
    try {
      return action()
    } catch (thrown) {
      throw this.#refused(folder, thrown)
    }
  }

  #refused(folder: string, thrown: unknown): unknown {
    if (systemCode(thrown) !== undefined) this.#refusing.add(folder)
    return thrown
  }
}
