/** What a line of the console producer becomes: a value; with `parse.key` a key before it, with `parse.headers` record headers before that. */
import { encodeHeaderBytes, type HeaderBytes } from '../protocol/record-headers.ts'
import { ToolFailure } from './kafka-failure.ts'

/** Of a line that is quoted in a message. */
const quotedBytesMax = 1000

/** A line that has not the form that was asked for. */
export class BadLine extends ToolFailure {
  constructor(message: string) {
    super(message, 'org.apache.kafka.common.KafkaException')
  }
}

const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true'

const quoted = (line: Buffer): string =>
  `'${line.toString('utf8', 0, quotedBytesMax)}${line.length > quotedBytesMax ? '…' : ''}'`

/** Which of the reader's separators may not be the same, in the order in which Kafka compares them. */
const distinct: readonly (readonly [string, string])[] = [
  ['headers.delimiter', 'headers.separator'],
  ['headers.delimiter', 'headers.key.separator'],
  ['headers.separator', 'headers.key.separator'],
  ['null.marker', 'key.separator'],
  ['null.marker', 'headers.separator'],
  ['null.marker', 'headers.delimiter'],
  ['null.marker', 'headers.key.separator'],
]

const separators: Readonly<Record<string, string>> = {
  'key.separator': '\t',
  'headers.delimiter': '\t',
  'headers.separator': ',',
  'headers.key.separator': ':',
}

/** Reads lines by the properties of Kafka's line reader. After `read`, the fields are those of the line's record, as views into it. */
export class LineReader {
  key: Buffer | null = null
  value: Buffer | null = null
  /** Encoded, or null for none. */
  headers: Buffer | null = null
  readonly #parseKey: boolean
  readonly #parseHeaders: boolean
  readonly #ignoreError: boolean
  readonly #keySeparator: Buffer
  readonly #headersDelimiter: Buffer
  readonly #headersSeparator: Buffer
  readonly #headersKeySeparator: Buffer
  readonly #nullMarker: Buffer | undefined
  #lineNumber = 0
  #at = 0

  /** Throws a ToolFailure for separators that cannot be told apart. */
  constructor(properties: ReadonlyMap<string, string>) {
    this.#parseKey = isTrue(properties.get('parse.key'))
    this.#parseHeaders = isTrue(properties.get('parse.headers'))
    this.#ignoreError = isTrue(properties.get('ignore.error'))
    const texts = new Map([...Object.entries(separators), ...properties])
    for (const [one, other] of distinct) {
      if (texts.has(one) && texts.get(one) === texts.get(other))
        throw new ToolFailure(`${one} and ${other} may not be equal`, 'org.apache.kafka.common.KafkaException')
    }
    const bytesOf = (name: string): Buffer => Buffer.from(texts.get(name) ?? '')
    this.#keySeparator = bytesOf('key.separator')
    this.#headersDelimiter = bytesOf('headers.delimiter')
    this.#headersSeparator = bytesOf('headers.separator')
    this.#headersKeySeparator = bytesOf('headers.key.separator')
    this.#nullMarker = texts.has('null.marker') ? bytesOf('null.marker') : undefined
  }

  /** Whether every line is a value as it is. */
  get plain(): boolean {
    return !this.#parseKey && !this.#parseHeaders && this.#nullMarker === undefined
  }

  /** Throws BadLine. */
  read(line: Buffer): void {
    this.#lineNumber++
    this.#at = 0
    const headers = this.#parseHeaders ? this.#cut(line, this.#headersDelimiter, 'headers delimiter') : null
    const key = this.#parseKey ? this.#cut(line, this.#keySeparator, 'key separator') : null
    this.key = this.#orNull(key)
    this.value = this.#orNull(line.subarray(this.#at))
    const given = this.#orNull(headers)
    this.headers = given === null ? null : this.#encoded(given)
  }

  /** What stands before the next separator; null where there is none and that is to be ignored. */
  #cut(line: Buffer, separator: Buffer, what: string): Buffer | null {
    const end = line.indexOf(separator, this.#at)
    if (end < 0) {
      if (this.#ignoreError) return null
      throw new BadLine(`No ${what} found on line number ${this.#lineNumber}: ${quoted(line)}`)
    }
    const part = line.subarray(this.#at, end)
    this.#at = end + separator.length
    return part
  }

  #orNull(bytes: Buffer | null): Buffer | null {
    return bytes !== null && this.#nullMarker?.equals(bytes) === true ? null : bytes
  }

  /** As Java's `split` cuts them: empty pairs at the end are none, but for a text that is nothing else. */
  #encoded(text: Buffer): Buffer {
    if (text.length === 0) return encodeHeaderBytes([this.#pair(text)])
    const pairs: HeaderBytes[] = []
    let empty = 0
    for (let from = 0; from <= text.length;) {
      const found = this.#headersSeparator.length === 0 ? -1 : text.indexOf(this.#headersSeparator, from)
      const end = found < 0 ? text.length : found
      if (end === from) empty++
      else {
        for (; empty > 0; empty--) pairs.push(this.#pair(text.subarray(from, from)))
        pairs.push(this.#pair(text.subarray(from, end)))
      }
      from = found < 0 ? text.length + 1 : end + this.#headersSeparator.length
    }
    return encodeHeaderBytes(pairs)
  }

  #pair(pair: Buffer): HeaderBytes {
    const at = pair.indexOf(this.#headersKeySeparator)
    if (at < 0) {
      if (this.#ignoreError) return [pair, null]
      throw new BadLine(`No header key separator found in pair ${quoted(pair)} on line number ${this.#lineNumber}`)
    }
    const name = pair.subarray(0, at)
    if (this.#orNull(name) === null)
      throw new BadLine(`Header keys should not be equal to the null marker ${quoted(name)} as they can't be null`)
    return [name, this.#orNull(pair.subarray(at + this.#headersKeySeparator.length))]
  }
}
