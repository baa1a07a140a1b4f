/** The reader against a second, slow one written from the grammar's rules, on texts made of the grammar's own trouble makers. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { javaTrim, parseProperties } from './properties.ts'

const blank = (c: string | undefined): boolean => c === ' ' || c === '\t' || c === '\f'

/** Logical lines: comments and blank lines gone, continuations joined. */
const logicalLines = (text: string): string[] => {
  const lines: string[] = []
  let open: string | undefined
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (open === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const continues = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1
    const joined: string = (open ?? '') + (continues ? line.slice(0, -1) : line)
    open = continues ? joined : undefined
    if (!continues && joined !== '') lines.push(joined)
  }
  if (open !== undefined && open !== '') lines.push(open)
  return lines
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, char: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    return { t: '\t', n: '\n', r: '\r', f: '\f' }[char] ?? char
  })

const pairOf = (line: string): [string, string] => {
  let end = 0
  while (end < line.length && !blank(line[end]) && line[end] !== '=' && line[end] !== ':')
    end += line[end] === '\\' ? 2 : 1
  let start = end
  let separated = false
  while (start < line.length && (blank(line[start]) || (!separated && /[=:]/.test(line[start] ?? '')))) {
    separated ||= !blank(line[start])
    start++
  }
  return [javaTrim(unescaped(line.slice(0, end))), javaTrim(unescaped(line.slice(start)))]
}

const piece = fc.constantFrom(
  'a',
  'key',
  ' ',
  '\t',
  '\f',
  '=',
  ':',
  '#',
  '!',
  '\\',
  '\\\\',
  '\n',
  '\r',
  '\r\n',
  '\\\n',
  '\\\r\n',
  '\\u0041',
  'é',
  '\0',
)

describe('parseProperties', () => {
  it('reads what the rules of the grammar say', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        fc.pre(!/\\u(?![0-9a-fA-F]{4})/.test(text))
        const expected = logicalLines(text)
          .map(pairOf)
          .filter(([, value]) => value !== '')
        const got = parseProperties(text, 'f').entries.map((e) => [e.key, e.value])
        expect(got).toEqual(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  it('throws at nothing, and names no line that the file does not have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { entries, findings } = parseProperties(text, 'f')
        const lines = text.split(/\r\n|\r|\n/).length
        for (const { line } of [...entries, ...findings]) expect(line >= 1 && line <= lines).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
