import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { noHeaders } from '../flow/event.ts'
import { LineReader } from './line-reader.ts'

/** What the lines of a text are, told in the plainest way. */
const plainly = (bytes: Buffer, maxLineBytes: number, dropReturn: boolean): string[] => {
  const lines: string[] = []
  const all = bytes.toString('latin1').split('\n')
  all.pop()
  for (const line of all) {
    let left = dropReturn && line.endsWith('\r') ? line.slice(0, -1) : line
    while (left.length > maxLineBytes) {
      lines.push(left.slice(0, maxLineBytes))
      left = left.slice(maxLineBytes)
    }
    lines.push(left)
  }
  return lines
}

const someBytes = fc
  .array(fc.constantFrom(10, 10, 13, 0, 97, 98, 255), { maxLength: 300 })
  .map((values) => Buffer.from(values))

describe('LineReader', () => {
  it('gives the lines of any bytes, whatever the chunks, the batches and the growth of the file', () => {
    fc.assert(
      fc.property(
        fc.array(someBytes, { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (pieces, chunkBytes, maxLineBytes, max, dropReturn) => {
          const disk = new FakeDisk()
          disk.plant('/log', Buffer.alloc(0))
          const fd = disk.open('/log', 'a+')
          const options = { disk, chunkBytes, maxLineBytes, maxBatchBytes: 64, dropReturn, onLongLine: () => {} }
          let reader = new LineReader(options, 0)
          const lines: string[] = []
          for (const piece of pieces) {
            disk.write(fd, piece, 0, piece.length, null)
            for (
              let batch = reader.next(fd, max, noHeaders);
              batch.length > 0;
              batch = reader.next(fd, max, noHeaders)
            ) {
              expect(batch.length).toBeLessThanOrEqual(max)
              lines.push(...batch.map((e) => Buffer.from(e.body).toString('latin1')))
            }
            if (max % 2 === 0) reader.release()
            if (max % 3 === 0) reader = new LineReader(options, reader.position)
          }
          const whole = Buffer.concat(pieces)
          const expected = plainly(whole, maxLineBytes, dropReturn)
          // A long line without an end gives its first pieces at once.
          expect(lines.slice(0, expected.length)).toEqual(expected.slice(0, lines.length))
          expect(lines.length).toBeGreaterThanOrEqual(expected.length)
          reader = new LineReader(options, reader.position)
          expect(reader.next(fd, max, noHeaders)).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })
})
