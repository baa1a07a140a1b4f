import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { bench, client } from '../../../test/fakes/partition-log.ts'
import { storeBench } from '../../../test/fakes/topic-store.ts'
import { FolderCare } from './folder-care.ts'

const minuteMs = 60_000
const small = { segmentBytes: batchOf(['0']).length, retentionMs: minuteMs, fileDeleteDelayMs: 60 * minuteMs }

test('a replacement that the disk refuses for good keeps retention away, which is said once, and once that it works again', async () => {
  const { open, clock, disk, said } = bench()
  const log = open({}, small)
  for (let i = 0; i < 3; i++) log.append(batchOf([`${i}`], { timestampMs: clock.now() }), client)
  disk.fail('rename', 'EACCES', { path: '00000000000000000001.log', times: Infinity })
  const place = (): number[] => {
    disk.rename('/logs/t-0/00000000000000000000.log.deleted', '/logs/t-0/00000000000000000000.log')
    return [0]
  }
  const swap = (): void => log.compacting((state) => state.replaceSegments(state.segments.all().slice(0, 2), place))
  expect(swap).toThrow('EACCES')
  using _care = new FolderCare({ path: '/logs', clock, log: said, firstCheckMs: 2 * minuteMs, retentionCheckMs: minuteMs, suspected: () => {} }, [log]) // prettier-ignore
  await clock.advanceSlowly(5 * minuteMs, minuteMs)
  expect(log.logStartOffset).toBe(0)
  expect(said.of('warn')).toEqual([
    expect.stringMatching(/^The disk of \/logs refuses .* of t-0, .* Look at the rights/),
  ])
  disk.heal()
  await clock.advanceSlowly(3 * minuteMs, minuteMs)
  expect(log.logStartOffset).toBe(3)
  expect(said.of('warn')).toHaveLength(1)
  expect(said.of('info')).toContain('Retention of t-0 in /logs works again.')
})

test('partitions that are refused together share a line, which names the first of them', async () => {
  const { start, clock, disk, said } = storeBench()
  const given = new Map([['log.retention.ms', `${minuteMs}`]])
  const store = await start({ given, retentionCheckMs: minuteMs, firstCheckMs: 2 * minuteMs })
  for (const log of store.create({ name: 't', partitions: 12 }).partitions)
    log.append(batchOf(['x'], { timestampMs: clock.now() }), client)
  disk.fail('rename', 'EACCES', { path: '.log', times: Infinity })
  await clock.advanceSlowly(6 * minuteMs, minuteMs / 4)
  const lines = said.of('warn').filter((line) => line.includes('retention has to do'))
  expect(lines).toEqual([expect.stringContaining('of t-0, t-1, t-2, t-3, t-4, t-5, t-6, t-7, t-8, t-9 and 2 more, ')])
  disk.heal()
  await store[Symbol.asyncDispose]()
})
