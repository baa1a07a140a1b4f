/** An event: the one thing that flows. Batches (arrays of events) are the only unit that moves. */

/** Immutable. Events of a batch with equal headers share one object, so compare by identity before looking inside. */
export type Headers = Readonly<Record<string, string>>

/** `body` is bytes and may be a view into a larger chunk; a chunk that backs events is never overwritten, only dropped. */
export interface Event {
  readonly headers: Headers
  readonly body: Uint8Array
}

export type Batch = readonly Event[]

/** The headers of an event that has none. */
export const noHeaders: Headers = Object.freeze({})
