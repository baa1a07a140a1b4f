/**
 * A piece of memory that many short pieces are copied out of or into, such as the lines of a file on their way into a record batch. What is short is copied
 * by eight bytes at a time, in JavaScript: `set` of a view costs three times as much for a line of 100 bytes, most of it to make the view and to forget it.
 */

/** Up to this length the loop was faster than making a view and calling `set`, in all runs. */
const shortMax = 160
const wordBytes = 8

export class Chunk {
  readonly bytes: Buffer
  #words: DataView | undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get length(): number {
    return this.bytes.length
  }

  /** Copies the bytes from `from` to `to` into another chunk, at `at`, where there must be room. */
  copy(from: number, to: number, into: Chunk, at: number): void {
    const length = to - from
    const { bytes } = this
    // A bare view: one of a Buffer's kind takes twice as long to make.
    if (length < wordBytes || length > shortMax)
      into.bytes.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length), at)
    else copyWords(this.#view(), from, into.#view(), at, length)
  }

  /** Made when it is first needed: most chunks of a quiet source hold one line. */
  #view(): DataView {
    return (this.#words ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length))
  }
}

/** The last word may copy some of the bytes again. Once V8 has compiled it, in the first moments of a run, these integers stay in registers: none is allocated. */
const copyWords = (source: DataView, from: number, target: DataView, at: number, length: number): void => {
  const last = length - wordBytes
  for (let done = 0; done < last; done += wordBytes) {
    target.setBigUint64(at + done, source.getBigUint64(from + done, true), true)
  }
  target.setBigUint64(at + last, source.getBigUint64(from + last, true), true)
}
