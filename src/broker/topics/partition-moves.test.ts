import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { DiskCrashed, FakeDisk } from '../../../test/fakes/disk.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench, type StoreBench } from '../../../test/fakes/topic-store.ts'
import { encodeMarker } from '../../protocol/control-batch.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { TopicStore } from './topic-store.ts'

const folders = ['/a', '/b']
const given = new Map([['log.segment.bytes', '400'], ['log.retention.ms', '-1']]) // prettier-ignore

const valuesOf = (log: PartitionLog): string[] => readAll(log).map(({ value }) => value)
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}`)

const append = (store: TopicStore, from: number, to: number): void => {
  for (const value of numbers(from, to)) store.partition('t', 0).append(batchOf([value]), client)
}

/** Partition t-0 in /a, with these records. */
const filled = async (disk = new FakeDisk(), count = 20): Promise<StoreBench & { store: TopicStore }> => {
  const bench = storeBench(disk)
  const store = await bench.start({ folders, given })
  store.create({ name: 't', configs: new Map([['retention.bytes', '-1']]) })
  append(store, 0, count)
  await store.settled()
  return { ...bench, store }
}

/** Lets the move go on until it has ended. */
const moved = async ({ clock, store }: { clock: StoreBench['clock']; store: TopicStore }): Promise<void> => {
  while (store.moves.running.length > 0) await clock.advanceSlowly(5, 1)
}

const placesOf = ({ disk }: StoreBench): string[] =>
  folders.flatMap((folder) => disk.list(folder).filter((name) => name.startsWith('t-0')).map((name) => `${folder}/${name.replace(/\.\w{32}/, '')}`)) // prettier-ignore

test('a partition moves with its records, its start, its id and its settings, and goes on there', async () => {
  const bench = await filled()
  const { store } = bench
  const id = store.get('t')?.id
  store.partition('t', 0).beginAt(7)
  store.moves.begin(store.partition('t', 0), '/b')
  expect(store.moves.running).toHaveLength(1)
  append(store, 20, 25)
  await moved(bench)
  const log = store.partition('t', 0)
  expect([log.folder, log.logStartOffset, valuesOf(log)]).toEqual(['/b/t-0', 7, numbers(7, 25)])
  append(store, 25, 30)
  await bench.clock.advanceSlowly(61_000, 1000)
  expect(placesOf(bench)).toEqual(['/b/t-0'])
  bench.disk.kill()
  bench.disk.restart('process')
  const next = await bench.start({ folders, given })
  expect(next.get('t')).toMatchObject({ id, configs: new Map([['retention.bytes', '-1']]) })
  expect(valuesOf(next.partition('t', 0))).toEqual(numbers(7, 30))
  expect(next.partition('t', 0).folder).toBe('/b/t-0')
})

test('a transaction that is open while its partition moves is ended there, and one that was aborted stays so', async () => {
  const bench = await filled()
  const { store } = bench
  const send = (producerId: number, baseSequence: number): void =>
    void store.partition('t', 0).append(batchOf(['x'], { isTransactional: true, producerId, producerEpoch: 0, baseSequence }), client) // prettier-ignore
  const end = (producerId: number): void => {
    const marker = { outcome: 'abort', producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1000 } as const
    store.partition('t', 0).append(encodeMarker(marker), { origin: 'coordinator' })
  }
  const aborted = () => store.partition('t', 0).transactions.aborted(0, store.partition('t', 0).logEndOffset)
  send(7, 0)
  end(7)
  send(8, 0)
  store.moves.begin(store.partition('t', 0), '/b')
  send(8, 1)
  await moved(bench)
  const log = store.partition('t', 0)
  expect([log.folder, log.lastStableOffset, log.logEndOffset]).toEqual(['/b/t-0', 22, 24])
  send(8, 2)
  end(8)
  expect([log.lastStableOffset, log.logEndOffset]).toEqual([26, 26])
  expect(aborted().map(({ producerId, firstOffset, lastOffset }) => [producerId, firstOffset, lastOffset])).toEqual([
    [7, 20, 21],
    [8, 22, 25],
  ])
})

test('an empty partition moves, too; where it is already it stays', async () => {
  const bench = await filled(new FakeDisk(), 0)
  bench.store.moves.begin(bench.store.partition('t', 0), '/a')
  expect(bench.store.moves.running).toEqual([])
  bench.store.moves.begin(bench.store.partition('t', 0), '/b/')
  await moved(bench)
  append(bench.store, 0, 2)
  expect(bench.store.partition('t', 0).folder).toBe('/b/t-0')
  expect(valuesOf(bench.store.partition('t', 0))).toEqual(['0', '1'])
})

test('a move can be called off, and does not outlive its topic', async () => {
  const bench = await filled()
  const log = bench.store.partition('t', 0)
  bench.store.moves.begin(log, '/b')
  bench.store.moves.begin(log, '/a')
  await moved(bench)
  expect(bench.store.partition('t', 0)).toBe(log)
  bench.store.moves.begin(log, '/b')
  bench.store.delete('t')
  await moved(bench)
  await bench.clock.advanceSlowly(61_000, 1000)
  expect(placesOf(bench)).toEqual([])
})

test('where the other folder refuses, the partition stays and serves', async () => {
  for (const operation of ['makeFolder', 'write', 'sync', 'rename', 'syncFolder'] as const) {
    const bench = await filled()
    bench.disk.fail(operation, 'ENOSPC', { path: '/b' })
    bench.store.moves.begin(bench.store.partition('t', 0), '/b')
    if (operation === 'rename') bench.disk.fail('rename', 'ENOSPC', { path: '-future' })
    await moved(bench)
    append(bench.store, 20, 22)
    const log = bench.store.partition('t', 0)
    expect([operation, log.isOffline, valuesOf(log)]).toEqual([operation, false, numbers(0, 22)])
  }
})

test('a move that ends badly leaves nothing behind that the next start could take for the partition', async () => {
  const bench = await filled()
  bench.disk.fail('syncFolder', 'EIO', { path: '/b' })
  bench.store.moves.begin(bench.store.partition('t', 0), '/b')
  await moved(bench)
  append(bench.store, 20, 22)
  bench.disk.kill()
  bench.disk.restart('process')
  const next = await bench.start({ folders: folders.toReversed(), given })
  expect(valuesOf(next.partition('t', 0))).toEqual(numbers(0, 22))
})

test('where neither folder gives the partition its name, the next start has its records', async () => {
  const bench = await filled()
  const rename = bench.disk.rename.bind(bench.disk)
  // away with the old one, and nothing after that
  bench.disk.rename = (from, to) => {
    if (to.endsWith('/t-0')) throw Object.assign(new Error('EIO: rename'), { code: 'EIO' })
    rename(from, to)
  }
  bench.store.moves.begin(bench.store.partition('t', 0), '/b')
  await moved(bench)
  await bench.clock.advanceSlowly(61_000, 1000)
  bench.disk.rename = rename
  bench.disk.kill()
  bench.disk.restart('process')
  const next = await bench.start({ folders, given })
  expect(valuesOf(next.partition('t', 0))).toEqual(numbers(0, 20))
})

test('a topic that is deleted in the last moment of a move does not come back', async () => {
  const bench = await filled()
  const rename = bench.disk.rename.bind(bench.disk)
  bench.disk.rename = (from, to) => {
    rename(from, to)
    if (to === '/b/log-start-offset-checkpoint' && bench.store.get('t') !== undefined) bench.store.delete('t')
  }
  bench.store.partition('t', 0).beginAt(3)
  bench.store.moves.begin(bench.store.partition('t', 0), '/b')
  await moved(bench)
  await bench.clock.advanceSlowly(61_000, 1000)
  bench.disk.kill()
  bench.disk.restart('process')
  expect((await bench.start({ folders, given })).get('t')).toBeUndefined()
})

test('folders that are not there or have failed are refused', async () => {
  const { store } = await filled()
  const log = store.partition('t', 0)
  expect(() => store.moves.begin(log, '/c')).toThrow('/c is none of log.dirs')
  store.folders[1]?.fail(new Error('gone'))
  expect(() => store.moves.begin(log, '/b')).toThrow('The log folder /b has failed')
})

test.each(['process', 'power'] as const)('wherever the %s ends, the records are in one place', async (kind) => {
  for (let step = 1, isDone = false; !isDone; step++) {
    const bench = await filled(new FakeDisk({ seed: step }))
    const { store, disk, clock } = bench
    await store.partition('t', 0).flush()
    store.partition('t', 0).beginAt(3)
    await store.keepLogStarts()
    disk.crashIn(step)
    try {
      store.moves.begin(store.partition('t', 0), '/b')
      await moved(bench)
      isDone = !disk.isDead
      if (!isDone) append(store, 20, 21)
    } catch (thrown) {
      if (!(thrown instanceof DiskCrashed || thrown instanceof KafkaFault)) throw thrown
    }
    disk.kill()
    disk.restart(kind)
    const next = await bench.start({ folders, given })
    await clock.advanceSlowly(20, 1)
    const log = next.partition('t', 0)
    expect([step, log.logStartOffset, valuesOf(log)]).toEqual([step, 3, numbers(3, 20)])
    expect(placesOf(bench).filter((place) => !place.endsWith('-delete'))).toEqual([log.folder])
    await next[Symbol.asyncDispose]()
  }
})
