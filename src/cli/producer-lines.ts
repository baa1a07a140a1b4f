/** Cuts standard input into lines, as Java's readers do: at LF, CR or CR LF, the last one with or without an end. Lines are views where they can be. */

const lineFeed = 10
const carriageReturn = 13

export class ProducerLines {
  readonly #tooLong: (bytes: number) => void
  readonly #bytesMax: number
  /** The beginning of a line whose end has not come. */
  #begun: Buffer[] = []
  #begunBytes = 0
  #afterReturn = false

  /** Lines of more than `bytesMax` bytes are not kept: `tooLong` is told instead. */
  constructor(bytesMax: number, tooLong: (bytes: number) => void) {
    this.#bytesMax = bytesMax
    this.#tooLong = tooLong
  }

  /** The lines that end in `chunk`, without their ends; views into it where they lie in it whole. */
  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = []
    let from = this.#afterReturn && chunk[0] === lineFeed ? 1 : 0
    this.#afterReturn = false
    const hasReturns = chunk.includes(carriageReturn)
    for (;;) {
      const end = hasReturns ? firstEnd(chunk, from) : chunk.indexOf(lineFeed, from)
      if (end < 0) break
      this.#end(chunk.subarray(from, end), lines)
      from = end + 1
      if (chunk[end] !== carriageReturn) continue
      if (from === chunk.length) this.#afterReturn = true
      else if (chunk[from] === lineFeed) from++
    }
    if (from < chunk.length) this.#begin(chunk.subarray(from))
    return lines
  }

  /** The input is over: the last line, if it had no end. */
  finish(): Buffer[] {
    const lines: Buffer[] = []
    if (this.#begunBytes > 0) this.#end(Buffer.alloc(0), lines)
    return lines
  }

  #begin(part: Buffer): void {
    this.#begunBytes += part.length
    if (this.#begunBytes <= this.#bytesMax) this.#begun.push(Buffer.from(part))
    else this.#begun = []
  }

  #end(part: Buffer, into: Buffer[]): void {
    const bytes = this.#begunBytes + part.length
    if (bytes > this.#bytesMax) this.#tooLong(bytes)
    else into.push(this.#begunBytes === 0 ? part : Buffer.concat([...this.#begun, part]))
    this.#begun = []
    this.#begunBytes = 0
  }
}

const firstEnd = (chunk: Buffer, from: number): number => {
  for (let i = from; i < chunk.length; i++) if (chunk[i] === lineFeed || chunk[i] === carriageReturn) return i
  return -1
}
