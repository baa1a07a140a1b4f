/** Where a deleted topic began must not be taken for the beginning of one that got its name. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench, type StoreBench } from '../../../test/fakes/topic-store.ts'
import type { TopicStore } from './topic-store.ts'

const append = (store: TopicStore, count: number): void => {
  for (let i = 0; i < count; i++) store.partition('t', 0).append(batchOf([`${i}`]), client)
}
const startsAt = async ({ start, disk }: StoreBench): Promise<string[]> => {
  disk.kill()
  disk.restart('process')
  return readAll((await start()).partition('t', 0)).map(({ value }) => value)
}

/** A store whose topic had its records before offset 50 deleted. */
const trimmed = async (home: StoreBench): Promise<TopicStore> => {
  const store = await home.start()
  store.create({ name: 't', partitions: 1 })
  append(store, 60)
  store.partition('t', 0).beginAt(50)
  await store.keepLogStarts()
  return store
}

test('when the broker is killed at once', async () => {
  const home = storeBench()
  const store = await trimmed(home)
  store.delete('t')
  store.create({ name: 't', partitions: 1 })
  append(store, 3)
  expect(await startsAt(home)).toEqual(['0', '1', '2'])
})

test('when the disk was full as the topic was deleted: it is not created before that is put right', async () => {
  const home = storeBench()
  const store = await trimmed(home)
  home.disk.fail('write', 'ENOSPC', { path: 'log-start-offset-checkpoint', times: 100 })
  store.delete('t')
  expect(() => store.create({ name: 't', partitions: 1 })).toThrow('Topic t cannot be created')
  home.disk.heal()
  store.create({ name: 't', partitions: 1 })
  append(store, 3)
  expect(await startsAt(home)).toEqual(['0', '1', '2'])
})

test('when the broker was killed between the deletion and the note of it', async () => {
  const home = storeBench()
  const store = await trimmed(home)
  home.disk.fail('write', 'ENOSPC', { path: 'log-start-offset-checkpoint', times: 100 })
  store.delete('t')
  home.disk.kill()
  home.disk.restart('process')
  home.disk.heal()
  const next = await home.start()
  next.create({ name: 't', partitions: 1 })
  append(next, 3)
  expect(await startsAt(home)).toEqual(['0', '1', '2'])
})

test('a note that is being written when the topic is deleted does not bring it back', async () => {
  const home = storeBench()
  const store = await trimmed(home)
  store.create({ name: 'other', partitions: 1 })
  store.partition('other', 0).append(batchOf(['a', 'b']), client)
  store.partition('other', 0).beginAt(1)
  const noted = store.keepLogStarts()
  await Promise.resolve()
  store.delete('t')
  store.create({ name: 't', partitions: 1 })
  append(store, 3)
  await noted
  expect(await startsAt(home)).toEqual(['0', '1', '2'])
})

test('a power cut after that leaves the beginnings of the others as they were', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const home = storeBench(new FakeDisk({ seed }))
    const store = await trimmed(home)
    store.create({ name: 'other', partitions: 1 })
    const other = store.partition('other', 0)
    for (let i = 0; i < 60; i++) other.append(batchOf([`${i}`]), client)
    await other.flush()
    other.beginAt(55)
    await store.keepLogStarts()
    await store.settled()
    store.delete('t')
    store.create({ name: 't', partitions: 1 })
    home.disk.kill()
    home.disk.restart('power')
    const found = readAll((await home.start()).partition('other', 0)).map(({ value }) => value)
    expect(found, `seed ${seed}`).toEqual(['55', '56', '57', '58', '59'])
  }
})
