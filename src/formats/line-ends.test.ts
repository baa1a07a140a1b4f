import { afterEach, expect, it, vi } from 'vitest'
import { lineEnds } from './line-ends.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

const pieceBytes = 16 * 1024

/** Bytes in which each `every`th is a line end. */
const withLines = (length: number, every: number): Buffer =>
  Buffer.from(
    Array.from({ length }, (_, i) => (i % every === every - 1 ? 10 : (i * 7) % 256 === 10 ? 11 : (i * 7) % 256)),
  )

const foundIn = (bytes: Buffer, from: number, length: number): number[] => {
  const ends = lineEnds()
  if (ends === undefined) throw new Error('no vector instructions here')
  return [...ends.positions.subarray(0, ends.find(bytes, from, length))]
}

it.each([1, 2, 15, 16, 17, 31, 32, 33, 1000, pieceBytes - 1, pieceBytes])(
  'finds every line end of %i bytes',
  (length) => {
    for (const every of [1, 2, 7, 16, 17, 107, length]) {
      const bytes = withLines(length, every)
      const expected = [...bytes.keys()].filter((i) => bytes[i] === 10)
      expect(foundIn(bytes, 0, length)).toEqual(expected)
    }
  },
)

it('looks at the bytes it was given, and at none before or behind them', () => {
  const bytes = Buffer.alloc(3000, '\n')
  bytes.fill('x', 1000, 1100)
  expect(foundIn(bytes.subarray(500), 500, 100)).toEqual([])
  expect(foundIn(bytes.subarray(500), 499, 102)).toEqual([0, 101])
})

it('has forgotten the piece before', () => {
  expect(foundIn(Buffer.alloc(pieceBytes, '\n'), 0, pieceBytes)).toHaveLength(pieceBytes)
  expect(foundIn(Buffer.from('one\ntwo'), 0, 7)).toEqual([3])
})

it.each([
  ['is none', undefined],
  ['refuses', { Module: undefined }],
])('says so where WebAssembly %s', async (_how, stub) => {
  vi.stubGlobal('WebAssembly', stub)
  vi.resetModules()
  const fresh = await import('./line-ends.ts')
  expect(fresh.lineEnds()).toBeUndefined()
})
