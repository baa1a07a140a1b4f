/** Patterns of chance: those that JavaScript's own engine understands match the same, and any other text is read or refused. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadPattern, TopicPattern } from './topic-pattern.ts'

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', String.raw`\d`, String.raw`\.`, '^', '$')
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}')).map(([a, times]) => `(?:${a})${times}`), // prettier-ignore
  ),
}))
const name = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.'), maxLength: 8 })

test('patterns mean what they mean elsewhere', () => {
  fc.assert(
    fc.property(pattern, fc.array(name, { minLength: 1, maxLength: 5 }), (text, names) => {
      const [ours, theirs] = [new TopicPattern(text), new RegExp(`^(?:${text})$`)]
      for (const one of names) expect([text, one, ours.test(one)]).toEqual([text, one, theirs.test(one)])
    }),
    { numRuns: 2000 },
  )
})

test('text of any kind is read or refused', () => {
  const piece = fc.constantFrom('(', ')', '[', ']', '{', '}', '1', ',', '\\', 'Q', 'E', 'x', '*', '+', '?', '|', '^', '-', '(?', 'i', ':', '<', 'P', '[:', ':]', 'a') // prettier-ignore
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        new TopicPattern(pieces.join('')).test('a1-')
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BadPattern)
      }
    }),
    { numRuns: 3000 },
  )
})
