import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { until } from '../../../test/fakes/until.ts'

test('flush.messages: the append that reaches it is acknowledged after the sync', async () => {
  const log = bench().open({}, { flushMessages: 5 })
  expect(log.append(batchOf(['a', 'b']), client).flushed).toBeUndefined()
  const { flushed } = log.append(batchOf(['c', 'd', 'e']), client)
  expect(log.recoveryPoint).toBe(0)
  await flushed
  expect(log.recoveryPoint).toBe(5)
  expect(log.append(batchOf(['f']), client).flushed).toBeUndefined()
})

test('an append that is repeated while its sync is under way is acknowledged after the sync, too', async () => {
  const { open } = bench()
  const log = open({}, { flushMessages: 1 })
  const sent = { producerId: 7, producerEpoch: 0, baseSequence: 0 }
  const first = log.append(batchOf(['a'], sent), client)
  const again = log.append(batchOf(['a'], sent), client)
  expect(again).toMatchObject({ duplicate: true, baseOffset: 0 })
  expect(log.recoveryPoint).toBe(0)
  await again.flushed
  expect(log.recoveryPoint).toBe(1)
  await first.flushed
  expect(log.append(batchOf(['a'], sent), client).flushed).toBeUndefined()
})

test('flush.ms: nothing stays unsynced for longer', async () => {
  const { open, clock } = bench()
  const log = open({}, { flushMs: 1000 })
  log.append(batchOf(['a']), client)
  clock.advance(900)
  log.append(batchOf(['b']), client)
  expect(log.recoveryPoint).toBe(0)
  clock.advance(100)
  await until(() => log.recoveryPoint === 2, 'the sync')
  expect(clock.waiting).toBe(0)
})

test('what a flush promised is there after a power cut', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { open, disk } = bench()
    const log = open()
    for (let i = 0; i < 10; i++) log.append(batchOf([`${i}`]), client)
    await log.flush()
    for (let i = 10; i < 20; i++) log.append(batchOf([`${i}`]), client)
    disk.restart('power')
    const again = open({ recoveryPoint: log.recoveryPoint })
    again.ready()
    expect(again.logEndOffset).toBeGreaterThanOrEqual(10)
    const values = readAll(again).map(({ value }) => value)
    expect(values).toEqual(Array.from({ length: again.logEndOffset }, (_, i) => `${i}`))
  }
})

test('after a failed sync the partition takes no more records, and says so once', async () => {
  const { open, disk, said } = bench()
  const log = open({}, { flushMessages: 1 })
  disk.fail('sync', 'EIO')
  await expect(log.append(batchOf(['a']), client).flushed).rejects.toThrow('could not be synced')
  expect(() => log.append(batchOf(['b']), client)).toThrow('could not be synced')
  await expect(log.flush()).rejects.toThrow('could not be synced')
  expect(said.of('error').length).toBe(1)
  expect(readAll(log).map(({ value }) => value)).toEqual(['a'])
})
