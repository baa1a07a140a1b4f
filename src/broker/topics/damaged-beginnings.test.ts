/** A checkpoint that says that a log begins behind its end. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench, type StoreBench } from '../../../test/fakes/topic-store.ts'
import type { TopicStore } from './topic-store.ts'

const append = (store: TopicStore, count: number): void => {
  for (let i = 0; i < count; i++) store.partition('t', 0).append(batchOf([`${i}`]), client)
}

const write = ({ disk }: StoreBench, name: string, text: string): void => {
  const path = `/logs/${name}`
  if (disk.stat(path) !== undefined) disk.unlink(path)
  disk.plant(path, Buffer.from(text))
}

/** A store with 120 records, the first ten deleted, that was stopped. */
const stopped = async (home: StoreBench): Promise<void> => {
  const store = await home.start()
  store.create({ name: 't', partitions: 1 })
  append(store, 120)
  store.partition('t', 0).beginAt(10)
  await store.keepLogStarts()
  await store[Symbol.asyncDispose]()
}

test('after a clean stop it is ignored, and said', async () => {
  const home = storeBench()
  await stopped(home)
  write(home, 'log-start-offset-checkpoint', '0\n1\nt 0 9000\n')
  const store = await home.start()
  const log = store.partition('t', 0)
  expect(log.earliest().offset).toBe(0)
  expect(log.latest().offset).toBe(120)
  append(store, 5)
  expect(readAll(log)).toHaveLength(125)
  expect(home.said.of('warn')).toEqual([
    'log-start-offset-checkpoint says that t-0 begins at offset 9000, behind its end at 120, and is damaged: the log begins at its first record.',
  ])
  await store[Symbol.asyncDispose]()
  const again = await home.start()
  expect(again.partition('t', 0).earliest().offset).toBe(0)
  expect(home.said.of('warn')).toHaveLength(1)
})

test('a beginning behind a noted end that is wrong is kept', async () => {
  const home = storeBench()
  await stopped(home)
  write(home, 'recovery-point-offset-checkpoint', '0\n1\nt 0 3\n')
  const log = (await home.start()).partition('t', 0)
  expect([log.earliest().offset, log.latest().offset]).toEqual([10, 120])
})

test('without the marker of a clean stop the log goes on there, and what it drops is said', async () => {
  const home = storeBench()
  await stopped(home)
  home.disk.unlink('/logs/.kafka_cleanshutdown')
  write(home, 'log-start-offset-checkpoint', '0\n1\nt 0 9000\n')
  const size = home.disk.stat('/logs/t-0/00000000000000000000.log')?.size ?? 0
  const log = (await home.start()).partition('t', 0)
  expect([log.earliest().offset, log.latest().offset]).toEqual([9000, 9000])
  expect(home.said.of('warn')).toEqual([
    `t-0 ends at offset 120 and log-start-offset-checkpoint says that it begins at 9000: ${size} bytes of records are removed, and it goes on there.`,
  ])
})
