import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench } from '../../../test/fakes/topic-store.ts'
import { errorName, KafkaFault } from '../../protocol/error-codes.ts'
import type { NewTopic } from './topic-types.ts'

const errorOf = (action: () => unknown): string => {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return errorName(thrown.code)
    throw thrown
  }
  return 'NONE'
}

const folders = (names: readonly string[]): string[] => names.filter((name) => /-\d+$/.test(name)).sort() // prettier-ignore

test('a topic has an id, its partitions and its settings, over restarts, too', async () => {
  const { start, disk } = storeBench()
  const store = await start()
  const configs = new Map([
    ['segment.bytes', '1000'],
    ['cleanup.policy', 'compact,delete'],
  ])
  const made = store.create({ name: 'orders', partitions: 3, configs })
  expect(made.id).toMatch(/^[\w-]{22}$/)
  store.partition('orders', 2).append(batchOf(['a', 'b'], { key: 'k' }), client)
  expect(folders(disk.list('/logs'))).toEqual(['orders-0', 'orders-1', 'orders-2'])
  expect(disk.bytes('/logs/orders-1/partition.metadata')?.toString()).toBe(`version: 0\ntopic_id: ${made.id}`)
  await store[Symbol.asyncDispose]()

  const again = await start()
  const found = again.get('orders')
  expect(found).toMatchObject({ name: 'orders', id: made.id, internal: false, configs })
  expect(found?.partitions.map((log) => log.logEndOffset)).toEqual([0, 0, 2])
  expect(found?.partitions.map((log) => log.settings.segmentBytes)).toEqual([1000, 1000, 1000])
  expect(again.byId(made.id)).toBe(found)
  expect(again.clusterId).toBe(store.clusterId)
  expect(again.partition('orders', 2).append(batchOf(['c'], { key: 'k' }), client).baseOffset).toBe(2)
})

test('what server.properties says holds where the topic says nothing', async () => {
  const given = new Map([
    ['log.segment.bytes', '5000'],
    ['log.roll.hours', '2'],
    ['log.flush.scheduler.interval.ms', '700'],
    ['message.max.bytes', '900'],
  ])
  const store = await storeBench().start({ given, partitionsDefault: 4 })
  const { partitions } = store.create({ name: 't', configs: new Map([['max.message.bytes', '100']]) })
  expect(partitions.length).toBe(4)
  expect(partitions[0]?.settings).toMatchObject({
    segmentBytes: 5000,
    segmentMs: 7_200_000,
    flushMs: 700,
    maxMessageBytes: 100,
  })
})

test('topics that cannot be are refused, and nothing is left of them', async () => {
  const { start, disk } = storeBench()
  const store = await start()
  store.create({ name: 'a.b' })
  const refused = (topic: NewTopic): string => errorOf(() => store.create(topic))
  expect(refused({ name: 'a.b' })).toBe('TOPIC_ALREADY_EXISTS')
  expect(refused({ name: 'a_b' })).toBe('INVALID_TOPIC_EXCEPTION')
  for (const name of ['', '.', '..', 'a b', 'a/b', '../x', 'é', 'x'.repeat(250), 'a\0'])
    expect(refused({ name })).toBe('INVALID_TOPIC_EXCEPTION')
  expect(refused({ name: 'x'.repeat(249) })).toBe('NONE')
  expect(refused({ name: 't', partitions: 0 })).toBe('INVALID_PARTITIONS')
  expect(refused({ name: 't', partitions: -2 })).toBe('INVALID_PARTITIONS')
  expect(refused({ name: 't', partitions: 1_000_000 })).toBe('INVALID_PARTITIONS')
  expect(refused({ name: 't', replicationFactor: 3 })).toBe('INVALID_REPLICATION_FACTOR')
  expect(refused({ name: 't', replicationFactor: 0 })).toBe('INVALID_REPLICATION_FACTOR')
  expect(refused({ name: 't', replicationFactor: -1, validateOnly: true })).toBe('NONE')
  for (const [key, value] of [
    ['segment.byte', '1'],
    ['segment.bytes', 'many'],
    ['cleanup.policy', 'burn'],
  ] as const)
    // prettier-ignore
    expect(refused({ name: 't', configs: new Map([[key, value]]) })).toBe('INVALID_CONFIG')
  expect(store.get('t')).toBeUndefined()
  expect(folders(disk.list('/logs'))).toEqual(['a.b-0', `${'x'.repeat(249)}-0`])
})

test('a deleted topic is gone at once for everybody, its bytes later, and its name is free', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start()
  const old = store.create({ name: 't', partitions: 2 })
  const log = store.partition('t', 0)
  log.append(batchOf(['old']), client)
  let woken = 0
  log.onAppend(() => woken++)
  store.delete('t')
  expect(woken).toBe(1)
  expect(errorOf(() => log.read(0, { maxBytes: 100, minOne: true }))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  expect(errorOf(() => store.partition('t', 0))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  expect(errorOf(() => store.delete('t'))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  expect(folders(disk.list('/logs'))).toEqual([])
  expect(disk.list('/logs').filter((name) => /^t-\d\.[0-9a-f]{32}-delete$/.test(name)).length).toBe(2)
  const renewed = store.create({ name: 't' })
  expect(renewed.id).not.toBe(old.id)
  expect(store.partition('t', 0).logEndOffset).toBe(0)
  clock.advance(60_000)
  expect(disk.list('/logs').filter((name) => name.endsWith('-delete'))).toEqual([])
})

test('a topic that was half deleted when the process died is gone after the start', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start()
  store.create({ name: 't', partitions: 3 })
  for (let i = 0; i < 3; i++) store.partition('t', i).append(batchOf(['x']), client)
  const rename = disk.rename.bind(disk)
  disk.rename = (from, to) => {
    rename(from, to)
    disk.crashIn(1)
  }
  expect(() => store.delete('t')).toThrow('died')
  disk.restart('process')
  disk.rename = rename
  const again = await start()
  expect(again.get('t')).toBeUndefined()
  clock.advance(1000)
  expect(disk.list('/logs').filter((name) => name.startsWith('t-'))).toEqual([])
  await again[Symbol.asyncDispose]()
})

test('a topic that was half created is gone after the start, a whole one is there', async () => {
  for (let step = 1; step < 30; step++) {
    const { start, disk, clock } = storeBench()
    await start()
    const store = await start({ processes: { ...(await aliveNowhere()) } })
    disk.crashIn(step)
    const created = errorOrCrash(() =>
      store.create({ name: 't', partitions: 3, configs: new Map([['flush.ms', '5']]) }),
    )
    disk.restart('process')
    const again = await start({ processes: await aliveNowhere() })
    clock.advance(1000)
    const topic = again.get('t')
    if (created) expect(topic?.partitions.length).toBe(3)
    if (topic !== undefined && created) expect(topic.configs.get('flush.ms')).toBe('5')
    if (topic === undefined) expect(disk.list('/logs').filter((name) => name.startsWith('t-'))).toEqual([])
  }
})

const errorOrCrash = (action: () => unknown): boolean => {
  try {
    action()
    return true
  } catch (thrown) {
    if (thrown instanceof Error && /died|gone/.test(thrown.message)) return false
    throw thrown
  }
}

/** A process that takes over whatever it finds. */
const aliveNowhere = async () => ({
  pid: 1 + Math.floor(performance.now() * 1000),
  threadId: 0,
  startOf: () => undefined,
  kernelLockHolder: () => undefined,
})

test('a full disk refuses a new topic and leaves nothing of it', async () => {
  const { start, disk } = storeBench()
  const store = await start()
  disk.fail('open', 'ENOSPC', { path: 't-0' })
  expect(errorOf(() => store.create({ name: 't', partitions: 3 }))).toBe('KAFKA_STORAGE_ERROR')
  expect(folders(disk.list('/logs'))).toEqual([])
  expect(store.get('t')).toBeUndefined()
  store.create({ name: 't', partitions: 3 })
})

test('a partition that is missing between others begins again, empty, and damaged settings give way to defaults', async () => {
  const { start, disk, said } = storeBench()
  const store = await start()
  const { id } = store.create({ name: 't', partitions: 3, configs: new Map([['segment.bytes', '100']]) })
  for (let i = 0; i < 3; i++) store.partition('t', i).append(batchOf(['x']), client)
  await store[Symbol.asyncDispose]()
  disk.remove('/logs/t-1')
  disk.plant('/logs/t-0/topic.properties', Buffer.from('segment.bytes=1'))
  const again = await start()
  expect(again.get('t')).toMatchObject({ id })
  expect(again.get('t')?.partitions.map((log) => log.logEndOffset)).toEqual([1, 0, 1])
  expect(again.partition('t', 0).settings.segmentBytes).toBe(1_073_741_824)
  expect(said.of('warn').length).toBe(2)
})

test('several log folders share the partitions, and belong together', async () => {
  const { start, disk } = storeBench()
  const both = { folders: ['/logs', '/more'] }
  const store = await start(both)
  store.create({ name: 't', partitions: 4 })
  expect([disk.list('/logs'), disk.list('/more')].map((names) => folders(names).length)).toEqual([2, 2])
  for (let i = 0; i < 4; i++) store.partition('t', i).append(batchOf([`${i}`]), client)
  await store[Symbol.asyncDispose]()
  const again = await start(both)
  expect(again.get('t')?.partitions.map((log) => readAll(log)[0]?.value)).toEqual(['0', '1', '2', '3'])
  await again[Symbol.asyncDispose]()
  await start({ folders: ['/other'] })
  await expect(start({ folders: ['/logs', '/other'] })).rejects.toThrow('The Cluster ID')
})

test('creation survives a power cut once it has settled', async () => {
  for (let seed = 1; seed < 20; seed++) {
    const { start, disk } = storeBench()
    const store = await start()
    const { id } = store.create({ name: 't', partitions: 2, configs: new Map([['flush.ms', '5']]) })
    await store.settled()
    disk.restart('power')
    const again = await start()
    expect(again.get('t')).toMatchObject({ id, configs: new Map([['flush.ms', '5']]) })
    expect(again.get('t')?.partitions.length).toBe(2)
  }
})

test('a topic that is deleted right after it was created is nothing to warn of', async () => {
  const { start, said } = storeBench()
  await using store = await start()
  for (const name of ['a', 'b', 'c']) {
    store.create({ name, configs: new Map([['retention.ms', '1000']]) })
    const settled = store.settled()
    await Promise.resolve()
    store.delete(name)
    await settled
  }
  await store.settled()
  expect(said.of('warn')).toEqual([])
})
