import { describe, expect, it } from 'vitest'
import { utf8PieceEnd } from './utf8-pieces.ts'

const pieces = (text: string | Buffer, max: number): string[] => {
  const chunk = Buffer.from(text)
  const found: string[] = []
  for (let at = 0; at < chunk.length;) {
    const end = utf8PieceEnd(chunk, at, chunk.length, max)
    found.push(chunk.toString('latin1', at, end))
    at = end
  }
  return found.map((piece) => Buffer.from(piece, 'latin1').toString())
}

describe('utf8PieceEnd', () => {
  it('counts as Java does and tears no character', () => {
    expect(pieces('abcdefg', 3)).toEqual(['abc', 'def', 'g'])
    expect(pieces('äöüß', 2)).toEqual(['äö', 'üß'])
    expect(pieces('漢字かな', 3)).toEqual(['漢字か', 'な'])
    expect(pieces('a😀b😀', 3)).toEqual(['a😀', 'b😀'])
    expect(pieces('😀😀', 1)).toEqual(['😀', '😀'])
  })

  it('takes bytes that are no UTF-8 one by one, and never goes beyond the end', () => {
    expect(utf8PieceEnd(Buffer.from([0xff, 0x80, 0xe0]), 0, 3, 10)).toBe(3)
    expect(utf8PieceEnd(Buffer.from([0x80, 0x80, 0x80]), 0, 3, 2)).toBe(2)
  })
})
