import { expect, it } from 'vitest'
import { Ahead } from './ahead.ts'

/** A batch that settles when it is told to. */
const batch = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { settled: promise, settle: resolve }
}

it('gives positions in their order, whatever order batches settle in, and room again and again', async () => {
  const positions: string[] = []
  const ahead = new Ahead<string>(20, (position, events) => positions.push(`${position} ${events}`))
  const { signal } = new AbortController()
  const [first, second, third] = [batch(), batch(), batch()]
  ahead.add(10, 'a', first)
  ahead.add(10, 'b', second)
  const room = ahead.room(signal)
  second.settle()
  await second.settled
  expect([ahead.full, positions]).toEqual([true, []])
  first.settle()
  await room
  expect([ahead.events, positions]).toEqual([0, ['a 10', 'b 10']])
  ahead.add(20, 'c', third)
  const again = ahead.room(signal)
  third.settle()
  await again
  expect(positions.at(-1)).toBe('c 20')
})

it('ends every wait whose signal aborts, and no other', async () => {
  const ahead = new Ahead<string>(10, () => {})
  const open = batch()
  ahead.add(10, 'a', open)
  const [stop, grace] = [new AbortController(), new AbortController()]
  const waits = [ahead.room(stop.signal), ahead.room(stop.signal)]
  let isEmpty = false
  const empty = ahead.empty(grace.signal).then(() => (isEmpty = true))
  stop.abort()
  await Promise.all(waits)
  await ahead.room(stop.signal)
  expect([ahead.events, isEmpty]).toEqual([10, false])
  open.settle()
  await empty
  expect(ahead.events).toBe(0)
})
