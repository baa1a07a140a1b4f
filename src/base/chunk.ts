/**
 * A piece of memory that many short pieces are copied out of or into, such as the lines of a file on their way into a record batch. What is short is copied
 * by eight bytes at a time, in JavaScript: `set` of a view costs three times as much for a line of 100 bytes, most of it to make the view and to forget it.
 */

/** Up to this length copying by single words was faster than making a view and calling `set`, in all runs; by fours it is faster still. */
const shortMax = 160
const wordBytes = 8

/** Bytes of a chunk, from `from` to `to`. */
export interface Slice {
  readonly chunk: Chunk
  readonly from: number
  readonly to: number
}

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

/** Once V8 has compiled it, in the first moments of a run, the integer stays in a register: none is allocated. */
const copyWord = (source: DataView, from: number, target: DataView, at: number): void =>
  target.setBigUint64(at, source.getBigUint64(from, true), true)

const copyFourWords = (source: DataView, from: number, target: DataView, at: number): void => {
  copyWord(source, from, target, at)
  copyWord(source, from + wordBytes, target, at + wordBytes)
  copyWord(source, from + 2 * wordBytes, target, at + 2 * wordBytes)
  copyWord(source, from + 3 * wordBytes, target, at + 3 * wordBytes)
}

/** Four at a time where there are four, a tenth faster for a line of 100 bytes. What is copied last may copy some of the bytes again. */
const copyWords = (source: DataView, from: number, target: DataView, at: number, length: number): void => {
  if (length < 4 * wordBytes) {
    const last = length - wordBytes
    for (let done = 0; done < last; done += wordBytes) copyWord(source, from + done, target, at + done)
    return copyWord(source, from + last, target, at + last)
  }
  const last = length - 4 * wordBytes
  for (let done = 0; done < last; done += 4 * wordBytes) copyFourWords(source, from + done, target, at + done)
  copyFourWords(source, from + last, target, at + last)
}
