import { expect, test } from 'vitest'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { OpenFiles } from './open-files.ts'
import { TimeIndex } from './time-index.ts'

const path = '/00000000000000000100.timeindex'
const made = (disk = new FakeDisk()): TimeIndex => new TimeIndex(new OpenFiles(disk), path, 100)

test('entries have the form of Kafka: timestamp and relative offset, 12 bytes', () => {
  const disk = new FakeDisk()
  const index = made(disk)
  index.append(1_700_000_000_123, 142)
  index.entries.seal()
  expect(disk.bytes(path)?.toString('hex')).toBe(['0000018bcfe5687b', '0000002a'].join(''))
})

test('only a later time at a later offset is an entry', () => {
  const index = made()
  index.append(1000, 110)
  index.append(1000, 120)
  index.append(999, 130)
  index.append(2000, 110)
  index.append(2000, 140)
  expect(index.entries.count).toBe(2)
  expect(index.last()).toEqual({ timestampMs: 2000, offset: 140 })
})

test('finds the last entry at or before a time', () => {
  const index = made()
  for (let i = 1; i <= 300; i++) index.append(i * 1000, 100 + i)
  expect(index.find(999)).toBeUndefined()
  expect(index.find(5999)).toEqual({ timestampMs: 5000, offset: 105 })
  expect(index.find(6000)).toEqual({ timestampMs: 6000, offset: 106 })
})

test('goes on behind its own file, and after a cut', () => {
  const disk = new FakeDisk()
  const first = made(disk)
  for (let i = 1; i <= 10; i++) first.append(i * 1000, 100 + i)
  first.entries.seal()
  const index = made(disk)
  expect(index.adopt(disk.bytes(path) ?? Buffer.alloc(0))).toBe(true)
  index.append(10_000, 200)
  expect(index.entries.count).toBe(10)
  index.truncate(105)
  expect(index.last()).toEqual({ timestampMs: 4000, offset: 104 })
  index.append(4500, 106)
  expect(index.last()).toEqual({ timestampMs: 4500, offset: 106 })
})

test('refuses times that do not ascend', () => {
  const bytes = Buffer.alloc(24)
  bytes.writeInt32BE(7, 4)
  bytes.writeInt32BE(1, 8)
  bytes.writeInt32BE(7, 16)
  bytes.writeInt32BE(2, 20)
  expect(made().adopt(bytes)).toBe(false)
})
