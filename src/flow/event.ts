/** An event: the one thing that flows. Batches (arrays of events) are the only unit that moves. */

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
}

export type Batch = readonly Event[]

/** The headers of an event that has none. */
export const noHeaders: Headers = Object.freeze({})
