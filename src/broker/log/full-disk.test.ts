import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'

const refusals = (action: () => unknown): boolean => {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof KafkaFault && thrown.code === 56) return true
    throw thrown
  }
  return false
}

test('a full disk refuses producers, serves consumers, says so once, and is over when there is room', () => {
  const { open, disk, said, folder } = bench()
  const log = open()
  log.append(batchOf(['kept']), client)
  const before = disk.bytes(`${folder}/00000000000000000000.log`)
  disk.capacityBytes = 300
  for (let i = 0; i < 5; i++) expect(refusals(() => log.append(batchOf(['x'.repeat(500)]), client))).toBe(true)
  expect(disk.bytes(`${folder}/00000000000000000000.log`)).toEqual(before)
  expect(readAll(log).map(({ value }) => value)).toEqual(['kept'])
  disk.capacityBytes = Infinity
  log.append(batchOf(['y'.repeat(500)]), client)
  expect(readAll(log).map(({ offset }) => offset)).toEqual([0, 1])
  expect(said.of('error')).toEqual([expect.stringContaining('is full')])
  expect(said.of('info')).toEqual([expect.stringContaining('5 appends were refused')])
})

test('small records that still fit do not end the alarm while large ones do not', () => {
  const { open, disk, said } = bench()
  const log = open()
  log.append(batchOf(['x']), client)
  disk.capacityBytes = 600
  expect(refusals(() => log.append(batchOf(['x'.repeat(600)]), client))).toBe(true)
  log.append(batchOf(['x']), client)
  expect(refusals(() => log.append(batchOf(['x'.repeat(600)]), client))).toBe(true)
  expect(said.of('error').length).toBe(1)
  expect(said.of('info')).toEqual([])
})

test('a tail that could not be cut off at once is cut before the next append', () => {
  const { open, disk, said } = bench()
  const log = open()
  log.append(batchOf(['kept']), client)
  disk.capacityBytes = 300
  disk.fail('truncate', 'EIO')
  expect(refusals(() => log.append(batchOf(['x'.repeat(500)]), client))).toBe(true)
  disk.capacityBytes = Infinity
  log.append(batchOf(['y']), client)
  disk.restart('process')
  const again = open()
  again.ready()
  expect(readAll(again).map(({ value }) => value)).toEqual(['kept', 'y'])
  expect(said.of('warn')).toEqual([])
})

test('a disk that is full when a segment must be closed loses nothing', () => {
  const { open, disk } = bench(new FakeDisk({ capacityBytes: 2000 }))
  const log = open({}, { segmentBytes: 500, indexIntervalBytes: 50 })
  let stored = 0
  for (let i = 0; i < 60; i++) if (!refusals(() => log.append(batchOf([`v${i}`.padEnd(60)]), client))) stored++
  expect(stored).toBeGreaterThan(3)
  expect(stored).toBeLessThan(60)
  disk.capacityBytes = Infinity
  log.append(batchOf(['more']), client)
  expect(readAll(log).length).toBe(stored + 1)
  disk.restart('process')
  const again = open()
  again.ready()
  expect(readAll(again).length).toBe(stored + 1)
})

test('indexes that a full disk kept from being closed are complete once there is room, also for the next process', async () => {
  const { open, disk, folder } = bench()
  const small = { segmentBytes: 1000, indexIntervalBytes: 50 }
  const log = open({}, small)
  disk.fail('open', 'ENOSPC', { path: 'index', times: 1000 })
  for (let i = 0; i < 60; i++) log.append(batchOf([`v${i}`.padEnd(60)], { timestampMs: 1000 * i }), client)
  await log.flush()
  expect(log.recoveryPoint).toBe(0)
  disk.heal()
  await log.flush()
  expect(log.recoveryPoint).toBe(60)
  disk.restart('process')
  const again = open({ recoveryPoint: 60 }, small)
  again.ready()
  for (let i = 0; i < 60; i++) expect(again.offsetForTime(1000 * i)?.offset).toBe(i)
  const count = (suffix: string): number => disk.list(folder).filter((name) => name.endsWith(suffix)).length
  expect([count('.index'), count('.timeindex')]).toEqual([count('.log') - 1, count('.log') - 1])
})

test('short writes are gone on with', () => {
  const { open } = bench(new FakeDisk({ seed: 5, shortWrites: 0.8 }))
  const log = open()
  for (let i = 0; i < 50; i++) log.append(batchOf([`v${i}`.padEnd(300)]), client)
  expect(readAll(log).length).toBe(50)
})
