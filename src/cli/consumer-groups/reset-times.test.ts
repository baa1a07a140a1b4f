import { expect, test } from 'vitest'
import { dateTimeMs, durationMs } from './reset-times.ts'

test.each([
  ['1970-01-01T00:00:01.500', 1500],
  ['1970-01-01T00:00:01', 1000],
  ['1970-01-01T02:00:00.000+02:00', 0],
  ['1970-01-01T02:00:00.000+0200', 0],
  ['1970-01-01T01:00:00.000+01', 0],
  ['2026-01-31T12:30:00.000Z', Date.UTC(2026, 0, 31, 12, 30)],
])('%s is a time', (text, ms) => {
  expect(dateTimeMs(text)).toBe(ms)
})

test.each(['yesterday', '2026-01-31', '2026-13-31T00:00:00.000', '2026-01-31T12:30', '', 'T'])(
  '%s is no time',
  (text) => {
    expect(() => dateTimeMs(text)).toThrow(/timestamp|date/)
  },
)

test.each([
  ['P1D', 86_400_000],
  ['PT1H', 3_600_000],
  ['P1DT2H3M4.5S', 86_400_000 + 2 * 3_600_000 + 3 * 60_000 + 4500],
  ['pt90s', 90_000],
  ['-PT1M', -60_000],
  ['PT-1M', -60_000],
])('%s is a duration', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', 'P', 'PT', 'P1DT', '1D', 'P1H', 'PT1D', 'P1M'])('%s is no duration', (text) => {
  expect(() => durationMs(text)).toThrow('Text cannot be parsed to a Duration')
})
