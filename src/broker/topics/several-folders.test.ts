import { expect, test } from 'vitest'
import { batchOf, valuesOf } from '../../../test/fakes/batches.ts'
import { client } from '../../../test/fakes/partition-log.ts'
import { storeBench, type StoreBench } from '../../../test/fakes/topic-store.ts'
import { until } from '../../../test/fakes/until.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { TopicStore } from './topic-store.ts'

const folders = ['/a', '/b']
const broken = { times: Infinity }

const values = (log: PartitionLog): string[] => valuesOf(log.read(0, { maxBytes: 10_000, minOne: true }))

/** Two folders and topic t with two partitions, one in each, of one record. */
const twoFolders = async (): Promise<StoreBench & { store: TopicStore; inA: PartitionLog; inB: PartitionLog }> => {
  const bench = storeBench()
  const store = await bench.start({ folders })
  const { partitions } = store.create({ name: 't', partitions: 2, configs: new Map([['retention.ms', '77']]) })
  for (const log of partitions) log.append(batchOf([log.folder]), client)
  const inFolder = (path: string): PartitionLog => {
    const found = partitions.find((log) => log.folder.startsWith(path))
    if (found === undefined) throw new Error(`No partition in ${path}`)
    return found
  }
  await store.settled()
  return { ...bench, store, inA: inFolder('/a'), inB: inFolder('/b') }
}

const refuse = ({ disk }: StoreBench, path: string): void => {
  for (const operation of ['open', 'list', 'write', 'read', 'makeFolder', 'rename', 'unlink', 'stat'] as const)
    disk.fail(operation, 'EIO', { path, ...broken })
}

test('what waits to be removed in a folder that has failed is left to the next start', async () => {
  const bench = await twoFolders()
  const { store, inB, disk, clock } = bench
  store.create({ name: 'gone', partitions: 2 })
  disk.fail('remove', 'EIO', broken)
  store.delete('gone')
  refuse(bench, '/b')
  expect(() => inB.append(batchOf(['x']), client)).toThrow('cannot be written')
  await until(() => inB.isOffline)
  const asked: string[] = []
  disk.remove = (path) => void asked.push(path)
  await clock.advanceSlowly(300_000, 10_000)
  expect(asked).toContainEqual(expect.stringMatching(/^\/a\/gone-/))
  expect(asked.filter((path) => path.startsWith('/b'))).toEqual([])
  await store[Symbol.asyncDispose]()
})

test('new partitions go where there are fewest', async () => {
  const { start } = storeBench()
  const store = await start({ folders: ['/a', '/b', '/c'] })
  const placesOf = (name: string, partitions: number): string =>
    store.create({ name, partitions }).partitions.map(({ folder }) => folder.slice(1, 2)).join('') // prettier-ignore
  expect([placesOf('one', 1), placesOf('four', 4), placesOf('two', 2)]).toEqual(['a', 'bcab', 'ca'])
})

test('a folder that fails takes its partitions down and nothing else', async () => {
  const bench = await twoFolders()
  const { store, inA, inB, said } = bench
  refuse(bench, '/b')
  expect(() => inB.append(batchOf(['x']), client)).toThrow('cannot be written')
  await until(() => inB.isOffline)
  expect(() => inB.append(batchOf(['x']), client)).toThrow('t-1 is offline: its log folder has failed')
  expect(() => inB.logEndOffset).toThrow('offline')
  expect(() => inB.read(0, { maxBytes: 1, minOne: true })).toThrow('offline')
  expect(inA.append(batchOf(['x']), client).baseOffset).toBe(1)
  expect(said.of('error')).toContainEqual(expect.stringContaining('Stopping serving logs in dir /b: its 1 partitions'))
  expect(store.create({ name: 'n', partitions: 3 }).partitions.map(({ folder }) => folder)).toEqual(['/a/n-0', '/a/n-1', '/a/n-2']) // prettier-ignore
  expect(() => store.delete('t')).toThrow('Topic t has partitions that are offline')
  await store[Symbol.asyncDispose]()
  bench.disk.heal()
  const next = await bench.start({ folders })
  expect(next.get('t')?.partitions.map(values)).toEqual([[inA.folder, 'x'], [inB.folder]])
})

test('an unreadable sector is the trouble of its partition only', async () => {
  const bench = await twoFolders()
  bench.disk.fail('read', 'EIO', { path: '/b/t-1', ...broken })
  expect(() => values(bench.inB)).toThrow('cannot be read')
  await until(() => !bench.disk.list('/b').includes('.millrace-probe'))
  expect(bench.inB.isOffline).toBe(false)
  bench.disk.heal()
  expect(values(bench.inB)).toEqual([bench.inB.folder])
})

test('a full disk is no failure', async () => {
  const bench = await twoFolders()
  bench.disk.fail('write', 'ENOSPC', { path: '/b', ...broken })
  expect(() => bench.inB.append(batchOf(['x']), client)).toThrow('cannot be written')
  await until(() => !bench.disk.list('/b').includes('.millrace-probe'))
  expect(bench.inB.isOffline).toBe(false)
  bench.disk.heal()
  expect(bench.inB.append(batchOf(['x']), client).baseOffset).toBe(1)
})

test('a folder that cannot be read at the start leaves the others; what lies in it is offline, and keeps its name, id and settings', async () => {
  for (const lost of folders) {
    const bench = await twoFolders()
    const id = bench.store.get('t')?.id
    const configs = bench.store.get('t')?.configs
    bench.store.create({ name: 'far', partitions: 1 })
    await bench.store[Symbol.asyncDispose]()
    refuse(bench, lost)
    const store = await bench.start({ folders })
    expect(store.unreadable).toEqual([lost])
    expect(store.list().map(({ name }) => name)).toEqual(['far', 't'])
    expect(store.get('t')).toMatchObject({ id, configs })
    expect(store.get('t')?.partitions.map((log) => log.isOffline)).toEqual(
      store.get('t')?.partitions.map((log) => log.folder.startsWith(lost)),
    )
    expect(bench.said.of('error')).toContainEqual(expect.stringContaining(`${lost} cannot be used`))
    expect(() => store.create({ name: 'far' })).toThrow('already exists')
    await store[Symbol.asyncDispose]()
    bench.disk.heal()
    const whole = await bench.start({ folders })
    expect(whole.get('t')).toMatchObject({ id, configs })
    expect(whole.get('t')?.partitions.map((log) => values(log))).toEqual(
      whole.get('t')?.partitions.map(({ folder }) => [folder]),
    )
    await whole[Symbol.asyncDispose]()
  }
})

test('without any folder there is no broker, neither at the start nor later', async () => {
  const bench = storeBench()
  bench.disk.fail('makeFolder', 'EACCES', broken)
  await expect(bench.start({ folders })).rejects.toThrow('None of the log folders /a, /b can be used: EACCES')
  bench.disk.heal()
  const failures: string[] = []
  const store = await bench.start({ folders, allFailed: (fault) => failures.push(fault.message) })
  store.create({ name: 't', partitions: 2 })
  await store.settled()
  for (const path of folders) refuse(bench, path)
  for (const log of store.get('t')?.partitions ?? [])
    expect(() => log.append(batchOf(['x']), client)).toThrow('cannot be written')
  await until(() => failures.length > 0)
  expect(failures).toEqual(['None of the log folders /a, /b can be used: all have failed'])
  expect(() => store.create({ name: 'u' })).toThrow('No log folder can be used')
})

test.each(['partition.metadata', 'topic.properties'])(
  'a %s that cannot be read does not stop the start, and nothing is deleted for it',
  async (file) => {
    const bench = await twoFolders()
    const id = bench.store.get('t')?.id
    await bench.store[Symbol.asyncDispose]()
    bench.disk.fail('open', 'EIO', { path: file, ...broken })
    const store = await bench.start({ folders })
    const topic = store.get('t')
    expect(topic?.partitions.map((log) => log.logEndOffset)).toEqual([1, 1])
    expect(topic?.partitions[0]?.settings.retentionMs).toBe(file === 'topic.properties' ? -1 : 77)
    await store[Symbol.asyncDispose]()
    bench.disk.heal()
    const again = await bench.start({ folders })
    expect(again.get('t')?.id).toBe(id)
  },
)

test('a partition whose folder cannot be listed is offline, and the others serve', async () => {
  const bench = await twoFolders()
  await bench.store[Symbol.asyncDispose]()
  bench.disk.fail('list', 'EIO', { path: '/b/t-', ...broken })
  const store = await bench.start({ folders })
  expect(store.get('t')?.partitions.map((log) => log.isOffline)).toEqual([false, true])
  expect(store.unreadable).toEqual([])
})
