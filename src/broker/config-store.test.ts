import { assert, json, oneof, property, uint8Array } from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { DiskCrashed, FakeDisk } from '../../test/fakes/disk.ts'
import { brokerConfig } from './config.ts'
import { openRunning } from './config-live.ts'
import { changesFile, ConfigStore } from './config-store.ts'
import { readWhole, writeWhole } from './log/whole-file.ts'

let disk: FakeDisk
let said: RecordingLog

beforeEach(() => {
  disk = new FakeDisk()
  said = new RecordingLog()
  disk.makeFolder('/a')
  disk.makeFolder('/b')
})

const folders = ['/a', '/b']
const open = (): ConfigStore => new ConfigStore(folders, { disk, log: said })
const retention = (store: ConfigStore): string | undefined => store.changes.broker.get('log.retention.ms')
const keep = (store: ConfigStore, value: string): Promise<void> => {
  store.changes.broker.set('log.retention.ms', value)
  return store.save()
}

test('what was saved is there after a power cut, in every log folder', async () => {
  const store = open()
  store.changes.quotas = [{ entity: { user: null, 'client-id': 'c' }, values: { producer_byte_rate: 5 } }]
  store.changes.groups.set('__proto__', new Map([['a', 'b\n=ö']]))
  await keep(store, '1')
  disk.restart('power')
  for (const folder of folders) {
    const { changes } = new ConfigStore([folder], { disk, log: said })
    expect(changes).toEqual(store.changes)
  }
  expect(said.of('warn')).toEqual([])
})

test('the newest copy counts, whichever folder has it', async () => {
  await keep(open(), '1')
  disk.fail('open', 'EIO', { path: '/b/', times: 1 })
  await keep(open(), '2')
  expect(said.of('warn').join()).toContain(`/b/${changesFile} `)
  expect(retention(open())).toBe('2')
  expect(retention(new ConfigStore(folders.toReversed(), { disk, log: said }))).toBe('2')
})

test.each(['', '{', '[]', '{"version":2}', '{"version":1,"revision":"x"}', 'null', '\0\0\0', '{"version":1,"revision":9,"brokers":{"a":1},"broker":{},"groups":{},"metrics":{},"quotas":[]}'])(
  'a copy that holds %j is passed over with a word, and the other one counts',
  async (damaged) => {
    await keep(open(), '1')
    writeWhole(disk, `/a/${changesFile}`, damaged)
    expect(retention(open())).toBe('1')
    expect(said.of('warn')[0]).toContain(`/a/${changesFile} cannot be used`)
  },
) // prettier-ignore

test('bytes of chance are never more than a warning', () => {
  assert(
    property(oneof(uint8Array(), json().map((text) => Buffer.from(text))), (bytes) => {
      writeWhole(disk, `/a/${changesFile}`, Buffer.from(bytes))
      expect(open().changes.broker.size).toBe(0)
    }),
  ) // prettier-ignore
})

test('a disk that takes nothing refuses the change', async () => {
  const store = open()
  disk.fail('open', 'ENOSPC', { times: 2 })
  await expect(keep(store, '1')).rejects.toThrow('could not be written to any log folder')
  await keep(store, '2')
  expect(retention(open())).toBe('2')
})

test('whenever the process or the power dies, a change is there whole or not at all, and a saved one stays', async () => {
  for (const kind of ['process', 'power'] as const)
    for (let at = 1; at < 40; at++) {
      disk = new FakeDisk({ seed: at })
      disk.makeFolder('/a')
      disk.makeFolder('/b')
      await keep(open(), 'saved')
      disk.crashIn(at)
      const store = open()
      const ended = await keep(store, 'next').then(
        () => 'saved',
        (thrown: unknown) => (thrown instanceof DiskCrashed ? 'died' : 'refused'),
      )
      disk.restart(kind)
      const found = retention(open())
      if (ended === 'saved') expect(found).toBe('next')
      else expect(['saved', 'next']).toContain(found)
    }
})

test('a stored change that does not hold any more is named, and the others hold', async () => {
  const store = open()
  store.changes.broker.set('log.segment.bytes', '5')
  store.changes.brokers.set('message.max.bytes', '2000')
  await store.save()
  const { config } = openRunning(brokerConfig({ 'log.dirs': '/a,/b' }), { disk, log: said })
  expect(config.settings['message.max.bytes']).toBe(2000)
  expect(config.settings['log.segment.bytes']).toBe(1_073_741_824)
  expect(said.of('warn').join()).toContain(
    'Invalid value 5 for configuration log.segment.bytes: Value must be at least 14',
  )
  expect(readWhole(disk, `/a/${changesFile}`)?.toString()).toContain('"message.max.bytes": "2000"')
})
