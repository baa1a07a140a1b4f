import { expect, test } from 'vitest'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { OffsetIndex } from './offset-index.ts'
import { OpenFiles } from './open-files.ts'

const path = '/00000000000000000100.index'
const made = (disk = new FakeDisk(), entries = 0): OffsetIndex => {
  const index = new OffsetIndex(new OpenFiles(disk), path, 100)
  for (let i = 1; i <= entries; i++) index.append(100 + i * 10, i * 5000)
  return index
}

test('entries have the form of Kafka: relative offset and position, 8 bytes', () => {
  const disk = new FakeDisk()
  const index = made(disk)
  index.append(142, 4200)
  index.append(400, 9000)
  index.entries.seal()
  expect(disk.bytes(path)?.toString('hex')).toBe(['0000002a', '00001068', '0000012c', '00002328'].join(''))
})

test('finds the last entry at or below an offset, written or not', () => {
  const index = made(new FakeDisk(), 200)
  expect(index.find(109)).toBeUndefined()
  expect(index.find(110)).toEqual({ offset: 110, position: 5000 })
  expect(index.find(119)).toEqual({ offset: 110, position: 5000 })
  expect(index.find(700)).toEqual({ offset: 700, position: 300_000 })
  expect(index.find(1e9)).toEqual({ offset: 2100, position: 1_000_000 })
})

test('forgets entries behind an offset or a position', () => {
  const index = made(new FakeDisk(), 200)
  index.truncate(1005, Infinity)
  expect(index.last()).toEqual({ offset: 1000, position: 450_000 })
  index.truncate(1e9, 10_000)
  expect(index.last()).toEqual({ offset: 110, position: 5000 })
  index.truncate(0, 0)
  expect(index.last()).toBeUndefined()
})

test('takes its own file over, and space that was allocated beforehand is no entry', () => {
  const disk = new FakeDisk()
  const first = made(disk, 100)
  first.entries.seal()
  const bytes = disk.bytes(path) ?? Buffer.alloc(0)
  const index = made(disk)
  expect(index.adopt(Buffer.concat([bytes, Buffer.alloc(4096)]), 1e6)).toBe(true)
  expect(index.entries.count).toBe(100)
  expect(index.find(555)).toEqual({ offset: 550, position: 225_000 })
})

test.each([
  ['offsets that do not ascend', [10, 5000, 10, 6000]],
  ['positions that do not ascend', [10, 5000, 20, 5000]],
  ['a position behind the end of the log', [10, 5000, 20, 1_000_000]],
  ['negative numbers', [-10, 5000]],
])('refuses %s', (_, numbers) => {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [at, number] of numbers.entries()) bytes.writeInt32BE(number, at * 4)
  expect(made().adopt(bytes, 1_000_000)).toBe(false)
})

test('a full disk keeps new entries in memory, to be written when there is room again', () => {
  const disk = new FakeDisk({ capacityBytes: 1000 })
  const index = made(disk, 1000)
  expect(index.find(5000)).toEqual({ offset: 5000, position: 2_450_000 })
  expect(() => index.entries.seal()).toThrow('ENOSPC')
  disk.capacityBytes = Infinity
  index.entries.seal()
  expect(disk.bytes(path)?.length).toBe(8000)
  expect(index.find(5009)).toEqual({ offset: 5000, position: 2_450_000 })
})
