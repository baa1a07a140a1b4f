/**
 * Lines out of the chunks of one file: bodies are views into the chunks; only a line that runs over the end of a chunk is put together from
 * its pieces.
 */
import { Chunk } from '../../src/base/chunk.ts'
import { type Event, noHeaders, PlainEvent } from '../../src/flow/event.ts'
import { splitLines } from '../../src/formats/line-splitter.ts'

const newline = 10
const carriageReturn = 13

export class LineAssembler {
  readonly #maxLineBytes: number
  readonly #onLongLine: () => void
  /** The beginning of a line whose end has not come. */
  #carried: Buffer[] = []
  #carriedBytes = 0
  /** The text of the present line went out before its end came: the end alone is no line. */
  #insideLine = false

  constructor(maxLineBytes: number, onLongLine: () => void) {
    this.#maxLineBytes = maxLineBytes
    this.#onLongLine = onLongLine
  }

  /** Bytes taken that are in no event yet. */
  get carriedBytes(): number {
    return this.#carriedBytes
  }

  /** Adds the next lines of the chunk, from `from` on, to `into` until it has `max`. Returns where it stopped; at the chunk's end, all is taken. */
  take(chunk: Buffer, from: number, into: Event[], max: number): number {
    const lines = new Chunk(chunk)
    let at = from
    while (into.length < max && at < chunk.length) {
      if (this.#carriedBytes > 0 || this.#insideLine) {
        at = this.#complete(chunk, at, into)
        continue
      }
      const maxLineBytes = this.#maxLineBytes
      at = splitLines(lines, at, into, noHeaders, { max, maxLineBytes, dropReturn: true })
      if (into.length < max && at < chunk.length) at = this.#carry(chunk, at, this.#endIn(chunk, at))
    }
    return at
  }

  /** The unfinished line as it is; undefined when there is none. Its end, if it comes, is no line. */
  rest(): Event | undefined {
    if (this.#carriedBytes === 0) return undefined
    this.#insideLine = true
    return this.#release(undefined)
  }

  /** Another file begins: nothing of the last line is waited for. */
  reset(): void {
    this.#insideLine = false
  }

  /** The index behind the next line end, or the chunk's end. */
  #endIn(chunk: Buffer, from: number): number {
    const found = chunk.indexOf(newline, from)
    return found < 0 ? chunk.length : found + 1
  }

  #complete(chunk: Buffer, from: number, into: Event[]): number {
    const end = this.#endIn(chunk, from)
    const at = this.#carry(chunk, from, end)
    if (this.#carriedBytes >= this.#maxLineBytes + 2 && chunk[at - 1] !== newline) {
      into.push(this.#release(undefined))
      if (!this.#insideLine) this.#onLongLine()
      this.#insideLine = true
    } else if (chunk[at - 1] === newline) {
      const event = this.#release(newline)
      if (!this.#insideLine || event.body.length > 0) into.push(event)
      this.#insideLine = false
    }
    return at
  }

  /** Keeps a piece, no more than a line may have. */
  #carry(chunk: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#maxLineBytes + 2 - this.#carriedBytes)
    this.#carried.push(chunk.subarray(from, end))
    this.#carriedBytes += end - from
    return end
  }

  /** The pieces as one body, without the line end where there is one. */
  #release(ended: number | undefined): Event {
    const whole = this.#carried.length === 1 ? (this.#carried[0] as Buffer) : Buffer.concat(this.#carried)
    this.#carried = []
    this.#carriedBytes = 0
    if (ended === undefined) return new PlainEvent(noHeaders, whole)
    const end = whole.length - (whole.at(-2) === carriageReturn ? 2 : 1)
    return new PlainEvent(noHeaders, whole.subarray(0, end))
  }
}
