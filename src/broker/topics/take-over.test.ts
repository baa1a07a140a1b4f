import { expect, test } from 'vitest'
import type { FakeDisk } from '../../../test/fakes/disk.ts'
import { recordsOf } from '../../../test/fakes/batches.ts'
import { keyedBatch } from '../../../test/fakes/cleaner.ts'
import { client } from '../../../test/fakes/partition-log.ts'
import { fakeProcess, storeBench } from '../../../test/fakes/topic-store.ts'
import { RecordBatchWriter } from '../../protocol/record-batch-writer.ts'
import { Writer } from '../../protocol/writer.ts'

const kafkaMeta = '#\n#Sat Nov 21 07:00:00 UTC 2026\ncluster.id=k8Zy0b2mT4-abcdefghijk\nversion=0\nbroker.id=3\n'
const kraftMeta =
  '#\n#Sat Nov 21 07:00:00 UTC 2026\ncluster.id=k8Zy0b2mT4-abcdefghijk\ndirectory.id=dir\nnode.id=3\nversion=1\n'

/** A folder as another broker leaves it: made by ours, and stripped of what only ours writes. */
const foreign = async (meta: string | undefined, topics: readonly string[]): Promise<FakeDisk> => {
  const bench = storeBench()
  const store = await bench.start({ brokerId: 3 })
  for (const name of topics) {
    store.create({ name })
    store.partition(name, 0).append(keyedBatch([['k', `of ${name}`]]), client)
  }
  await store[Symbol.asyncDispose]()
  const { disk } = bench
  for (const name of topics) disk.remove(`/logs/${name}-0/topic.properties`)
  disk.unlink('/logs/meta.properties')
  disk.plant('/logs/.lock', Buffer.alloc(0))
  if (meta !== undefined) disk.plant('/logs/meta.properties', Buffer.from(meta))
  return disk
}

const textOf = (disk: FakeDisk, path: string): string => String(disk.bytes(path))

test('records, ids and the identity of the broker are taken over; Kafka may have the folder back', async () => {
  const disk = await foreign(kafkaMeta, ['plain'])
  const id = textOf(disk, '/logs/plain-0/partition.metadata')
  disk.plant('/logs/something.of.theirs', Buffer.from('x'))
  const bench = storeBench(disk)
  await using store = await bench.start({ brokerId: -1 })
  expect(store).toMatchObject({ brokerId: 3, clusterId: 'k8Zy0b2mT4-abcdefghijk' })
  const [record] = recordsOf(store.partition('plain', 0).read(0, { maxBytes: 1000, minOne: true }))
  expect(record?.value).toBe('of plain')
  expect(textOf(disk, '/logs/plain-0/partition.metadata')).toBe(id)
  expect(textOf(disk, '/logs/something.of.theirs')).toBe('x')
  const lines = textOf(disk, '/logs/meta.properties').split('\n')
  expect(lines).toEqual(expect.arrayContaining(['version=0', 'broker.id=3', 'cluster.id=k8Zy0b2mT4-abcdefghijk']))
})

test('a topic of which nothing is known keeps its records, and a warning says so once', async () => {
  const disk = await foreign(kafkaMeta, ['plain', 'changes', '__consumer_offsets'])
  disk.plant('/logs/cleaner-offset-checkpoint', Buffer.from('0\n1\nchanges 0 1\n'))
  const bench = storeBench(disk)
  const store = await bench.start({ brokerId: 3 })
  expect(Object.fromEntries(store.get('plain')?.configs ?? [])).toEqual({
    'retention.ms': '-1',
    'retention.bytes': '-1',
  })
  expect(Object.fromEntries(store.get('changes')?.configs ?? [])).toEqual({ 'cleanup.policy': 'compact' })
  expect(store.get('__consumer_offsets')?.configs.get('cleanup.policy')).toBe('compact')
  expect(bench.said.of('warn').filter((line) => line.includes('retention.ms=-1'))).toHaveLength(1)
  expect(bench.said.of('warn').join()).toContain('The settings of plain lay in ZooKeeper')
  await store[Symbol.asyncDispose]()
  const again = storeBench(disk)
  await using later = await again.start({ brokerId: 3 })
  expect(later.get('plain')?.configs.get('retention.ms')).toBe('-1')
  expect(again.said.of('warn')).toEqual([])
})

test('a topic that Kafka made while it had the folder back is known for one, whether Kafka was closed or killed', async () => {
  for (const how of ['closed', 'closed, with an empty marker', 'killed']) {
    const disk = await foreign(kafkaMeta, ['plain'])
    const first = await storeBench(disk).start({ brokerId: 3 })
    first.create({ name: 'ours' })
    await first[Symbol.asyncDispose]()
    disk.plant('/logs/later-0/00000000000000000000.log', Buffer.alloc(0))
    disk.unlink('/logs/.kafka_cleanshutdown')
    if (how === 'closed') disk.plant('/logs/.kafka_cleanshutdown', Buffer.from('{"version":0,"brokerEpoch":42}'))
    else if (how !== 'killed') disk.plant('/logs/.kafka_cleanshutdown', Buffer.alloc(0))
    else disk.plant('/logs/.lock', Buffer.alloc(0))
    await using store = await storeBench(disk).start({ brokerId: 3, processes: fakeProcess(77) })
    expect(store.get('later')?.configs.get('retention.ms'), how).toBe('-1')
    expect(store.get('plain')?.configs.get('retention.ms'), how).toBe('-1')
  }
})

test('nothing is forgotten when the process dies while it takes over', async () => {
  for (let step = 1; step < 30; step++) {
    const disk = await foreign(kafkaMeta, ['plain'])
    disk.crashIn(step)
    await storeBench(disk)
      .start({ brokerId: 3 })
      .catch(() => undefined)
    disk.kill()
    disk.restart('power')
    await using store = await storeBench(disk).start({ brokerId: 3, processes: fakeProcess(77) })
    expect(store.get('plain')?.configs.get('retention.ms'), `step ${step}`).toBe('-1')
  }
})

test('a folder from before Kafka 0.8.2, without meta.properties, gets one', async () => {
  const disk = await foreign(undefined, ['plain'])
  await using store = await storeBench(disk).start({ brokerId: 5 })
  expect(store.list().map(({ name }) => name)).toEqual(['plain'])
  expect(textOf(disk, '/logs/meta.properties')).toContain('broker.id=5')
})

const metadataRecord = (type: number, write: (writer: Writer) => void): Buffer => {
  const writer = new Writer()
  writer.begin()
  for (const part of [1, type, 0]) writer.uvarint(part)
  write(writer)
  writer.uvarint(0)
  return Buffer.concat(writer.finish())
}

const setting = (topic: string, name: string, value: string | null): Buffer =>
  metadataRecord(4, (writer) => {
    writer.i8(2)
    writer.str(topic, true)
    writer.str(name, true)
    writer.str(value, true)
  })

const topic = (name: string, id: string): Buffer =>
  metadataRecord(2, (writer) => {
    writer.str(name, true)
    writer.uuid(id)
  })

test('what KRaft says of the settings of topics is taken over, too', async () => {
  const disk = await foreign(kraftMeta, ['plain', 'changes'])
  const writer = new RecordBatchWriter({ bytesMax: 100_000 })
  const records = [
    topic('plain', 'AAAAAAAAQACAAAAAAAAAAA'),
    topic('changes', 'BBBBBBBBQACAAAAAAAAAAA'),
    setting('changes', 'cleanup.policy', 'delete'),
    setting('changes', 'cleanup.policy', 'compact'),
    setting('changes', 'remote.storage.enable', 'true'),
    setting('changes', 'retention.ms', '5'),
    setting('changes', 'retention.ms', null),
  ]
  for (const record of records) writer.add(0, null, record, null)
  disk.plant('/logs/__cluster_metadata-0/00000000000000000000.log', Buffer.concat([writer.finish(), Buffer.alloc(500)]))
  const bench = storeBench(disk)
  await using store = await bench.start({ brokerId: 3 })
  expect(store.list().map(({ name }) => name)).toEqual(['changes', 'plain'])
  expect(Object.fromEntries(store.get('changes')?.configs ?? [])).toEqual({ 'cleanup.policy': 'compact' })
  expect(Object.fromEntries(store.get('plain')?.configs ?? [])).toEqual({})
  expect(bench.said.of('warn').join()).not.toContain('retention.ms=-1')
  expect(textOf(disk, '/logs/meta.properties')).toContain('version=1\n')
  expect(disk.bytes('/logs/__cluster_metadata-0/00000000000000000000.log')?.length).toBeGreaterThan(500)
})

test('a folder of a version that nobody knows is refused, and one that says nothing', async () => {
  const newer = await foreign('version=2\nnode.id=3\ncluster.id=x\n', ['plain'])
  await expect(storeBench(newer).start({ brokerId: 3 })).rejects.toMatchObject({ code: 'LOG_FOLDER_FOREIGN' })
  const mute = await foreign('cluster.id=x\n', ['plain'])
  await expect(storeBench(mute).start({ brokerId: 3 })).rejects.toMatchObject({ code: 'LOG_FOLDER_DAMAGED' })
})

test('a folder that Kafka has open is refused', async () => {
  const disk = await foreign(kafkaMeta, ['plain'])
  const bench = storeBench(disk)
  const processes = { pid: 9, threadId: 0, startOf: () => undefined, kernelLockHolder: () => 4711 }
  await expect(bench.start({ brokerId: 3, processes })).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
})
