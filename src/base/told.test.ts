import { expect, it } from 'vitest'
import { isTold, tell } from './told.ts'

it('an error is told once it was, and so is what it causes', () => {
  const cause = new Error('no broker answers')
  const effect = new Error('the write timed out', { cause: new Error('no leader', { cause }) })
  expect([isTold(cause), isTold(effect)]).toEqual([false, false])
  expect(tell(cause)).toBe(cause)
  expect([isTold(cause), isTold(effect)]).toEqual([true, true])
  expect(isTold('a text')).toBe(false)
})
