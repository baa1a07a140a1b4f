/**
 * Cuts a program's output into lines as Java's readers do: `\n`, `\r\n` and a lone `\r` end one. Lines within a chunk are views of it; only one that
 * runs over a chunk's end is put together.
 */
import { type Event, noHeaders, PlainEvent } from '../../src/flow/event.ts'

const newline = 10
const carriageReturn = 13

export class LineCutter {
  readonly #maxLineBytes: number
  readonly #onLongLine: () => void
  /** Pieces of the line that is not finished. */
  #pieces: Buffer[] = []
  #bytes = 0
  /** The last byte was `\r`: a `\n` that follows belongs to it. */
  #afterReturn = false
  #saidLong = false

  /** A longer line becomes several events; `onLongLine` is called once for it. */
  constructor(maxLineBytes: number, onLongLine: () => void) {
    this.#maxLineBytes = maxLineBytes
    this.#onLongLine = onLongLine
  }

  /** Adds the lines that end in `chunk` from `from` on, until `into` has `max`, and gives where it stopped; the chunk's length when it is used up. */
  cut(chunk: Buffer, from: number, into: Event[], max: number): number {
    let start = from
    if (this.#afterReturn && chunk.length > start) {
      this.#afterReturn = false
      if (chunk[start] === newline) start++
    }
    let feed = chunk.indexOf(newline, start)
    let back = chunk.indexOf(carriageReturn, start)
    while (into.length < max) {
      const end = feed < 0 || (back >= 0 && back < feed) ? back : feed
      if (end < 0) {
        this.#keep(chunk.subarray(start), into)
        return chunk.length
      }
      into.push(this.#line(chunk.subarray(start, end)))
      start = end + 1
      if (end === back) {
        if (start === chunk.length) this.#afterReturn = true
        else if (chunk[start] === newline) start++
        back = chunk.indexOf(carriageReturn, start)
      }
      if (feed >= 0 && feed < start) feed = chunk.indexOf(newline, start)
    }
    return start
  }

  /** What stands behind the last line end, once no more comes. */
  last(): Event | undefined {
    return this.#bytes === 0 ? undefined : this.#line(Buffer.alloc(0))
  }

  #line(end: Buffer): Event {
    this.#saidLong = false
    if (this.#bytes === 0) return new PlainEvent(noHeaders, end)
    const body = Buffer.concat([...this.#pieces, end])
    this.#pieces = []
    this.#bytes = 0
    return { headers: noHeaders, body }
  }

  #keep(piece: Buffer, into: Event[]): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes <= this.#maxLineBytes) return
    if (!this.#saidLong) this.#onLongLine()
    into.push(this.#line(Buffer.alloc(0)))
    this.#saidLong = true
  }
}
