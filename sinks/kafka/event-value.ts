/** What of an event becomes the record's value: its body, or the whole event as an Avro datum (useFlumeEventFormat). */
import type { Chunk } from '../../src/base/chunk.ts'
import { bodyLengthOf, copyBody, type Event } from '../../src/flow/event.ts'
import { EventEncoder } from '../../src/formats/avro-event.ts'

export interface EventValue {
  /** Bytes of an event's value. */
  length(event: Event): number
  /** Puts the value in its place. */
  put(event: Event, into: Chunk, at: number): void
}

export const bodyValue: EventValue = { length: bodyLengthOf, put: copyBody }

export const datumValue = (): EventValue => new EventEncoder()
