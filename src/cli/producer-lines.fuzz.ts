import { array, assert, constantFrom, nat, property } from 'fast-check'
import { expect, it } from 'vitest'
import { ProducerLines } from './producer-lines.ts'

/** As Java's BufferedReader would read them. */
const expected = (text: string): string[] => {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

it('lines are the same however the input is cut into chunks', () => {
  const piece = constantFrom('a', 'bc', '\n', '\r', '\r\n', '\n\n', 'x'.repeat(30))
  assert(
    property(array(piece, { maxLength: 40 }), array(nat(20), { maxLength: 20 }), (pieces, sizes) => {
      const text = pieces.join('')
      const lines = new ProducerLines(10_000, () => {})
      const found: string[] = []
      let at = 0
      for (const size of [...sizes, text.length]) {
        for (const line of lines.push(Buffer.from(text.slice(at, at + size)))) found.push(String(line))
        at += size
      }
      for (const line of lines.finish()) found.push(String(line))
      expect(found).toEqual(expected(text))
    }),
  )
})
