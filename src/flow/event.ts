/** An event: the one thing that flows. Batches (arrays of events) are the only unit that moves. */
import type { Chunk, Slice } from '../base/chunk.ts'

/** Immutable. Events of a batch with equal headers share one object, so compare by identity before looking inside. */
export type Headers = Readonly<Record<string, string>>

/** `body` is bytes and may be a view into a larger chunk; a chunk that backs events is never overwritten, only dropped. */
export interface Event {
  readonly headers: Headers
  readonly body: Uint8Array
  /**
   * What the headers come to, names and values, in UTF-16 units: only on events that make their headers when they are first read. Whoever charges for
   * headers looks here first, so that counting does not make them.
   */
  readonly headerLength?: number
  /** Bytes of the body: only on events that make a view of it when it is read. See `bodyLengthOf`. */
  readonly bodyLength?: number
  /** Where the body lies: only on such events, too. See `copyBody`. */
  readonly slice?: Slice
}

export type Batch = readonly Event[]

/**
 * The usual event. A class, because V8 learns for each object literal whether its objects live long, and for constructors it does not: the first lines
 * of a start wait until the sinks are ready, and would teach it to make every later event in the old generation. That costs a third more CPU and memory.
 */
export class PlainEvent implements Event {
  readonly headers: Headers
  readonly body: Uint8Array

  constructor(headers: Headers, body: Uint8Array) {
    this.headers = headers
    this.body = body
  }
}

/**
 * A line of a chunk, the event of the sources that read lines. Its body is made each time it is read: the view is a larger object than the event, most
 * events are read once, by their sink, and what lives no longer than that costs almost nothing.
 */
export class LineEvent implements Event, Slice {
  readonly headers: Headers
  readonly chunk: Chunk
  readonly from: number
  readonly to: number

  /** The bytes of `chunk` from `from` to `to`, which are never written again. */
  constructor(headers: Headers, chunk: Chunk, from: number, to: number) {
    this.headers = headers
    this.chunk = chunk
    this.from = from
    this.to = to
  }

  get body(): Buffer {
    return this.chunk.bytes.subarray(this.from, this.to)
  }

  get bodyLength(): number {
    return this.to - this.from
  }

  /** The event itself: one object less for each line. */
  get slice(): Slice {
    return this
  }

  /** Like every other event, without the whole chunk. */
  toJSON(): Event {
    return new PlainEvent(this.headers, this.body)
  }

  /** The same line under other headers. */
  under(headers: Headers): LineEvent {
    return new LineEvent(headers, this.chunk, this.from, this.to)
  }
}

/** Bytes of an event's body, without making a view of it. */
export const bodyLengthOf = (event: Event): number => event.bodyLength ?? event.body.length

/** Copies an event's body to `at` in a chunk that has room for it, without making a view where there is none. */
export const copyBody = (event: Event, into: Chunk, at: number): void => {
  const { slice } = event
  if (slice === undefined) into.bytes.set(event.body, at)
  else slice.chunk.copy(slice.from, slice.to, into, at)
}

/** The headers of an event that has none. */
export const noHeaders: Headers = Object.freeze({})
