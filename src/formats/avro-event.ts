/**
 * The datum of a Flume event in Avro's binary form: headers as a map of strings, then the body as bytes. It is the value of a Kafka record
 * (`useFlumeEventFormat`, `parseAsFlumeEvent`), the parameter of Flume's RPC and the row of the `avro_event` serializer: no container, no schema id.
 */
import type { Chunk } from '../base/chunk.ts'
import { putVarint, varintBytes } from '../base/varint.ts'
import { bodyLengthOf, copyBody, type Event, type Headers, noHeaders, PlainEvent } from '../flow/event.ts'
import type { AvroReader } from './avro-reader.ts'

const noHeadersBytes = Buffer.from([0])

const encodeHeaders = (headers: Headers): Uint8Array => {
  const names = Object.keys(headers)
  if (names.length === 0) return noHeadersBytes
  const texts = names.flatMap((name) => [Buffer.from(name), Buffer.from(headers[name] ?? '')])
  const length = texts.reduce(
    (sum, text) => sum + varintBytes(text.length) + text.length,
    varintBytes(names.length) + 1,
  )
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = putVarint(bytes, 0, names.length)
  for (const text of texts) {
    at = putVarint(bytes, at, text.length)
    at += text.copy(bytes, at)
  }
  bytes[at] = 0
  return bytes
}

/** Encodes events. Headers that a run of events shares are encoded once. */
export class EventEncoder {
  #headers: Headers = noHeaders
  #encoded: Uint8Array = noHeadersBytes

  /** The bytes that `put` will write. */
  length(event: Event): number {
    const bytes = bodyLengthOf(event)
    return this.#headerBytes(event.headers).length + varintBytes(bytes) + bytes
  }

  /** Writes the datum at `at`, where there must be room, and gives the position after it. */
  put(event: Event, into: Chunk, at: number): number {
    const { bytes } = into
    const headers = this.#headerBytes(event.headers)
    const length = bodyLengthOf(event)
    if (headers.length === 1) bytes[at] = 0
    else bytes.set(headers, at)
    const bodyAt = putVarint(bytes, at + headers.length, length)
    copyBody(event, into, bodyAt)
    return bodyAt + length
  }

  #headerBytes(headers: Headers): Uint8Array {
    if (headers !== this.#headers) {
      this.#encoded = encodeHeaders(headers)
      this.#headers = headers
    }
    return this.#encoded
  }
}

/** Reads events. Bodies are views; events that follow each other with the same header bytes share one headers object. */
export class EventDecoder {
  #bytes: Buffer = noHeadersBytes
  #headers: Headers = noHeaders

  /** The datum that begins where `reader` stands. Throws BadAvro. */
  next(reader: AvroReader): Event {
    const headers = this.#readHeaders(reader)
    return new PlainEvent(headers, reader.binary())
  }

  #readHeaders(reader: AvroReader): Headers {
    const { bytes, at } = reader
    const known = this.#bytes
    const same =
      known.length === 1
        ? reader.left > 0 && bytes[at] === 0
        : known.length <= reader.left && bytes.compare(known, 0, known.length, at, at + known.length) === 0
    if (same) {
      reader.at += known.length
      return this.#headers
    }
    this.#headers = readHeaders(reader)
    this.#bytes = bytes.subarray(at, reader.at)
    return this.#headers
  }
}

const readHeaders = (reader: AvroReader): Headers => {
  let headers: Record<string, string> | undefined
  for (let count = reader.blockCount(); count > 0; count = reader.blockCount()) {
    headers ??= Object.create(null) as Record<string, string>
    for (let i = 0; i < count; i++) headers[reader.string()] = reader.string()
  }
  return headers === undefined ? noHeaders : Object.freeze({ ...headers })
}
