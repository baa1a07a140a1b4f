/** Stored records of the newer group protocol, of any kind. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Malformed } from '../../../protocol/malformed.ts'
import { Reader } from '../../../protocol/reader.ts'
import { readConsumerRecord } from './consumer-records.ts'
import { replayConsumerRecord } from './replay.ts'

test('stored bytes of any kind are read or refused, and what is read can be taken in', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
  const value = fc.oneof(
    fc.constant(null),
    bytes,
    bytes.map((b) => Buffer.concat([Buffer.from([0, 0]), b])),
  )
  const record = fc.tuple(fc.integer({ min: 3, max: 8 }), bytes, value)
  fc.assert(
    fc.property(fc.array(record, { maxLength: 10 }), (records) => {
      const group = { consumer: undefined }
      for (const [type, key, stored] of records) {
        try {
          const told = readConsumerRecord(type, new Reader(key), stored)
          if (told !== undefined) replayConsumerRecord(group, told)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Malformed)
        }
      }
    }),
    { numRuns: 500 },
  )
})
