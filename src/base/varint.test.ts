import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { putShort, putVarint, varintBytes } from './varint.ts'

/** The definition, in arithmetic that cannot round. */
const byDefinition = (value: number): number[] => {
  let z = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value)
  const bytes: number[] = []
  for (; z >= 128n; z /= 128n) bytes.push(Number(z % 128n) + 128)
  return [...bytes, Number(z)]
}

const check = (value: number): void => {
  const into = Buffer.alloc(12)
  const end = putVarint(into, 1, value)
  expect([...into.subarray(1, end)]).toEqual(byDefinition(value))
  expect(varintBytes(value)).toBe(end - 1)
}

const edges = [6, 7, 13, 14, 20, 21, 27, 28, 31, 32, 34, 41, 48, 52].flatMap((bits) =>
  [-1, 0, 1].flatMap((near) => [2 ** bits + near, -(2 ** bits) + near]),
)

it.each([0, -1, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 62, ...edges])(
  'writes %d as the definition says',
  check,
)

it('writes any number as the definition says', () => {
  fc.assert(fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), check), { numRuns: 500 })
})

it('writes short numbers like all others', () => {
  const [short, any] = [Buffer.alloc(2), Buffer.alloc(2)]
  for (let value = 0; value < 0x2000; value++) {
    expect(putShort(short, 0, value)).toBe(putVarint(any, 0, value))
    expect(short).toEqual(any)
  }
})
