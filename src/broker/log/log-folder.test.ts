import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { client, readAll } from '../../../test/fakes/partition-log.ts'
import { fakeProcess, storeBench } from '../../../test/fakes/topic-store.ts'

const append = (
  store: { partition(t: string, p: number): { append: (b: Buffer, how: typeof client) => unknown } },
  count: number,
): void => {
  for (let i = 0; i < count; i++) store.partition('t', 0).append(batchOf([`${i}`]), client)
}

test('two processes cannot have one folder, nor one process twice', async () => {
  const { start } = storeBench()
  const alive = new Map<number, string>()
  const first = await start({ processes: fakeProcess(10, alive) })
  await expect(start({ processes: fakeProcess(11, alive) })).rejects.toThrow('/logs/.lock is in use by process 10')
  await expect(start({ processes: fakeProcess(10, alive) })).rejects.toThrow('/logs/.lock is in use by process 10')
  await first[Symbol.asyncDispose]()
  const next = await start({ processes: fakeProcess(11, alive) })
  await next[Symbol.asyncDispose]()
})

test('meta.properties says whose folder it is', async () => {
  const { start, disk } = storeBench()
  const store = await start({ brokerId: -1 })
  expect(store.brokerId).toBe(1001)
  expect(disk.bytes('/logs/meta.properties')?.toString().split('\n').slice(2)).toEqual([
    'version=0',
    'broker.id=1001',
    `cluster.id=${store.clusterId}`,
    '',
  ])
  await store[Symbol.asyncDispose]()
  await expect(start({ brokerId: 7 })).rejects.toThrow(
    "Configured broker.id 7 doesn't match stored broker.id 1001 in /logs/meta.properties",
  )
  const again = await start({ brokerId: -1 })
  expect(again).toMatchObject({ brokerId: 1001, clusterId: store.clusterId })
})

test('a folder of another version, or one that does not say whose it is, is refused and not touched', async () => {
  const kafka = storeBench()
  kafka.disk.plant('/logs/meta.properties', Buffer.from('#\n#Mon Jan 05\ncluster.id=abc\nversion=7\nbroker.id=0\n'))
  await expect(kafka.start()).rejects.toThrow('is of version 7')
  expect(kafka.disk.list('/logs')).toEqual(['meta.properties'])
  const damaged = storeBench()
  damaged.disk.plant('/logs/meta.properties', Buffer.from('# Written by Millrace\n'))
  await expect(damaged.start()).rejects.toThrow('does not say whose folder it is')
})

test('a clean stop leaves the marker and the checkpoints, and the next start takes the marker away', async () => {
  const { start, disk } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  append(store, 5)
  expect(disk.list('/logs')).not.toContain('.kafka_cleanshutdown')
  await store[Symbol.asyncDispose]()
  expect(disk.list('/logs').sort()).toEqual([
    '.kafka_cleanshutdown',
    'log-start-offset-checkpoint',
    'meta.properties',
    'recovery-point-offset-checkpoint',
    'replication-offset-checkpoint',
    't-0',
  ])
  expect(disk.bytes('/logs/recovery-point-offset-checkpoint')?.toString()).toBe('0\n1\nt 0 5\n')
  expect(disk.bytes('/logs/replication-offset-checkpoint')?.toString()).toBe('0\n1\nt 0 5\n')
  expect(disk.bytes('/logs/t-0/leader-epoch-checkpoint')?.toString()).toBe('0\n1\n0 0\n')
  await start()
  expect(disk.list('/logs')).not.toContain('.kafka_cleanshutdown')
})

test('after a power cut the marker of an earlier clean stop cannot come back', async () => {
  for (let seed = 1; seed < 20; seed++) {
    const { start, disk } = storeBench()
    const store = await start()
    store.create({ name: 't' })
    await store[Symbol.asyncDispose]()
    await start()
    disk.restart('power')
    expect(disk.list('/logs')).not.toContain('.kafka_cleanshutdown')
  }
})

test('a stop that could not write everything leaves no marker, and the next start recovers', async () => {
  const { start, disk, said } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  append(store, 5)
  disk.fail('sync', 'EIO', { path: 't-0/0000' })
  await store[Symbol.asyncDispose]()
  expect(disk.list('/logs')).not.toContain('.kafka_cleanshutdown')
  expect(said.of('warn')).toEqual([expect.stringContaining('could not be closed cleanly')])
  const again = await start()
  expect(readAll(again.partition('t', 0)).length).toBe(5)
})

test.each([
  ['damaged', Buffer.from('0\n7\nt 0 5\n')],
  ['empty', Buffer.alloc(0)],
  ['missing', undefined],
])('checkpoints that are %s are made anew', async (_, content) => {
  const { start, disk } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  append(store, 5)
  await store[Symbol.asyncDispose]()
  for (const name of ['recovery-point', 'replication', 'log-start']) {
    disk.unlink(`/logs/${name}-offset-checkpoint`)
    if (content !== undefined) disk.plant(`/logs/${name}-offset-checkpoint`, content)
  }
  const again = await start()
  expect(again.partition('t', 0).logEndOffset).toBe(5)
  expect(readAll(again.partition('t', 0)).length).toBe(5)
})

test('recovery points are noted now and then, so that a kill costs little', async () => {
  const { start, disk, clock } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  append(store, 5)
  await store.partition('t', 0).flush()
  await clock.advanceSlowly(61_000, 1000)
  expect(disk.bytes('/logs/recovery-point-offset-checkpoint')?.toString()).toBe('0\n1\nt 0 5\n')
  expect(disk.bytes('/logs/replication-offset-checkpoint')?.toString()).toBe('0\n1\nt 0 5\n')
})

test('a partition that cannot be read does not keep the others away', async () => {
  const { start, disk, said } = storeBench()
  const store = await start()
  for (const name of ['t', 'u']) store.create({ name })
  append(store, 3)
  store.partition('u', 0).append(batchOf(['u']), client)
  disk.restart('process')
  disk.fail('read', 'EIO', { path: 'u-0/00000000000000000000.log', times: 2 })
  const again = await start()
  expect(said.of('error')).toEqual([expect.stringContaining('u-0 cannot be read')])
  expect(readAll(again.partition('t', 0)).length).toBe(3)
  expect(() => again.partition('u', 0).logEndOffset).toThrow('cannot be read')
  expect(again.partition('u', 0).logEndOffset).toBe(1)
})

test('a partition that could not be read is not noted as closed', async () => {
  const { start, disk } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  append(store, 5)
  disk.restart('process')
  disk.fail('read', 'EIO', { path: '.log', times: 100 })
  const blind = await start()
  await blind[Symbol.asyncDispose]()
  disk.heal()
  expect(disk.list('/logs')).not.toContain('.kafka_cleanshutdown')
  const again = await start()
  expect(readAll(again.partition('t', 0)).length).toBe(5)
})

test('an idempotent producer that is silent for a day is forgotten', async () => {
  const { start, clock } = storeBench()
  const store = await start()
  store.create({ name: 't' })
  const from = (sequence: number) =>
    batchOf(['x'], { producerId: 7, producerEpoch: 0, baseSequence: sequence, timestampMs: clock.now() })
  store.partition('t', 0).append(from(0), client)
  clock.advance(86_000_000)
  expect(() => store.partition('t', 0).append(from(9), client)).toThrow('sequence 9')
  clock.advance(2_000_000)
  expect(store.partition('t', 0).append(from(9), client).baseOffset).toBe(1)
})

test('folders that are no partitions are left alone, with a word', async () => {
  const { start, disk, said } = storeBench()
  disk.plant('/logs/lost+found/x', Buffer.from('x'))
  await start()
  expect(said.of('warn')).toEqual([expect.stringContaining('no partitions')])
  expect(disk.list('/logs/lost+found')).toEqual(['x'])
})
