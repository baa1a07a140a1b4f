/**
 * Events of memory into data files of their own, with the ordinals that they have had from the start: so they stand where they belong in the order, whatever
 * was stored before and after them.
 */
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

/** Writes and syncs; `discard` is given the files when that fails. Throws system errors. */
export const writeFiles = async (
  files: DataFiles,
  slices: readonly Slice[],
  fileBytesMax: number,
  discard: (written: readonly DataFile[]) => void,
): Promise<readonly DataFile[]> => {
  const writer = new Writer(files, fileBytesMax)
  try {
    for (const slice of slices) writer.add(slice)
    writer.flush()
    for (const file of writer.written) await file.sync()
    return writer.written
  } catch (thrown) {
    discard(writer.written)
    throw thrown
  }
}

class Writer {
  readonly written: DataFile[] = []
  readonly #files: DataFiles
  readonly #fileBytesMax: number
  readonly #buffer = new RecordBuffer()
  /** Where the records in the buffer begin, and the ordinal behind them. */
  #first = 0
  #end = -1

  constructor(files: DataFiles, fileBytesMax: number) {
    this.#files = files
    this.#fileBytesMax = fileBytesMax
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
    const file = this.#fileFor(this.#buffer.size)
    file.put(this.#buffer)
    file.endOrdinal = this.#end
    this.#buffer.clear()
  }

  #fileFor(bytes: number): DataFile {
    const last = this.written.at(-1)
    if (last !== undefined && last.endOrdinal === this.#first && last.size + bytes <= this.#fileBytesMax) return last
    const file = this.#files.create(this.#first)
    this.written.push(file)
    return file
  }
}
