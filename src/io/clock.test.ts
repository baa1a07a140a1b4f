import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { realClock } from './clock.ts'

const dayMs = 24 * 3_600_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what is to happen in months does not happen at once', async () => {
  const done: string[] = []
  realClock.after(60 * dayMs, () => done.push('after'))
  void realClock.sleep(Infinity).then(() => done.push('never'))
  void realClock.sleep(50 * dayMs).then(() => done.push('slept'))
  await vi.advanceTimersByTimeAsync(49 * dayMs)
  expect(done).toEqual([])
  await vi.advanceTimersByTimeAsync(dayMs)
  expect(done).toEqual(['slept'])
  await vi.advanceTimersByTimeAsync(10 * dayMs)
  expect(done).toEqual(['slept', 'after'])
})

test('a long wait can be given up', async () => {
  const done: string[] = []
  const timer = realClock.after(60 * dayMs, () => done.push('after'))
  const stop = new AbortController()
  void realClock.sleep(60 * dayMs, stop.signal).then(() => done.push('slept'))
  await vi.advanceTimersByTimeAsync(30 * dayMs)
  timer[Symbol.dispose]()
  stop.abort()
  await vi.advanceTimersByTimeAsync(60 * dayMs)
  expect(done).toEqual(['slept'])
})
