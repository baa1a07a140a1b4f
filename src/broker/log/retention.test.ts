import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { bench, client, readAll } from '../../../test/fakes/partition-log.ts'
import { storeBench } from '../../../test/fakes/topic-store.ts'
import type { PartitionLog } from './partition-log.ts'

const hourMs = 3_600_000
const size = batchOf(['0']).length
/** A segment for each batch of one record. */
const small = { segmentBytes: size }

const filled = (log: PartitionLog, timestamps: readonly number[]): PartitionLog => {
  for (const [index, timestampMs] of timestamps.entries()) log.append(batchOf([`${index}`], { timestampMs }), client)
  return log
}

const offsets = (log: PartitionLog): number[] => readAll(log).map(({ offset }) => offset)
const files = (names: readonly string[], ending: string): string[] => names.filter((name) => name.endsWith(ending)).sort() // prettier-ignore

test('segments go, oldest first, once their newest record is too old; a young one keeps those behind it', async () => {
  const { open, clock } = bench()
  const now = clock.now()
  const log = filled(open({}, { ...small, retentionMs: hourMs }), [now - 5 * hourMs, now - 2 * hourMs, now, now - 9 * hourMs, now]) // prettier-ignore
  await log.retain()
  expect(offsets(log)).toEqual([2, 3, 4])
  expect(log.logStartOffset).toBe(2)
  expect(log.earliest().offset).toBe(2)
  expect(() => log.read(1, { maxBytes: 1000, minOne: true })).toThrow('Offset 1 of t-0 is outside 2 to 5')
})

test('an age of exactly retention.ms is kept, one more is not; -1 keeps everything', async () => {
  const { open, clock } = bench()
  const now = clock.now()
  const log = filled(open({}, { ...small, retentionMs: hourMs }), [now - hourMs, now])
  await log.retain()
  expect(log.logStartOffset).toBe(0)
  clock.advance(1)
  await log.retain()
  expect(log.logStartOffset).toBe(1)
  log.settings = { ...log.settings, retentionMs: -1 }
  clock.advance(1_000_000 * hourMs)
  await log.retain()
  expect(log.logStartOffset).toBe(1)
})

test('when all is too old the log begins anew where it ended, and the next process goes on there', async () => {
  const { open, clock, disk } = bench()
  const log = filled(open({}, { retentionMs: hourMs }), [clock.now(), clock.now()])
  clock.advance(2 * hourMs)
  await log.retain()
  expect([log.logStartOffset, log.logEndOffset]).toEqual([2, 2])
  expect(files(disk.list('/logs/t-0'), '.log')).toEqual(['00000000000000000002.log'])
  disk.kill()
  disk.restart('power')
  const next = open()
  expect([next.logStartOffset, next.logEndOffset]).toEqual([2, 2])
  expect(next.append(batchOf(['x']), client).baseOffset).toBe(2)
  await next.retain()
})

test('an empty log is left as it is', async () => {
  const { open, disk } = bench()
  const log = open({}, { retentionMs: 0, retentionBytes: 0 })
  await log.retain()
  expect([log.logEndOffset, disk.list('/logs/t-0')]).toEqual([0, []])
})

test('by size, the oldest segments go while the others have as much as is to be kept', async () => {
  const { open } = bench()
  const log = filled(
    open({}, { ...small, retentionBytes: 2 * size }),
    [1, 1, 1, 1, 1].map(() => Date.UTC(2026, 0, 1)),
  )
  await log.retain()
  expect(offsets(log)).toEqual([3, 4])
  log.settings = { ...log.settings, retentionBytes: 2 * size - 1 }
  await log.retain()
  expect(offsets(log)).toEqual([3, 4])
  log.settings = { ...log.settings, retentionBytes: 0 }
  await log.retain()
  expect([log.logStartOffset, log.logEndOffset]).toEqual([5, 5])
})

test('a compacted log keeps what is old and much, unless it is also to be deleted', async () => {
  const { open, clock } = bench()
  const compacted = {
    segmentBytes: size + 1,
    retentionMs: hourMs,
    retentionBytes: 0,
    isCompacted: true,
    isDeleted: false,
  }
  const log = open({}, compacted)
  for (let i = 0; i < 3; i++) log.append(batchOf([`${i}`], { key: 'k', timestampMs: clock.now() - 9 * hourMs }), client)
  await log.retain()
  expect(log.logStartOffset).toBe(0)
  log.beginAt(2)
  await log.retain()
  expect(log.firstSegmentOffset).toBe(2)
  log.settings = { ...log.settings, isDeleted: true }
  await log.retain()
  expect(log.logStartOffset).toBe(3)
})

test('deleted files are renamed at once, removed after file.delete.delay.ms, and gone after a restart', async () => {
  const { open, clock, disk } = bench()
  const log = filled(open({}, { ...small, retentionMs: -1, retentionBytes: size, fileDeleteDelayMs: 500 }), [1, 1, 1])
  await log.retain()
  const hidden = ['00000000000000000000.log.deleted', '00000000000000000001.log.deleted']
  expect(files(disk.list('/logs/t-0'), '.log.deleted')).toEqual(hidden)
  expect(files(disk.list('/logs/t-0'), '.log')).toEqual(['00000000000000000002.log'])
  clock.advance(499)
  expect(files(disk.list('/logs/t-0'), '.log.deleted')).toEqual(hidden)
  clock.advance(20)
  expect(files(disk.list('/logs/t-0'), '.deleted')).toEqual([])
})

test('what a record says of its time decides, and the file where none says', async () => {
  const { open, clock, disk } = bench()
  const log = filled(open({}, { ...small, retentionMs: hourMs }), [-1, -1])
  expect(disk.stat('/logs/t-0/00000000000000000000.log')?.modifiedMs).toBe(0)
  await log.retain()
  expect([log.logStartOffset, log.logEndOffset]).toEqual([2, 2])
  expect(clock.now()).toBeGreaterThan(hourMs)
})

test('a record from the future keeps its segment, which is said once', async () => {
  const { open, clock, said } = bench()
  const now = clock.now()
  const log = filled(open({}, { ...small, retentionMs: hourMs }), [now - 9 * hourMs, now + 30 * 24 * hourMs, now - 9 * hourMs]) // prettier-ignore
  await log.retain()
  await log.retain()
  expect(offsets(log)).toEqual([1, 2])
  expect(said.of('warn')).toEqual([
    `t-0: the segment of offset 1 has a record of timestamp ${now + 30 * 24 * hourMs}, which is yet to come: until retention.ms after that nothing from there on is deleted by age.`,
  ])
})

test('on a full disk retention makes room, and producers go on', async () => {
  const { open, clock, disk } = bench(new FakeDisk({ capacityBytes: 10 * size }))
  const log = open({}, { ...small, retentionMs: hourMs, fileDeleteDelayMs: 0 })
  const fill = (): number => {
    for (let count = 0; ; count++)
      try {
        filled(log, [clock.now()])
      } catch {
        return count
      }
  }
  expect(fill()).toBeGreaterThan(3)
  const end = log.logEndOffset
  clock.advance(2 * hourMs)
  await log.retain()
  clock.advance(100)
  expect([log.logStartOffset, log.logEndOffset]).toEqual([end, end])
  expect(fill()).toBeGreaterThan(3)
  expect(disk.list('/logs/t-0').some((name) => name.endsWith('.deleted'))).toBe(false)
})

test('a file that cannot be renamed stays in the log, and its records can be read', async () => {
  const { open, disk } = bench()
  const log = filled(open({}, { ...small, retentionBytes: 0 }), [1, 1, 1])
  disk.fail('rename', 'EIO', { path: '00000000000000000001.log' })
  await expect(log.retain()).rejects.toThrow('EIO')
  expect(offsets(log)).toEqual([1, 2])
  await log.retain()
  expect(log.logStartOffset).toBe(3)
})

test('a log may be told to begin later, and remembers it over a kill; its segments go with the next look', async () => {
  const { start, clock, disk } = storeBench()
  const given = new Map([['log.segment.bytes', `${2 * size}`]])
  const store = await start({ given })
  const log = store.create({ name: 't' }).partitions[0]
  if (log === undefined) throw new Error('no partition')
  filled(
    log,
    [1, 1, 1, 1, 1].map(() => clock.now()),
  )
  log.beginAt(3)
  await store.keepLogStarts()
  expect(offsets(log)).toEqual([3, 4])
  expect(disk.bytes('/logs/log-start-offset-checkpoint')?.toString()).toBe('0\n1\nt 0 3\n')
  disk.kill()
  disk.restart('process')
  const again = (await start({ given })).partition('t', 0)
  expect(again.logStartOffset).toBe(3)
  await again.retain()
  expect(again.firstSegmentOffset).toBe(2)
  expect(() => again.beginAt(6)).toThrow('t-0 cannot begin at 6: it ends at 5')
})

test('topics are looked after by themselves, first after the delay, then at every interval', async () => {
  const { start, clock, said } = storeBench()
  const store = await start({ given: new Map([['log.retention.minutes', '1']]), retentionCheckMs: 10_000, firstCheckMs: 1000 }) // prettier-ignore
  const log = store.create({ name: 't' }).partitions[0]
  if (log === undefined) throw new Error('no partition')
  filled(log, [clock.now() - 120_000])
  await clock.advanceSlowly(999, 999)
  expect(log.logStartOffset).toBe(0)
  await clock.advanceSlowly(2, 1)
  expect(log.logStartOffset).toBe(1)
  expect(said.of('info')).toContainEqual(
    expect.stringContaining('t-0: deleted 1 segment before offset 1: nothing there is younger than 60000 ms'),
  )
  filled(log, [clock.now()])
  await clock.advanceSlowly(80_000, 10_000)
  expect(log.logStartOffset).toBe(2)
  await store[Symbol.asyncDispose]()
})

test('segments that the cleaner replaces meanwhile, and could not by half, do not go before that is finished', async () => {
  const { open, clock, disk } = bench()
  const log = filled(open({}, { ...small, retentionMs: hourMs }), [clock.now(), clock.now(), clock.now()])
  clock.advance(2 * hourMs)
  const retained = log.retain()
  disk.fail('rename', 'EIO', { path: '00000000000000000001.log', times: Infinity })
  const place = (): number[] => {
    disk.rename('/logs/t-0/00000000000000000000.log.deleted', '/logs/t-0/00000000000000000000.log')
    return [0]
  }
  const swap = (): void => log.compacting((state) => state.replaceSegments(state.segments.all().slice(0, 2), place))
  expect(swap).toThrow('t-0 cannot be read: EIO')
  await expect(retained).rejects.toThrow('EIO')
  disk.heal()
  await log.retain()
  expect([log.logStartOffset, log.logEndOffset]).toEqual([3, 3])
})
