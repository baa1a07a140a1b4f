/** What a line of the console producer becomes: a value; with `parse.key` a key before it, with `parse.headers` record headers before that. */
import { encodeHeaders } from '../client/records.ts'
import { UsageError } from './jopt.ts'

export interface LineRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Encoded, or null for none. */
  readonly headers: Uint8Array | null
}

/** A line that has not the form that was asked for. */
export class BadLine extends Error {}

const truthy = (text: string | undefined): boolean => text?.toLowerCase() === 'true'

interface Cut {
  readonly head: Buffer
  readonly tail: Buffer
}

const cutAt = (line: Buffer, separator: Buffer): Cut | undefined => {
  const at = line.indexOf(separator)
  return at < 0 ? undefined : { head: line.subarray(0, at), tail: line.subarray(at + separator.length) }
}

/** Reads lines by the properties of Kafka's line reader. */
export class LineReader {
  readonly #parseKey: boolean
  readonly #parseHeaders: boolean
  readonly #ignoreError: boolean
  readonly #keySeparator: Buffer
  readonly #headersDelimiter: Buffer
  readonly #headersSeparator: string
  readonly #headerKeySeparator: string
  readonly #nullMarker: Buffer | undefined
  #lines = 0

  /** Throws a UsageError for separators that cannot be told apart. */
  constructor(properties: ReadonlyMap<string, string>) {
    this.#parseKey = truthy(properties.get('parse.key'))
    this.#parseHeaders = truthy(properties.get('parse.headers'))
    this.#ignoreError = truthy(properties.get('ignore.error'))
    this.#keySeparator = Buffer.from(properties.get('key.separator') ?? '\t')
    this.#headersDelimiter = Buffer.from(properties.get('headers.delimiter') ?? '\t')
    this.#headersSeparator = properties.get('headers.separator') ?? ','
    this.#headerKeySeparator = properties.get('headers.key.separator') ?? ':'
    const marker = properties.get('null.marker')
    this.#nullMarker = marker === undefined ? undefined : Buffer.from(marker)
    if (this.#headersSeparator === this.#headerKeySeparator)
      throw new UsageError('headers.separator and headers.key.separator may not be equal', false)
  }

  /** Whether every line is a value as it is. */
  get plain(): boolean {
    return !this.#parseKey && !this.#parseHeaders && this.#nullMarker === undefined
  }

  /** Throws BadLine. */
  read(line: Buffer): LineRecord {
    this.#lines++
    let rest = line
    let headers: Uint8Array | null = null
    let key: Buffer | null = null
    if (this.#parseHeaders) {
      const cut = this.#cut(rest, this.#headersDelimiter, 'headers delimiter')
      headers = cut.head === undefined ? null : this.#headers(cut.head)
      rest = cut.tail
    }
    if (this.#parseKey) {
      const cut = this.#cut(rest, this.#keySeparator, 'key separator')
      key = cut.head === undefined ? null : this.#orNull(cut.head)
      rest = cut.tail
    }
    return { key, value: this.#orNull(rest), headers }
  }

  #cut(line: Buffer, separator: Buffer, what: string): { head: Buffer | undefined; tail: Buffer } {
    const cut = cutAt(line, separator)
    if (cut !== undefined) return cut
    if (this.#ignoreError) return { head: undefined, tail: line }
    if (what === 'key separator') throw new BadLine(`No key found on line ${this.#lines}: ${line.toString('utf8')}`)
    throw new BadLine(`No ${what} found on line number ${this.#lines}: '${line.toString('utf8')}'`)
  }

  #headers(text: Buffer): Uint8Array {
    const pairs = text
      .toString('utf8')
      .split(this.#headersSeparator)
      .map((pair) => this.#header(pair))
    return encodeHeaders(Object.fromEntries(pairs))
  }

  #header(pair: string): [string, string | null] {
    const at = pair.indexOf(this.#headerKeySeparator)
    if (at >= 0) return [pair.slice(0, at), pair.slice(at + this.#headerKeySeparator.length)]
    if (this.#ignoreError) return [pair, null]
    throw new BadLine(`No header key separator found in pair '${pair}' on line number ${this.#lines}`)
  }

  #orNull(bytes: Buffer): Buffer | null {
    return this.#nullMarker !== undefined && bytes.equals(this.#nullMarker) ? null : bytes
  }
}
