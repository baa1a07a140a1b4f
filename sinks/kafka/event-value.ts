/** What of an event becomes the record's value: its body, or the whole event as an Avro datum (useFlumeEventFormat). */
import type { Event } from '../../src/flow/event.ts'
import { EventEncoder } from '../../src/formats/avro-event.ts'

/** The value lives until the next call. */
export type ValueOf = (event: Event) => Uint8Array

export const bodyOf: ValueOf = (event) => event.body

const bytesAtFirst = 16_384

/** Encodes into one buffer that is used again for every event. */
export const datumEncoder = (): ValueOf => {
  const encoder = new EventEncoder()
  let buffer = Buffer.allocUnsafeSlow(bytesAtFirst)
  return (event) => {
    const length = encoder.length(event)
    if (length > buffer.length) buffer = Buffer.allocUnsafeSlow(2 * length)
    encoder.put(event, buffer, 0)
    return buffer.subarray(0, length)
  }
}
