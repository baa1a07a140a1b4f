import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/flow/event.ts'
import { LineCutter } from './line-cutter.ts'

const cut = (chunks: readonly (string | Buffer)[], { max = 1000, maxLineBytes = 1e6 } = {}) => {
  let long = 0
  const cutter = new LineCutter(maxLineBytes, () => long++)
  const events: Event[] = []
  for (const chunk of chunks.map((c) => Buffer.from(c))) {
    for (let at = 0; at < chunk.length;) {
      const some: Event[] = []
      at = cutter.cut(chunk, at, some, max)
      expect(some.length).toBeLessThanOrEqual(max)
      events.push(...some)
    }
  }
  const last = cutter.last()
  if (last !== undefined) events.push(last)
  return { lines: events.map(({ body }) => Buffer.from(body).toString('latin1')), long }
}

const text = 'a\r\nb\rc\n\n\r\r\nlong line\rd\n\re'
const lines = ['a', 'b', 'c', '', '', '', 'long line', 'd', '', 'e']

describe('line cutter', () => {
  it('ends lines as Java does', () => {
    expect(cut([text]).lines).toEqual(lines)
    expect(cut(['a\r\nb\rc']).lines).toEqual(['a', 'b', 'c'])
  })

  it('does so wherever the chunks end, and however few lines are wanted at once', () => {
    for (let size = 1; size < text.length; size++) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      )
      for (const max of [1, 2, 1000]) expect(cut(chunks, { max }).lines, `${size} ${max}`).toEqual(lines)
    }
  })

  it('gives nothing for no output, and no line behind the last end', () => {
    expect(cut([]).lines).toEqual([])
    expect(cut(['a\r']).lines).toEqual(['a'])
    expect(cut(['a\r', '\n']).lines).toEqual(['a'])
  })

  it('leaves bytes as they are', () => {
    expect(cut([Buffer.from([0xff, 0, 0xc3, 0x0a, 0x80])]).lines).toEqual(['\xff\0\xc3', '\x80'])
  })

  it('cuts a line without end into pieces, saying so once for each line', () => {
    const { lines: pieces, long } = cut(
      ['x'.repeat(60), 'x'.repeat(60), 'x'.repeat(60), '\nshort\n', 'y'.repeat(120)],
      { maxLineBytes: 100 },
    )
    expect(pieces.join('')).toBe(`${'x'.repeat(180)}short${'y'.repeat(120)}`)
    expect(pieces.every((piece) => piece.length <= 160)).toBe(true)
    expect(long).toBe(2)
  })
})
