/**
 * Cuts standard input into lines for the console producer, as Java's readers do: a line ends at LF, at CR or at CR LF, and the last one may have no
 * end. A line that lies in one chunk whole is a view into it; one that does not is joined, up to the size that could be sent at all.
 */

const lineFeed = 10
const carriageReturn = 13
const nothing = Buffer.alloc(0)

export class ProducerLines {
  readonly #bytesMax: number
  readonly #tooLong: (bytes: number) => void
  /** The beginning of a line whose end has not come: the first `#begunBytes` bytes, unless they are too many to be kept. */
  #begun = nothing
  #begunBytes = 0
  #afterReturn = false

  /** Lines of more than `bytesMax` bytes are not kept: `tooLong` is told of them instead. */
  constructor(bytesMax: number, tooLong: (bytes: number) => void) {
    this.#bytesMax = bytesMax
    this.#tooLong = tooLong
  }

  /** The lines that end in `chunk`, without their ends. The chunk must not be written to while they are used. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    let from = this.#afterReturn && chunk[0] === lineFeed ? 1 : 0
    if (chunk.length > 0) this.#afterReturn = false
    let feed = chunk.indexOf(lineFeed, from)
    let back = chunk.indexOf(carriageReturn, from)
    while (feed >= 0 || back >= 0) {
      const isReturn = back >= 0 && (feed < 0 || back < feed)
      const end = isReturn ? back : feed
      this.#end(chunk.subarray(from, end), lines)
      from = end + 1
      if (isReturn && chunk[from] === lineFeed) from++
      else if (isReturn && from === chunk.length) this.#afterReturn = true
      if (feed >= 0 && feed < from) feed = chunk.indexOf(lineFeed, from)
      if (isReturn) back = chunk.indexOf(carriageReturn, from)
    }
    if (from < chunk.length) this.#begin(chunk.subarray(from))
    return lines
  }

  /** The input is over: the last line, if it had no end. */
  finish(): Buffer[] {
    const lines: Buffer[] = []
    if (this.#begunBytes > 0) this.#end(nothing, lines)
    return lines
  }

  #begin(part: Buffer): void {
    const bytes = this.#begunBytes + part.length
    if (bytes > this.#bytesMax) this.#begun = nothing
    else {
      if (bytes > this.#begun.length) this.#widen(bytes)
      part.copy(this.#begun, this.#begunBytes)
    }
    this.#begunBytes = bytes
  }

  #widen(bytes: number): void {
    const wider = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(this.#bytesMax, 2 * this.#begun.length)))
    this.#begun.copy(wider, 0, 0, this.#begunBytes)
    this.#begun = wider
  }

  #end(part: Buffer, into: Buffer[]): void {
    const bytes = this.#begunBytes + part.length
    if (bytes > this.#bytesMax) this.#tooLong(bytes)
    else into.push(this.#begunBytes === 0 ? part : Buffer.concat([this.#begun.subarray(0, this.#begunBytes), part]))
    this.#begunBytes = 0
  }
}
