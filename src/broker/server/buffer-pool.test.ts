import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { BufferPool } from './buffer-pool.ts'

const megabyte = 1024 * 1024

/** One answer of so many megabytes. */
const answer = (pool: BufferPool, megabytes: number): Buffer[] => {
  const taken = Array.from({ length: megabytes }, () => pool.take(megabyte))
  for (const buffer of taken) pool.give(buffer)
  return taken
}

test('large answers, one after another, use the same memory', () => {
  const clock = new FakeClock()
  using pool = new BufferPool(clock)
  const first = new Set(answer(pool, 12))
  for (let i = 0; i < 20; i++) {
    clock.advance(400)
    expect(answer(pool, 12).every((buffer) => first.has(buffer))).toBe(true)
  }
})

test('when they have stopped, most of their memory is let go', () => {
  const clock = new FakeClock()
  using pool = new BufferPool(clock)
  const first = new Set(answer(pool, 24))
  clock.advance(3000)
  expect(answer(pool, 24).filter((buffer) => first.has(buffer))).toHaveLength(16)
})

test('what a crowd gives back at once is not all kept', () => {
  using pool = new BufferPool(new FakeClock())
  const first = new Set(answer(pool, 100))
  expect(answer(pool, 100).filter((buffer) => first.has(buffer))).toHaveLength(48)
})
