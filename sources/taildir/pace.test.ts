import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { Pace } from './pace.ts'

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** How long the clock must move until the wait is over. */
const waitOf = async (clock: FakeClock, wait: Promise<void>): Promise<number> => {
  let over = false
  void wait.finally(() => (over = true))
  await turn()
  for (let ms = 0; ms < 10_000; ms++) {
    if (over) return ms
    clock.advance(1)
    await turn()
  }
  throw new Error('The wait never ended')
}

describe('Pace', () => {
  it('looks soon after there was something, and ever more seldom where it is quiet, down to the poll', async () => {
    const clock = new FakeClock()
    const pace = new Pace(clock, 100)
    const { signal } = new AbortController()
    const waits: number[] = []
    for (const progressed of [true, false, false, false, false, true]) {
      waits.push(await waitOf(clock, pace.next(progressed, signal)))
    }
    expect(waits).toEqual([20, 30, 50, 90, 110, 20])
  })

  it('is woken out of a wait, but never begins two rounds at once', async () => {
    const clock = new FakeClock()
    const pace = new Pace(clock, 1000)
    const { signal } = new AbortController()
    const wait = pace.next(false, signal)
    clock.advance(10)
    await turn()
    pace.wake()
    expect(await waitOf(clock, wait)).toBe(0)
    pace.wake()
    expect(await waitOf(clock, pace.next(false, signal))).toBe(10)
  })

  it('ends at the abort', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const wait = new Pace(clock, 1000).next(false, stop.signal)
    stop.abort()
    await wait
    expect(clock.waiting).toBe(0)
  })
})
