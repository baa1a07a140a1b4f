import { expect, it } from 'vitest'
import { Chunk } from './chunk.ts'

const numbered = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7) % 251))

it.each([0, 1, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 65, 105, 159, 160, 161, 900])(
  'copies %i bytes, and no other',
  (length) => {
    for (const [from, at] of [
      [0, 0],
      [3, 8],
      [1001, 13],
      [numbered.length - length, 2000 - length],
    ] as const) {
      const into = new Chunk(Buffer.alloc(2000, 0xee))
      new Chunk(numbered).copy(from, from + length, into, at)
      const expected = Buffer.alloc(2000, 0xee)
      numbered.copy(expected, at, from, from + length)
      expect(into.bytes.equals(expected)).toBe(true)
    }
  },
)

it('copies out of and into buffers that are parts of larger ones', () => {
  const into = Buffer.alloc(300, 0xee)
  new Chunk(numbered.subarray(100, 300)).copy(5, 55, new Chunk(into.subarray(50, 200)), 20)
  expect(into.subarray(70, 120)).toEqual(numbered.subarray(105, 155))
  expect([into[69], into[120]]).toEqual([0xee, 0xee])
})
