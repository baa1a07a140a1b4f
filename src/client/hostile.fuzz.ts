import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../../test/fakes/batches.ts'
import { Malformed } from '../protocol/malformed.ts'
import { BadRecords } from './errors.ts'
import { FetchedRecords } from './fetched-records.ts'
import { FrameReader } from './frame-reader.ts'

/** What a broken or hostile broker may send: nothing but the errors that are meant for it may come of it. */
const onlyThrows = (kind: abstract new (...given: never[]) => Error, run: () => void): void => {
  try {
    run()
  } catch (error) {
    if (!(error instanceof kind)) throw error
  }
}

describe('whatever a broker sends', () => {
  it('as frames, is told apart or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 30 }), fc.boolean(), (pieces, keeps) => {
        const reader = new FrameReader({ chunkBytes: 32, frameBytesMax: 1000, onFrame: () => keeps && reader.pin() })
        onlyThrows(Malformed, () => {
          for (const piece of pieces) {
            for (let at = 0; at < piece.length;) {
              const space = reader.space()
              const length = Math.min(space.length, piece.length - at)
              space.set(piece.subarray(at, at + length))
              reader.received(length)
              at += length
            }
          }
        })
        expect(reader.space().length).toBeGreaterThan(0)
      }),
    )
  })

  it('as frames of any size in any pieces, arrives whole', () => {
    const sizes = fc.array(fc.integer({ min: 4, max: 4000 }), { maxLength: 12 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 50_000 }), fc.boolean(), (lengths, atOnce, keeps) => {
        const seen: number[] = []
        const reader = new FrameReader({
          chunkBytes: 2000,
          frameBytesMax: 100_000,
          onFrame: (frame) => {
            expect(frame.equals(Buffer.alloc(frame.length, seen.length % 251))).toBe(true)
            seen.push(frame.length)
            if (keeps) reader.pin()
          },
        })
        const sent = Buffer.concat(
          lengths.flatMap((length, i) => {
            const size = Buffer.alloc(4)
            size.writeInt32BE(length)
            return [size, Buffer.alloc(length, i % 251)]
          }),
        )
        for (let at = 0; at < sent.length;) {
          const space = reader.space()
          const length = Math.min(space.length, atOnce, sent.length - at)
          sent.copy(space, 0, at, at + length)
          reader.received(length)
          at += length
        }
        expect(seen).toEqual(lengths)
      }),
    )
  })

  it('as records, is read or said to be bad, and reading always gets on', () => {
    const good = batchOf(['a', 'b', 'c'])
    const damage = fc.array(fc.tuple(fc.nat(good.length * 2), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(damage, fc.boolean(), fc.nat(10), (changes, checkCrc, fromOffset) => {
        const records = Buffer.concat([good, good])
        for (const [at, byte] of changes) records[at] = byte
        onlyThrows(BadRecords, () => {
          const fetched = new FetchedRecords({ topic: 't', partition: 0, fromOffset, records, aborted: [], checkCrc })
          let count = 0
          while (fetched.next()) {
            expect(fetched.reader.offset).toBeGreaterThanOrEqual(fromOffset)
            expect(++count).toBeLessThan(10_000)
            fetched.reader.value()
            fetched.reader.key()
          }
          expect(fetched.position).toBeGreaterThanOrEqual(fromOffset)
        })
      }),
      { numRuns: 500 },
    )
  })
})
