/** Stored bytes of any kind: they are read, or refused as Malformed; what was written is read back. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Malformed } from '../../protocol/malformed.ts'
import { Group } from './group.ts'
import { offsetKey, offsetValue, readGroupValue, readKey, readOffsetValue } from './group-records.ts'

const bytes = fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given))
/** Bytes that begin with a version that exists. */
const versioned = fc.tuple(fc.nat(5), bytes).map(([version, rest]) => Buffer.concat([Buffer.from([0, version]), rest]))

const refusesOnlyAsMalformed = (read: () => unknown): void => {
  try {
    read()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Malformed)
  }
}

test('bytes of chance', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, versioned), (given) => {
      refusesOnlyAsMalformed(() => readKey(given))
      refusesOnlyAsMalformed(() => readOffsetValue(given))
      refusesOnlyAsMalformed(() => readGroupValue(given, new Group('g', 0)))
    }),
    { numRuns: 2000 },
  )
})

test('offsets come back as they were', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 30 })
  const longs = fc.maxSafeNat()
  const committed = fc.record({ offset: longs, metadata: name, commitMs: longs })
  fc.assert(
    fc.property(
      name,
      name,
      fc.nat(),
      committed,
      fc.option(longs, { nil: undefined }),
      (group, topic, partition, given, expireMs) => {
        const leaderEpoch = expireMs === undefined ? 7 : -1
        expect(readKey(offsetKey(group, topic, partition))).toEqual({ kind: 'offset', group, topic, partition })
        const stored = { ...given, leaderEpoch, expireMs }
        expect(readOffsetValue(offsetValue(stored))).toEqual(stored)
      },
    ),
  )
})
