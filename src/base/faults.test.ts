import { expect, it } from 'vitest'
import { Fault, reasonOf } from './faults.ts'

it('a fault says how many there are, and leaves what it was not told', () => {
  const message = (events: number): string => new Fault('CHANNEL_FULL', { channel: 'c1', events }).message
  expect(message(1)).toBe('Channel c1 had no room for 1 event within {seconds} s')
  expect(message(2)).toContain('no room for 2 events within')
})

it('the reason of several parts that could not be disposed of is that of each', () => {
  const dispose = (): void => {
    using stack = new DisposableStack()
    for (const reason of ['EROFS: unlink', 'EIO: close', 'EIO: close'])
      stack.defer(() => {
        throw new Error(reason)
      })
  }
  let thrown: unknown
  try {
    dispose()
  } catch (error) {
    thrown = error
  }
  expect(reasonOf(thrown)).toBe('EIO: close; EROFS: unlink')
})
