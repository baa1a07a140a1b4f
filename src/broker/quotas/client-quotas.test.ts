import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { brokerConfig } from '../config.ts'
import { ClientQuotas } from './client-quotas.ts'

const { settings } = brokerConfig({})

test('time of requests is a share of the thread, and costs one window at the most', () => {
  const clock = new FakeClock()
  const rows = [{ entity: { 'client-id': 'c' }, values: { request_percentage: 10 } }]
  const quotas = new ClientQuotas(rows, settings, clock)
  expect(quotas.timesRequests).toBe(true)
  // a tenth of the thread, over the ten seconds that a new rate is taken over
  expect(quotas.worked('c', 1000)).toBe(0)
  expect(quotas.worked('c', 50)).toBe(500)
  expect(quotas.worked('c', 60_000)).toBe(1000)
  expect(quotas.worked('d', 60_000)).toBe(0)
  clock.advance(60_000)
  expect(quotas.worked('c', 10)).toBe(0)
})

test('nothing is counted where there is no quota', () => {
  const quotas = new ClientQuotas([], settings, new FakeClock())
  expect([quotas.timesRequests, quotas.produced('c', 1e12), quotas.fetched('c', 1e12)]).toEqual([false, 0, 0])
  expect(quotas.fetchBytesMax('c')).toBe(Infinity)
  const mutations = quotas.mutations({ clientId: 'c', throttleMs: 0 }, true)
  mutations.mutate(1_000_000)
  mutations.charge()
})

test('the defaults of the file hold for each client id by itself', () => {
  const own = brokerConfig({ 'quota.producer.default': '1000' }).settings
  const quotas = new ClientQuotas([], own, new FakeClock())
  expect(quotas.produced('a', 10_000)).toBe(0)
  expect(quotas.produced('a', 5000)).toBeGreaterThan(0)
  expect(quotas.produced('b', 10_000)).toBe(0)
})

test('very many clients are counted in memory that does not grow with them', () => {
  const rows = [{ entity: { 'client-id': null }, values: { producer_byte_rate: 1 } }]
  const quotas = new ClientQuotas(rows, settings, new FakeClock())
  expect(quotas.produced('first', 1000)).toBeGreaterThan(0)
  for (let i = 0; i < 10_000; i++) quotas.produced(`c${i}`, 1)
  expect(quotas.produced('first', 10)).toBe(0)
})
