import { expect, test } from 'vitest'
import { Rate } from './rate.ts'
import { TokenBucket } from './token-bucket.ts'

const windows = { count: 11, sizeMs: 1000 }

test('a burst at the start counts over all windows but one, as in Kafka', () => {
  const rate = new Rate(windows)
  rate.record(5000, 0)
  expect(rate.perSecond(0)).toBe(500)
  expect(rate.throttleMs(500, 0)).toBe(0)
  expect(rate.throttleMs(250, 0)).toBe(10_000)
})

test('what lies further back than all windows is forgotten', () => {
  const rate = new Rate(windows)
  rate.record(1000, 0)
  for (let ms = 1000; ms <= 10_000; ms += 1000) rate.record(1000, ms)
  expect(rate.perSecond(10_000)).toBe(1100)
  rate.record(0, 11_000)
  expect(rate.perSecond(11_000)).toBe(1000)
  expect(rate.perSecond(60_000)).toBe(0)
  expect(rate.throttleMs(1, 60_000)).toBe(0)
})

test('what is taken back does not count', () => {
  const rate = new Rate(windows)
  rate.record(5000, 0)
  rate.record(-5000, 0)
  expect(rate.perSecond(0)).toBe(0)
})

test('tokens allow a burst, are owed beyond it, and come back with time', () => {
  const bucket = new TokenBucket(windows)
  bucket.spend(11, 1, 0)
  expect(bucket.isEmpty(1, 0)).toBe(false)
  bucket.spend(5, 1, 0)
  expect([bucket.isEmpty(1, 0), bucket.throttleMs(1, 0)]).toEqual([true, 5000])
  expect([bucket.isEmpty(1, 5000), bucket.throttleMs(1, 5000)]).toEqual([false, 0])
  bucket.spend(0, 1, 1_000_000)
  bucket.spend(12, 1, 1_000_000)
  expect(bucket.throttleMs(1, 1_000_000)).toBe(1000)
})
