/**
 * Reads one file's lines by position, for the sources that can read again (TAILDIR, spooldir). Each read fills a fresh chunk, because events
 * point into it; a line that runs over the chunk's end is read again whole with the next, so nothing is ever joined or copied.
 */
import { Chunk } from '../base/chunk.ts'
import type { Context } from '../flow/context.ts'
import { type Event, type Headers, PlainEvent } from '../flow/event.ts'
import { LineBatch } from './line-batch.ts'
import { splitLines } from './line-splitter.ts'

const newline = 10
const carriageReturn = 13
const nothing = new Chunk(Buffer.alloc(0))
const smallestRead = 4096
/** A line that runs over the chunk is read again with so many times as much. */
const growth = 8
/** UTF-8 takes at most three bytes for what Java counts as one character. */
const bytesPerCharacterMax = 3

export interface LineReaderOptions {
  readonly disk: Context['disk']
  /** Bytes read at once, while lines are shorter than that. */
  readonly chunkBytes: number
  /** Longer lines (bytes without the line's end) become several events, unless `pieceEnd` finds that they may be whole. */
  readonly maxLineBytes: number
  /** Where lines are measured in characters: the end of the piece of `chunk` from `from`, at most `to`, that is as long as one may be. */
  readonly pieceEnd?: (chunk: Buffer, from: number, to: number) => number
  /** A batch is closed once its lines reach so many bytes, whatever its count. */
  readonly maxBatchBytes: number
  /** Whether a `\r` before the `\n` belongs to the line's end. */
  readonly dropReturn: boolean
  /** Called once for a line that is cut, with its position. */
  readonly onLongLine: (position: number) => void
  /** Headers of the line at a position, where each line has its own; otherwise lines get those given to `next`. */
  readonly headersAt?: (position: number, headers: Headers) => Headers
  /** Asked after each read that found something whether the file is still the one it was; if not, what was read is dropped. */
  readonly intact?: () => boolean
}

export class LineReader {
  readonly #options: LineReaderOptions
  #chunk = nothing
  /** Where in the chunk the next line begins. */
  #at = 0
  /** Where in the file the chunk begins. */
  #chunkPosition: number
  /** The byte before `position` ends no line: a part of a line was delivered, now or in an earlier run. Undefined until it was looked at. */
  #insideLine: boolean | undefined
  #saidLong = false
  /** Size of the file when it was last asked for: only how much memory a read gets depends on it, so it may be old. */
  #sizeSeen = 0
  /** Events of the last batch. */
  #lastLength = 0

  constructor(options: LineReaderOptions, position: number) {
    this.#options = options
    this.#chunkPosition = position
  }

  /** Offset in the file of the first byte that no event has carried yet. */
  get position(): number {
    return this.#chunkPosition + this.#at
  }

  /** Bytes read and not yet in an event: the beginning of a line whose end is not there. */
  get waiting(): number {
    return this.#chunk.length - this.#at
  }

  /** The next whole lines, at most `max`; fewer or none when the file has no more. Throws the disk's errors, losing nothing that was read. */
  next(fd: number, max: number, headers: Headers): Event[] {
    const batch = new LineBatch(Math.min(max, this.#lastLength))
    const from = this.position
    while (batch.length < max && this.position - from < this.#options.maxBatchBytes) {
      this.#split(batch, max, headers)
      if (batch.length >= max || this.#takeLong(batch, headers)) continue
      if (!this.#fillFor(batch, fd)) break
    }
    this.#lastLength = batch.length
    return batch.done()
  }

  /** What stands after the last line end, or the next piece of it; undefined when nothing does. */
  rest(headers: Headers): Event | undefined {
    if (this.waiting === 0) return undefined
    return this.#piece(this.#pieceEnd(this.#chunk.length), headers)
  }

  /** Lets the chunk go: an idle file keeps no memory. What it held of an unfinished line is read again. */
  release(): void {
    this.#chunkPosition = this.position
    this.#chunk = nothing
    this.#at = 0
  }

  #split(batch: LineBatch, max: number, headers: Headers): void {
    if (this.#insideLine === true) this.#skipLineEnd()
    const { headersAt } = this.#options
    const { maxLineBytes, dropReturn } = this.#options
    const before = batch.length
    if (headersAt === undefined) {
      this.#at = splitLines(this.#chunk, this.#at, batch, headers, { max, maxLineBytes, dropReturn })
    } else {
      for (let count = batch.length; count < max; count++) {
        const own = headersAt(this.position, headers)
        this.#at = splitLines(this.#chunk, this.#at, batch, own, { max: count + 1, maxLineBytes, dropReturn })
        if (batch.length === count) break
      }
    }
    if (batch.length > before) this.#saidLong = false
  }

  /** The end of a line whose text went out before it was finished: it is no line of its own. */
  #skipLineEnd(): void {
    const first = this.#chunk.bytes[this.#at]
    const second = this.#chunk.bytes[this.#at + 1]
    const mayBeEnd = first === carriageReturn && this.#options.dropReturn
    if (first === undefined || (mayBeEnd && second === undefined)) return
    if (first === newline) this.#at += 1
    else if (mayBeEnd && second === newline) this.#at += 2
    this.#insideLine = false
  }

  /** Takes a line that is longer than `maxLineBytes`, or a piece of it, if that is what stands next and enough of it was read to tell. */
  #takeLong(batch: LineBatch, headers: Headers): boolean {
    const { maxLineBytes, dropReturn, onLongLine } = this.#options
    if (this.waiting <= maxLineBytes + 1) return false
    const end = this.#chunk.bytes.indexOf(newline, this.#at)
    if (end < 0 && this.waiting < this.#enoughBytes) return false
    const drops = dropReturn && end > this.#at && this.#chunk.bytes[end - 1] === carriageReturn
    const stop = end < 0 ? this.#chunk.length : drops ? end - 1 : end
    const pieceEnd = this.#pieceEnd(stop)
    if (pieceEnd < stop && !this.#saidLong) onLongLine(this.position)
    this.#saidLong = pieceEnd < stop
    batch.push(this.#piece(pieceEnd, headers))
    return true
  }

  /** So much of a line tells whether it is too long. */
  get #enoughBytes(): number {
    const { maxLineBytes, pieceEnd } = this.#options
    return (pieceEnd === undefined ? maxLineBytes : maxLineBytes * bytesPerCharacterMax) + 2
  }

  #pieceEnd(to: number): number {
    const { maxLineBytes, pieceEnd } = this.#options
    return pieceEnd?.(this.#chunk.bytes, this.#at, to) ?? Math.min(to, this.#at + maxLineBytes)
  }

  /** The bytes up to `end` as an event. What follows is still the same line, be it only the line's end. */
  #piece(end: number, headers: Headers): Event {
    const own = this.#options.headersAt?.(this.position, headers) ?? headers
    const body = this.#chunk.bytes.subarray(this.#at, end)
    this.#at = end
    this.#insideLine = true
    return new PlainEvent(own, body)
  }

  /** A read that fails must not take the lines with it that stand in the batch already: it will fail again at the next call. */
  #fillFor(batch: LineBatch, fd: number): boolean {
    try {
      return this.#fill(fd)
    } catch (thrown) {
      if (batch.length === 0) throw thrown
      return false
    }
  }

  /** Reads on from the first byte not yet in an event. False when nothing new is there. */
  #fill(fd: number): boolean {
    const { disk, chunkBytes, intact } = this.#options
    const { waiting, position } = this
    const large = waiting < chunkBytes / 2 ? chunkBytes : Math.min(waiting * growth, this.#enoughBytes)
    const most = Math.max(large, waiting + smallestRead)
    if (this.#sizeSeen - position < most) this.#sizeSeen = disk.fstat(fd).size
    const there = this.#sizeSeen - position
    if (there <= waiting) return false
    const fresh = Buffer.allocUnsafeSlow(Math.min(Math.max(there, smallestRead), most))
    const got = disk.read(fd, fresh, 0, fresh.length, position)
    if (got < fresh.length) this.#sizeSeen = 0
    if (got <= waiting || intact?.() === false) return false
    this.#insideLine ??= this.#startsInside(fd, position)
    this.#chunk = new Chunk(got === fresh.length ? fresh : fresh.subarray(0, got))
    this.#chunkPosition = position
    this.#at = 0
    return true
  }

  #startsInside(fd: number, position: number): boolean {
    if (position === 0) return false
    const before = Buffer.alloc(1)
    return this.#options.disk.read(fd, before, 0, 1, position - 1) === 1 && before[0] !== newline
  }
}
