import { describe, expect, it } from 'vitest'
import { CannotEncode } from './malformed.ts'
import { Reader } from './reader.ts'
import { maxI64 } from './table.ts'
import { referencedBytesMin, Writer } from './writer.ts'

const written = (write: (writer: Writer) => void): Buffer => {
  const writer = new Writer()
  writer.begin()
  write(writer)
  return Buffer.concat(writer.finish())
}

describe('Writer and Reader', () => {
  it.each([0, 1, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -(2 ** 63), maxI64])(
    'agree on the 64-bit integer %d',
    (value) => {
      const bytes = written((w) => w.i64(value))
      expect(bytes.readBigInt64BE()).toBe(value === maxI64 ? 2n ** 63n - 1n : BigInt(value))
      expect(new Reader(bytes).i64()).toBe(value)
    },
  )

  it.each([0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])('agree on the unsigned varint %d', (value) => {
    expect(new Reader(written((w) => w.uvarint(value))).uvarint()).toBe(value)
  })

  it('agree on strings in any script, empty and null', () => {
    for (const compact of [true, false])
      for (const text of ['', 'straße', '日本語', null])
        expect(new Reader(written((w) => w.str(text, compact))).str(compact)).toBe(text)
  })
})

describe('Reader', () => {
  it.each(['8080808010', 'ffffffffff01', '80'])('refuses the varint %s', (hex) => {
    expect(() => new Reader(Buffer.from(hex, 'hex')).uvarint()).toThrow(/varint|left/)
  })
})

describe('Writer', () => {
  it('leaves finished messages as they are while it writes more', () => {
    const writer = new Writer()
    const messages = Array.from({ length: 2000 }, (_, i) => {
      writer.begin()
      writer.i32(0)
      writer.str('x'.repeat(i), false)
      return writer.finishFrame()
    })
    for (const [i, pieces] of messages.entries()) {
      const whole = Buffer.concat(pieces)
      expect(whole.readInt32BE(0)).toBe(whole.length - 4)
      expect(whole.toString('latin1', 6)).toBe('x'.repeat(i))
    }
  })

  it('forgets a message that was never finished', () => {
    const writer = new Writer()
    writer.begin()
    writer.raw(Buffer.alloc(referencedBytesMin))
    writer.i32(1)
    writer.begin()
    writer.i32(2)
    expect(writer.finish()).toEqual([Buffer.from([0, 0, 0, 2])])
  })

  it('grows beyond its first slab', () => {
    const parts = Array.from({ length: 100 }, (_, i) => Buffer.alloc(4000, i))
    expect(written((w) => parts.forEach((part) => w.raw(part))).equals(Buffer.concat(parts))).toBe(true)
  })

  it('refuses what the protocol cannot say', () => {
    expect(() => written((w) => w.str('x'.repeat(32_768), false))).toThrow(CannotEncode)
    expect(() => written((w) => w.uuid('short'))).toThrow(CannotEncode)
  })
})
