/**
 * An event whose headers are made when somebody first reads them: offset, timestamp and key differ for every record, and most flows never look.
 * What is read is a plain frozen object, so nobody can tell the difference.
 */
import type { Event, Headers } from '../../src/flow/event.ts'

/** What all records of one fetch share. */
export interface Origin {
  readonly partition: string
  readonly topic: string
  /** The header for the topic; undefined for none. */
  readonly topicHeader: string | undefined
  /** Events hold their distance from these two: small numbers, which take no memory of their own. */
  readonly offset: number
  readonly timestampMs: number
  /** What headers without a key come to, names and values. */
  readonly headerLength: number
}

const keyHeader = 'key'
const timestampDigits = 13

/** `offset` and `timestampMs` are those of any record of the fetch. */
export const originOf = (
  topic: string,
  partition: number,
  topicHeader: string | undefined,
  offset: number,
  timestampMs: number,
): Origin => {
  const topicLength = topicHeader === undefined ? 0 : topicHeader.length + topic.length
  const partitionLength = 'partition'.length + String(partition).length
  const numbersLength = 'offset'.length + String(offset).length + 'timestamp'.length + timestampDigits
  return {
    topic,
    partition: String(partition),
    topicHeader,
    offset,
    timestampMs,
    headerLength: topicLength + partitionLength + numbersLength,
  }
}

/** Flume's headers of a record. `key` is text. */
export const recordHeaders = (
  origin: Origin,
  offsetDelta: number,
  timestampDelta: number,
  key: Buffer | null,
): Record<string, string> => {
  const headers: Record<string, string> = { timestamp: String(origin.timestampMs + timestampDelta) }
  if (origin.topicHeader !== undefined) headers[origin.topicHeader] = origin.topic
  headers['partition'] = origin.partition
  headers['offset'] = String(origin.offset + offsetDelta)
  if (key !== null) headers[keyHeader] = key.toString('utf8')
  return headers
}

export class KafkaEvent implements Event {
  readonly body: Uint8Array
  readonly origin: Origin
  readonly offsetDelta: number
  readonly timestampDelta: number
  readonly key: Buffer | null
  made: Headers | undefined = undefined

  constructor(body: Uint8Array, origin: Origin, offsetDelta: number, timestampDelta: number, key: Buffer | null) {
    this.body = body
    this.origin = origin
    this.offsetDelta = offsetDelta
    this.timestampDelta = timestampDelta
    this.key = key
  }

  get headers(): Headers {
    return (this.made ??= Object.freeze(recordHeaders(this.origin, this.offsetDelta, this.timestampDelta, this.key)))
  }

  get headerLength(): number {
    return this.origin.headerLength + (this.key === null ? 0 : keyHeader.length + this.key.length)
  }

  /** What `JSON.stringify` shows: the same as of any other event. */
  toJSON(): Event {
    return { headers: this.headers, body: this.body }
  }
}
