/** The entries of a `.log` file, read only, so that the folder may be that of a running broker: whole batches and messages, one after another, until the file ends or makes no sense. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { entryOverheadBytes, magicAt } from '../../protocol/record-batch.ts'

/** The smallest entry there can be, and the most bytes that one may have: Kafka's limit of an i32. */
const entryBytesMin = entryOverheadBytes + 14
const readBytes = 1_048_576

export interface Entry {
  readonly position: number
  /** Good until the next one. */
  readonly bytes: Buffer
}

export class EntryReader implements Disposable {
  readonly size: number
  /** Bytes of whole entries before this one. */
  position = 0
  readonly #fd: number
  readonly #end: number
  #buffer = Buffer.alloc(0)
  #start = 0
  #length = 0

  /** Reads from `from`, where an entry begins; no entry that ends behind `end`. Throws system errors. */
  constructor(path: string, from = 0, end = Infinity) {
    this.#fd = openSync(path, 'r')
    this.size = fstatSync(this.#fd).size
    this.position = from
    this.#end = Math.min(this.size, end)
  }

  /** The next entry, or undefined where none stands. */
  next(): Entry | undefined {
    const { position } = this
    if (this.#end - position < entryBytesMin) return undefined
    const size = entryOverheadBytes + this.#at(position, entryOverheadBytes).readInt32BE(8)
    if (size < entryBytesMin || size > this.#end - position) return undefined
    const bytes = this.#at(position, size)
    const magic = bytes.readInt8(magicAt)
    if (magic < 0 || magic > 2) return undefined
    this.position += size
    return { position, bytes }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }

  #at(position: number, bytes: number): Buffer {
    const at = position - this.#start
    if (at < 0 || at + bytes > this.#length) this.#load(position, bytes)
    return this.#buffer.subarray(position - this.#start, position - this.#start + bytes)
  }

  #load(position: number, bytes: number): void {
    const wanted = Math.min(Math.max(bytes, readBytes), this.size - position)
    if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafe(wanted)
    let got = 0
    while (got < wanted) {
      const more = readSync(this.#fd, this.#buffer, got, wanted - got, position + got)
      if (more === 0) break
      got += more
    }
    this.#buffer.fill(0, got)
    this.#start = position
    this.#length = this.#buffer.length
  }
}
