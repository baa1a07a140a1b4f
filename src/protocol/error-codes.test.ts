import { expect, it } from 'vitest'
import { errorCodes, errorMessage, errorName, isRetriable, KafkaFault, protocolErrors } from './error-codes.ts'

it('has every code from -1 to 133 once', () => {
  const codes = Object.values(protocolErrors).map((error) => error.code)
  expect(codes).toEqual(Array.from({ length: 135 }, (_, i) => i - 1))
})

it.each([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', true],
  [6, 'NOT_LEADER_OR_FOLLOWER', true],
  [36, 'TOPIC_ALREADY_EXISTS', false],
  [79, 'MEMBER_ID_REQUIRED', false],
  [100, 'UNKNOWN_TOPIC_ID', true],
])('knows %i as %s', (code, name, retriable) => {
  expect([errorName(code), isRetriable(code)]).toEqual([name, retriable])
  expect(errorCodes[name as keyof typeof errorCodes]).toBe(code)
})

it('can name a code that came after it', () => {
  expect(errorName(999)).toBe('ERROR_999')
  expect(isRetriable(999)).toBe(false)
  expect(errorMessage(999)).toContain('999')
})

it('carries the code in a fault', () => {
  const fault = new KafkaFault('CORRUPT_MESSAGE', 'the third batch is torn')
  expect(fault).toMatchObject({ code: 2, retriable: true, message: 'the third batch is torn' })
})
