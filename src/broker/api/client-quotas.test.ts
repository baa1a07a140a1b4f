import { afterEach, beforeEach, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { until } from '../../../test/fakes/until.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { alterClientQuotas } from '../../protocol/messages/alter-client-quotas.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { describeClientQuotas } from '../../protocol/messages/describe-client-quotas.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { produce } from '../../protocol/messages/produce.ts'

let clock: FakeClock
let bench: BrokerBench
let peer: BrokerPeer
let admin: BrokerPeer

const begin = async (started: Promise<BrokerBench>): Promise<void> => {
  bench = await started
  peer = await bench.peer()
  admin = await bench.peer()
}

beforeEach(() => {
  clock = new FakeClock()
  return begin(brokerBench({}, { clock }))
})
afterEach(() => bench[Symbol.asyncDispose]())

type Parts = readonly (readonly [type: string, name: string | null])[]

const set = async (parts: Parts, key: string, value: number | undefined, validateOnly = false) => {
  const entity = parts.map(([type, name]) => ({ type, name }))
  const ops = [{ key, value: value ?? 0, remove: value === undefined }]
  const { entries } = await admin.call(alterClientQuotas, 1, { entries: [{ entity, ops }], validateOnly })
  return entries[0]?.errorCode === 0 ? 'done' : `${entries[0]?.errorCode} ${entries[0]?.errorMessage}`
}

const all = async () => {
  const { entries } = await admin.call(describeClientQuotas, 0, { components: [], strict: false })
  return (entries ?? []).map(({ entity, values }) => `${entity.map((e) => `${e.type}=${e.name}`).join()}: ${values.map((v) => `${v.key}=${v.value}`).join()}`) // prettier-ignore
}

const sendOf = (bytes: number) => ({
  acks: 1,
  timeoutMs: 1000,
  topics: [{ topic: 't', partitions: [{ partition: 0, records: batchOf(['x'.repeat(bytes)]) }] }],
})

const fetchOf = (offset = 0) => ({
  maxWaitMs: 0,
  minBytes: 1,
  topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1_000_000 }] }],
})

test('a producer over its quota is answered at once, told how long to keep still, and not served for that long', async () => {
  await peer.createTopic('t')
  expect(await set([['client-id', 'tester']], 'producer_byte_rate', 1000)).toBe('done')
  expect((await peer.call(produce, 9, sendOf(5000))).throttleTimeMs).toBe(0)
  const { throttleTimeMs, topics } = await peer.call(produce, 9, sendOf(20_000))
  expect(topics[0]?.partitions[0]?.errorCode).toBe(0)
  expect(throttleTimeMs).toBeGreaterThan(14_000)
  let answered = false
  const next = peer.call(apiVersions, 0, {}).then(() => (answered = true))
  for (let i = 0; i < 3; i++) await admin.call(apiVersions, 0, {})
  clock.advance(throttleTimeMs - 1)
  for (let i = 0; i < 3; i++) await admin.call(apiVersions, 0, {})
  expect(answered).toBe(false)
  clock.advance(1)
  await next
  clock.advance(20_000)
  expect((await peer.call(produce, 9, sendOf(100))).throttleTimeMs).toBe(0)
})

test('acks=0 has no answer and is held back all the same', async () => {
  await peer.createTopic('t')
  await set([['client-id', null]], 'producer_byte_rate', 100)
  peer.send(produce, 9, { ...sendOf(5000), acks: 0 })
  const timers = clock.waiting
  await until(() => clock.waiting > timers, 'the connection to be muted')
  let answered = false
  const next = peer.call(apiVersions, 0, {}).then(() => (answered = true))
  for (let i = 0; i < 3; i++) await admin.call(apiVersions, 0, {})
  expect(answered).toBe(false)
  clock.advance(60_000)
  await next
})

test('a consumer over its quota gets nothing, and later all of it', async () => {
  await peer.createTopic('t')
  for (let i = 0; i < 4; i++) await peer.call(produce, 9, sendOf(4000))
  await set([['user', null], ['client-id', 'tester']], 'consumer_byte_rate', 1000) // prettier-ignore
  const first = await peer.call(fetch, 11, fetchOf())
  expect(first.throttleTimeMs).toBe(0)
  const bytes = first.topics[0]?.partitions[0]?.records?.length ?? 0
  // as much as the quota has for its windows, and no more
  expect(bytes).toBeGreaterThan(8000)
  expect(bytes).toBeLessThan(10_001)
  const second = await peer.call(fetch, 11, fetchOf())
  expect(second.throttleTimeMs).toBeGreaterThan(1000)
  expect(second.topics).toEqual([])
  clock.advance(second.throttleTimeMs + 10_000)
  const third = await peer.call(fetch, 11, fetchOf())
  expect([third.throttleTimeMs, third.topics[0]?.partitions[0]?.records?.length]).toEqual([0, bytes])
})

test('topics created beyond the quota are refused to clients that know the error, and slow the others down', async () => {
  await set([['client-id', 'tester']], 'controller_mutation_rate', 1)
  const create = (version: number, topic: string, numPartitions: number) =>
    peer.call(createTopics, version, { topics: [{ topic, numPartitions, replicationFactor: 1, replicaAssignment: [], configs: [] }], timeoutMs: 1 }) // prettier-ignore
  expect(await create(6, 'a', 15)).toMatchObject({ throttleTimeMs: 4000, topics: [{ errorCode: 0 }] })
  clock.advance(2000)
  const other = await bench.peer()
  const asked = { topics: [{ topic: 'b', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs: [] }], timeoutMs: 1 } // prettier-ignore
  expect((await other.call(createTopics, 6, asked)).topics[0]).toMatchObject({ errorCode: 89, errorMessage: 'The throttling quota has been exceeded.' }) // prettier-ignore
  const old = await bench.peer()
  expect(await old.call(createTopics, 5, asked)).toMatchObject({ throttleTimeMs: 3000, topics: [{ errorCode: 0 }] })
})

test('quotas are told as they were set, and survive a restart', async () => {
  await set([['user', 'u']], 'producer_byte_rate', 1024)
  await set([['user', 'u'], ['client-id', null]], 'request_percentage', 12.5) // prettier-ignore
  await set([['ip', '127.0.0.9']], 'connection_creation_rate', 5)
  const told = ['user=u: producer_byte_rate=1024', 'user=u,client-id=null: request_percentage=12.5', 'ip=127.0.0.9: connection_creation_rate=5'] // prettier-ignore
  expect(await all()).toEqual(told)
  await begin(bench.again())
  expect(await all()).toEqual(told)
  expect(await set([['user', 'u']], 'producer_byte_rate', undefined, true)).toBe('done')
  expect(await all()).toEqual(told)
  expect(await set([['user', 'u']], 'producer_byte_rate', undefined)).toBe('done')
  expect(await all()).toEqual(told.slice(1))
})

test('the changes of one request are kept together, and on a full disk none of them has happened', async () => {
  const setBoth = async (limit: number): Promise<number[]> => {
    const entries = ['a', 'b', ''].map((name) => ({ entity: [{ type: 'client-id', name }], ops: [{ key: 'producer_byte_rate', value: limit, remove: false }] })) // prettier-ignore
    return (await admin.call(alterClientQuotas, 1, { entries, validateOnly: false })).entries.map((e) => e.errorCode)
  }
  const refused = errorCodes.INVALID_REQUEST
  expect(await setBoth(1000)).toEqual([0, 0, refused])
  bench.disk.fail('write', 'ENOSPC', { path: 'millrace-settings' })
  expect(await setBoth(2000)).toEqual([errorCodes.KAFKA_STORAGE_ERROR, errorCodes.KAFKA_STORAGE_ERROR, refused])
  const before = ['client-id=a: producer_byte_rate=1000', 'client-id=b: producer_byte_rate=1000']
  expect(await all()).toEqual(before)
  await begin(bench.again())
  expect(await all()).toEqual(before)
})

test.each([
  [[['user', 'u']], 'nosuch', 1, 'Invalid configuration key nosuch'],
  [[['user', 'u']], 'producer_byte_rate', 0, 'Quota producer_byte_rate must be greater than 0'],
  [[['user', 'u']], 'producer_byte_rate', 1.5, 'producer_byte_rate cannot be a fractional value.'],
  [[['user', 'u']], 'producer_byte_rate', 1e300, 'Proposed value for producer_byte_rate is too large for a LONG.'],
  [[['user', 'u']], 'producer_byte_rate', NaN, 'Quota producer_byte_rate must be greater than 0'],
  [[['user', 'u'], ['ip', '127.0.0.1']], 'producer_byte_rate', 1, 'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId'],
  [[['ip', '127.0.0.1']], 'producer_byte_rate', 1, 'Invalid configuration key producer_byte_rate'],
  [[['ip', 'nosuch..x']], 'connection_creation_rate', 1, 'nosuch..x is not a valid IP or resolvable host.'],
  [[['zzz', 'u']], 'producer_byte_rate', 1, 'Unhandled client quota entity type: zzz'],
  [[['user', '']], 'producer_byte_rate', 1, 'Empty user not supported'],
  [[], 'producer_byte_rate', 1, 'Invalid empty client quota entity'],
] as const)('a quota of %j for %s=%d is refused in the words of Kafka', async (parts, key, value, says) => {
  expect(await set(parts as Parts, key, value)).toBe(`42 ${says}`)
  expect(await all()).toEqual([])
}) // prettier-ignore

test('filters match exactly, the default, or any; strict ones want no other types', async () => {
  await set([['user', 'u']], 'producer_byte_rate', 1)
  await set([['user', null]], 'producer_byte_rate', 2)
  await set([['user', 'u'], ['client-id', 'c']], 'producer_byte_rate', 3) // prettier-ignore
  const ask = async (components: { entityType: string; matchType: number; match: string | null }[], strict = false) => {
    const { errorCode, errorMessage, entries } = await admin.call(describeClientQuotas, 1, { components, strict })
    return errorCode === 0 ? (entries ?? []).map(({ values }) => values[0]?.value) : `${errorCode} ${errorMessage}`
  }
  const user = (matchType: number, match: string | null = null) => ({ entityType: 'user', matchType, match })
  expect(await ask([user(2)])).toEqual([1, 2, 3])
  expect(await ask([user(2)], true)).toEqual([1, 2])
  expect(await ask([user(1)])).toEqual([2])
  expect(await ask([user(0, 'u')])).toEqual([1, 3])
  expect(await ask([{ ...user(2), entityType: 'zzz' }])).toBe('35 Unsupported entity type zzz')
  expect(await ask([user(2), user(1)])).toBe('42 Entity type user cannot appear more than once in the filter.')
  expect(await ask([user(2), { ...user(2), entityType: 'ip' }])).toContain(
    '42 Invalid entity filter component combination.',
  )
  expect(await ask([user(0)])).toBe('42 Request specified EXACT with a null match string')
})

test('an address that connects too fast is closed a little later, and others are not held up', async () => {
  await set([['ip', null]], 'connection_creation_rate', 1)
  const timers = clock.waiting
  const peers = await Promise.all(Array.from({ length: 12 }, () => bench.peer()))
  await until(() => clock.waiting === timers + 2, 'two of them to be kept waiting')
  clock.advance(1000)
  await until(() => peers.filter((one) => one.isClosed).length === 2, 'two of them to be closed')
  const served = peers.find((one) => !one.isClosed)
  expect((await served?.call(apiVersions, 0, {}))?.errorCode).toBe(0)
})

test('connections beyond max.connection.creation.rate wait for their turn, and do not hold up a stop', async () => {
  await begin(bench.again({ 'max.connection.creation.rate': '1' }))
  await admin.call(apiVersions, 0, {})
  const timers = clock.waiting
  const peers = await Promise.all(Array.from({ length: 12 }, () => bench.peer()))
  const answers = peers.map((one) => one.call(apiVersions, 0, {}))
  await until(() => clock.waiting === timers + 4, 'four of them to be kept waiting')
  clock.advance(60_000)
  expect((await Promise.all(answers)).every(({ errorCode }) => errorCode === 0)).toBe(true)
  const before = clock.waiting
  for (let i = 0; i < 12; i++) await bench.peer()
  await until(() => clock.waiting > before, 'some to be kept waiting again')
  await bench.broker.stop()
})
