/** Folders of topics that are gone must not get into the way of topics that get the name later. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench } from '../../../test/fakes/topic-store.ts'
import type { TopicStore } from './topic-store.ts'

const small = { given: new Map([['log.segment.bytes', '100']]) }
const fill = (store: TopicStore, partitions: number, value: string): void => {
  for (let i = 0; i < partitions; i++) store.partition('t', i).append(batchOf([value]), client)
}
const valuesOf = (store: TopicStore): string[] =>
  store.get('t')?.partitions.flatMap((log) => readAll(log).map(({ value }) => value)) ?? []

test('a topic that could not be deleted whole leaves nothing in the one that gets its name', async () => {
  const { start, disk } = storeBench()
  const store = await start(small)
  store.create({ name: 't', partitions: 4 })
  for (let i = 0; i < 3; i++) fill(store, 4, 'old')
  disk.fail('rename', 'EIO', { path: '/t-1' })
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  store.create({ name: 't', partitions: 4 })
  fill(store, 4, 'longer')
  await store.settled()
  disk.kill()
  disk.restart('process')
  expect(valuesOf(await start(small))).toEqual(['longer', 'longer', 'longer', 'longer'])
})

test('a topic whose first folder cannot be put away is gone with all its logs', async () => {
  const { start, disk } = storeBench()
  const store = await start(small)
  store.create({ name: 't', partitions: 3 })
  const logs = store.get('t')?.partitions ?? []
  disk.fail('rename', 'EIO', { path: '/t-0' })
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  for (const log of logs) expect(() => log.append(batchOf(['late']), client)).toThrow()
  expect(disk.list('/logs').filter((name) => /^t-\d$/.test(name))).toEqual(['t-0'])
})

test('what a start clears away is not what a client makes at the same time', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start()
  store.create({ name: 't', partitions: 20 })
  await store.settled()
  const rename = disk.rename.bind(disk)
  let isDead = false
  disk.rename = (from, to) => {
    if (isDead) throw Object.assign(new Error('EIO: rename'), { code: 'EIO' })
    rename(from, to)
    if (from === '/logs/t-0') isDead = true
  }
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  disk.kill()
  disk.rename = rename
  disk.restart('process')
  const next = await start()
  next.create({ name: 't', partitions: 20 })
  fill(next, 20, 'new')
  await next.settled()
  await clock.advanceSlowly(1000, 1)
  expect(disk.list('/logs').filter((name) => name.startsWith('t-') && name.endsWith('-delete'))).toEqual([])
  disk.kill()
  disk.restart('process')
  expect(valuesOf(await start())).toHaveLength(20)
})

test('what could not be put away goes with the next round of retention, so that the next start does not find it', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start(small)
  store.create({ name: 't', partitions: 3 })
  store.create({ name: 'other', partitions: 1 })
  fill(store, 3, 'old')
  disk.fail('rename', 'EIO', { path: '/t-', times: 3 })
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  await clock.advanceSlowly(31_000, 1000)
  expect(disk.list('/logs').filter((name) => name.startsWith('t-'))).toEqual([])
  disk.kill()
  disk.restart('process')
  expect((await start()).list().map(({ name }) => name)).toEqual(['other'])
})

test('a topic that was made anew in a place that could not be cleared keeps its folder', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start({ given: new Map([['log.retention.ms', '-1']]) })
  store.create({ name: 't', partitions: 1 })
  disk.fail('rename', 'EIO', { path: '/t-0' })
  expect(() => store.delete('t')).toThrow('Topic t cannot be removed')
  store.create({ name: 't', partitions: 1 })
  fill(store, 1, 'new')
  await clock.advanceSlowly(31_000, 1000)
  expect(valuesOf(store)).toEqual(['new'])
  expect(disk.list('/logs')).toContain('t-0')
})

test('what the disk refuses to remove is tried again, and spoken of once', async () => {
  const { start, disk, clock, said } = storeBench()
  const store = await start(small)
  store.create({ name: 't', partitions: 1 })
  disk.fail('remove', 'EIO', { times: 2 })
  store.delete('t')
  await clock.advanceSlowly(300_000, 1000)
  expect(disk.list('/logs').filter((name) => name.startsWith('t-'))).toEqual([])
  expect(said.of('warn').filter((line) => line.includes('could not be removed'))).toHaveLength(1)
})
