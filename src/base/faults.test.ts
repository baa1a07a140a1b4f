import { expect, it } from 'vitest'
import { Fault } from './faults.ts'

it('a fault says how many there are, and leaves what it was not told', () => {
  const message = (events: number): string => new Fault('CHANNEL_FULL', { channel: 'c1', events }).message
  expect(message(1)).toBe('Channel c1 had no room for 1 event within {seconds} s')
  expect(message(2)).toContain('no room for 2 events within')
})
