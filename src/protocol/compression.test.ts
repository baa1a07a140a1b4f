import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codecs, compress, decompress } from './compression.ts'
import { errorCodes } from './error-codes.ts'
import { xxh32 } from './lz4-frame.ts'

const names = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const text = Buffer.from('the same line again and again\n'.repeat(10_000))

const codeOf = (run: () => unknown): number | undefined => {
  try {
    run()
    return undefined
  } catch (thrown) {
    return (thrown as { code: number }).code
  }
}

describe.each(names)('%s', (name) => {
  const codec = codecs[name]

  it('gives back what it took', () => {
    expect(decompress(codec, compress(codec, text)).equals(text)).toBe(true)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const buffer = Buffer.from(bytes)
        expect(decompress(codec, compress(codec, buffer))).toEqual(buffer)
      }),
      { numRuns: 30 },
    )
  })

  it('makes a repetitive log much smaller', () => {
    expect(compress(codec, text).length).toBeLessThan(text.length / 10)
  })

  it('stops at the limit, before the memory is taken', () => {
    const bomb = compress(codec, Buffer.alloc(50_000_000))
    expect(codeOf(() => decompress(codec, bomb, { limit: 1_000_000 }))).toBe(errorCodes.CORRUPT_MESSAGE)
    expect(decompress(codec, compress(codec, text), { limit: 400_000 }).length).toBe(text.length)
  })

  it('refuses bytes that are no such stream', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('no stream at all, just some text'), Buffer.alloc(64, 0xff)])
      expect(codeOf(() => decompress(codec, bytes))).toBe(errorCodes.CORRUPT_MESSAGE)
  })

  it('gives the limit at most, or an error, for damaged streams', () => {
    const sound = compress(codec, text)
    const edits = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(edits, (changes) => {
        const damaged = Buffer.from(sound)
        for (const [at, byte] of changes) damaged[at] = byte
        let out: Buffer = Buffer.alloc(0)
        const code = codeOf(() => (out = decompress(codec, damaged, { limit: 1_000_000 })))
        expect([undefined, errorCodes.CORRUPT_MESSAGE]).toContain(code)
        expect(out.length).toBeLessThanOrEqual(1_000_000)
      }),
      { numRuns: 60 },
    )
  })
})

it('reads streams of several members or frames', () => {
  const [a, b] = [Buffer.from('first, '), Buffer.from('second')]
  expect(decompress(codecs.gzip, Buffer.concat([gzipSync(a), gzipSync(b)])).toString()).toBe('first, second')
  expect(decompress(codecs.zstd, Buffer.concat([zstdCompressSync(a), zstdCompressSync(b)])).toString()).toBe(
    'first, second',
  )
  const joined = Buffer.concat([compress(codecs.snappy, a), compress(codecs.snappy, b)])
  expect(decompress(codecs.snappy, joined).toString()).toBe('first, second')
})

it('reads a snappy block without framing, as many clients send it', () => {
  const framed = compress(codecs.snappy, Buffer.from('raw block'))
  expect(decompress(codecs.snappy, framed.subarray(20)).toString()).toBe('raw block')
})

it('does not believe a snappy block that claims gigabytes', () => {
  const block = Buffer.from('ffffffff0f00', 'hex')
  expect(() => decompress(codecs.snappy, block, { limit: 2 ** 33 })).toThrow('6 bytes that claim to be 4294967295')
})

it('writes lz4 with the checksum of magic 0 on demand, and reads either there', () => {
  const broken = compress(codecs.lz4, text, { magic: 0 })
  expect(codeOf(() => decompress(codecs.lz4, broken))).toBe(errorCodes.CORRUPT_MESSAGE)
  expect(decompress(codecs.lz4, broken, { magic: 0 }).equals(text)).toBe(true)
  expect(decompress(codecs.lz4, compress(codecs.lz4, text), { magic: 0 }).equals(text)).toBe(true)
})

it('leaves bytes as they are without a codec', () => {
  expect(decompress(codecs.none, compress(codecs.none, text))).toBe(text)
})

it('knows no other codec', () => {
  expect(codeOf(() => compress(5, text))).toBe(errorCodes.UNSUPPORTED_COMPRESSION_TYPE)
  expect(codeOf(() => decompress(5, text))).toBe(errorCodes.UNSUPPORTED_COMPRESSION_TYPE)
})

it.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('hashes %j as xxHash says', (input, hash) => {
  expect(xxh32(Buffer.from(input))).toBe(hash)
})
