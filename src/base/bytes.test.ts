import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readI64, writeI64 } from './bytes.ts'

const written = (value: number): Buffer => {
  const bytes = Buffer.alloc(9)
  writeI64(bytes, 1, value)
  return bytes
}

it('writes and reads any safe integer', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const bytes = written(value)
      expect(bytes.readBigInt64BE(1)).toBe(BigInt(value))
      expect(readI64(bytes, 1)).toBe(value)
    }),
  )
})

it.each([
  [2 ** 63, 2n ** 63n - 1n],
  [Infinity, 2n ** 63n - 1n],
  [-(2 ** 63), -(2n ** 63n)],
  [-(2 ** 64), -(2n ** 63n)],
])('writes %d as the nearest that 64 bits can say', (value, expected) => {
  expect(written(value).readBigInt64BE(1)).toBe(expected)
})
