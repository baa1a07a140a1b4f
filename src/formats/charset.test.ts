import { describe, expect, it } from 'vitest'
import { charsetOf } from './charset.ts'

const decodeByteByByte = (name: string, bytes: readonly number[]): string => {
  const decoder = charsetOf(name)?.decoder()
  const parts = bytes.map((byte) => decoder?.decode(Buffer.from([byte]), false))
  return parts.join('') + (decoder?.decode(Buffer.alloc(0), true) ?? '')
}

describe('charsetOf', () => {
  it.each([
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['latin1', [0xe9, 0x80], 'é\u0080'],
    ['ISO8859_1', [0xe9], 'é'],
    ['US-ASCII', [0x41, 0xe9], 'A\ufffd'],
    ['Cp1252', [0x80], '€'],
    ['UTF-16', [0xff, 0xfe, 0xe9, 0x00], 'é'],
    ['UTF-16', [0x00, 0xe9], 'é'],
    ['UTF-16BE', [0x20, 0xac], '€'],
    ['Shift_JIS', [0x82, 0xa0], 'あ'],
  ])('reads %s across pieces', (name, bytes, text) => {
    expect(decodeByteByByte(name, bytes)).toBe(text)
  })

  it('knows which one is UTF-8, and which it does not know', () => {
    expect(charsetOf('Utf8')?.isUtf8).toBe(true)
    expect(charsetOf('latin1')?.isUtf8).toBe(false)
    expect(charsetOf('utf-9')).toBeUndefined()
  })

  it('writes what it reads, with ? for what the set does not have', () => {
    expect(charsetOf('latin1')?.encode('é€')).toEqual(Buffer.from([0xe9, 0x3f]))
    expect(charsetOf('us-ascii')?.encode('Aé')).toEqual(Buffer.from('A?'))
    expect(charsetOf('utf-16be')?.encode('é')).toEqual(Buffer.from([0, 0xe9]))
  })
})
