/** A put becomes one record, and a record has a largest size: what is larger would be written and never be read back, so it is refused before it has a place in the order. */
import { Fault } from '../../src/base/faults.ts'
import type { Batch, Headers } from '../../src/flow/event.ts'
import { recordBytesOf } from './put-record.ts'
import { recordBytesMax, recordHeaderBytes } from './record-form.ts'

/** Lengths and numbers of sets are varints of so many bytes at most. */
const varintBytesMax = 5
/** A code unit of text is so many bytes of UTF-8 at most. */
const bytesPerUnit = 3

const headersBytesMax = (headers: Headers): number => {
  let bytes = varintBytesMax
  for (const [name, value] of Object.entries(headers))
    bytes += 2 * varintBytesMax + bytesPerUnit * (name.length + value.length)
  return bytes
}

/** Not below the size of the batch's record, and found without looking at a character. */
const recordBytesAtMost = (batch: Batch): number => {
  let bytes = recordHeaderBytes
  let last: Headers | undefined
  for (const { headers, body } of batch) {
    if (headers !== last) bytes += headersBytesMax(headers)
    last = headers
    bytes += 2 * varintBytesMax + body.length
  }
  return bytes
}

/** BATCH_BYTES for a batch whose record would be above `bytesMax`, which a reader would not believe. */
export const tooManyBytes = (channel: string, batch: Batch, bytesMax = recordBytesMax): Fault | undefined => {
  if (recordBytesAtMost(batch) <= bytesMax) return undefined
  const bytes = recordBytesOf(batch)
  return bytes <= bytesMax ? undefined : new Fault('BATCH_BYTES', { channel, events: batch.length, bytes, bytesMax })
}
