/**
 * Between a client's bytes and its events. UTF-8 is cut where the kernel put it, without a copy; input in another character set is turned into
 * UTF-8 first.
 */
import { type Event, noHeaders, PlainEvent } from '../../src/flow/event.ts'
import type { Charset, StreamDecoder } from '../../src/formats/charset.ts'
import { type SplitRules, splitLines } from '../../src/formats/line-splitter.ts'
import { Chunk } from '../../src/base/chunk.ts'
import { ReadBuffer } from '../../src/base/read-buffer.ts'
import { isLonger } from './line-limit.ts'

const newline = 10
const nothing = Buffer.alloc(0)

export interface LineRules {
  readonly charset: Charset
  /** Longest line in characters, without its newline. */
  readonly maxUnits: number
  /** Events of one batch. */
  readonly batchEvents: number
}

export class Lines {
  readonly #rules: LineRules
  readonly #splitRules: SplitRules
  readonly #buffer = new ReadBuffer()
  readonly #decoder: StreamDecoder | undefined
  /** What was decoded and not yet cut, where the input is not UTF-8. */
  #decoded: Buffer = nothing
  #tooLong = false

  constructor(rules: LineRules) {
    this.#rules = rules
    this.#splitRules = { max: rules.batchEvents, maxLineBytes: rules.maxUnits, dropReturn: false }
    this.#decoder = rules.charset.isUtf8 ? undefined : rules.charset.decoder()
  }

  /** The next line is above the limit; nothing after it is cut. */
  get tooLong(): boolean {
    return this.#tooLong
  }

  room(): Buffer {
    return this.#buffer.room()
  }

  received(length: number): void {
    this.#buffer.received(length)
    if (this.#decoder !== undefined) this.#decode(this.#decoder, false)
  }

  /** The next whole lines, at most a batch of them; none when no line is whole. */
  next(): Event[] {
    const batch: Event[] = []
    if (this.#tooLong) return batch
    const bytes = this.#unread
    const chunk = new Chunk(bytes)
    let at = 0
    for (;;) {
      at = splitLines(chunk, at, batch, noHeaders, this.#splitRules)
      if (batch.length === this.#rules.batchEvents) break
      const end = bytes.indexOf(newline, at)
      const line = bytes.subarray(at, end < 0 ? bytes.length : end)
      this.#tooLong = isLonger(line, this.#rules.maxUnits)
      if (end < 0 || this.#tooLong) break
      batch.push(new PlainEvent(noHeaders, line))
      at = end + 1
    }
    this.#use(at)
    return batch
  }

  /** What stands behind the last newline, once no more bytes come and `next` found nothing. */
  last(): Event | undefined {
    if (this.#decoder !== undefined) this.#decode(this.#decoder, true)
    const body = this.#unread
    this.#use(body.length)
    return body.length === 0 ? undefined : { headers: noHeaders, body }
  }

  get #unread(): Buffer {
    return this.#decoder === undefined ? this.#buffer.unread : this.#decoded
  }

  #use(length: number): void {
    if (this.#decoder === undefined) this.#buffer.use(length)
    else this.#decoded = this.#decoded.subarray(length)
  }

  #decode(decoder: StreamDecoder, last: boolean): void {
    const raw = this.#buffer.unread
    this.#buffer.use(raw.length)
    const text = Buffer.from(decoder.decode(raw, last))
    this.#decoded = this.#decoded.length === 0 ? text : Buffer.concat([this.#decoded, text])
  }
}
