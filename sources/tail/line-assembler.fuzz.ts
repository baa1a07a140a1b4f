import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/flow/event.ts'
import { LineAssembler } from './line-assembler.ts'

const someBytes = fc
  .array(fc.constantFrom(10, 10, 13, 0, 97, 98, 255), { maxLength: 60 })
  .map((values) => Buffer.from(values))

describe('LineAssembler', () => {
  it('gives the lines of any bytes, however they are cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (chunks, max) => {
        const lines = new LineAssembler(1000, () => {})
        const found: string[] = []
        for (const chunk of chunks) {
          for (let at = 0; at < chunk.length;) {
            const batch: Event[] = []
            const next = lines.take(chunk, at, batch, max)
            expect(next > at && batch.length <= max).toBe(true)
            at = next
            found.push(...batch.map((event) => Buffer.from(event.body).toString('latin1')))
          }
        }
        const expected = Buffer.concat(chunks).toString('latin1').split('\n')
        const last = expected.pop() ?? ''
        expect(found).toEqual(expected.map((line) => line.replace(/\r$/, '')))
        expect(lines.carriedBytes).toBe(last.length)
      }),
      { numRuns: 500 },
    )
  })

  it('cuts long lines and loses none of their bytes', () => {
    fc.assert(
      fc.property(fc.array(someBytes, { maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (chunks, maxLineBytes) => {
        const lines = new LineAssembler(maxLineBytes, () => {})
        const batch: Event[] = []
        for (const chunk of chunks) {
          for (let at = 0; at < chunk.length;) at = lines.take(chunk, at, batch, 1e9)
        }
        const rest = lines.rest()
        if (rest !== undefined) batch.push(rest)
        expect(batch.every((event) => event.body.length <= maxLineBytes + 2)).toBe(true)
        const bare = (text: string): string => text.replaceAll('\n', '').replaceAll('\r', '')
        const all = Buffer.concat(batch.map((event) => event.body)).toString('latin1')
        expect(bare(all)).toBe(bare(Buffer.concat(chunks).toString('latin1')))
      }),
      { numRuns: 500 },
    )
  })
})
