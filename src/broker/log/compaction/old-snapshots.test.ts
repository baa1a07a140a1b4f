import { expect, test } from 'vitest'
import { cleanerOf, committedOf, compacted, fillKeys, keyedBatch, lastValues, markersOf, valueOf } from '../../../../test/fakes/cleaner.ts' // prettier-ignore
import { bench, client, type Bench } from '../../../../test/fakes/partition-log.ts'
import { encodeMarker } from '../../../protocol/control-batch.ts'
import type { LogCleaner } from './log-cleaner.ts'
import type { PartitionLog } from '../partition-log.ts'

const settings = { ...compacted, deleteRetentionMs: 1000 }

/** A log whose second segment begins within a transaction that was committed there; its data and its marker are compacted away later. */
const withTransaction = (space: Bench): { log: PartitionLog; secondSegment: number } => {
  const log = space.open({}, settings)
  const transactional = { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 }
  log.append(keyedBatch([['a', 'of the transaction']], transactional), client)
  for (let i = 0; log.segmentStarts().length < 2; i++) log.append(keyedBatch([[`only ${i}`, valueOf(i)]]), client)
  const secondSegment = log.segmentStarts()[1]?.baseOffset ?? 0
  const marker = { outcome: 'commit', producerId: 1, producerEpoch: 0, coordinatorEpoch: 1, timestampMs: 5000 } as const
  log.append(encodeMarker(marker), { origin: 'coordinator' })
  log.append(keyedBatch([['a', 'new']]), client)
  for (let i = 0; i < 20; i++) log.append(keyedBatch([[`more ${i}`, valueOf(i)]]), client)
  log.transactions.expireProducers(Infinity)
  return { log, secondSegment }
}

const cleanOften = async (space: Bench, log: PartitionLog, cleaner: LogCleaner): Promise<void> => {
  for (let round = 0; round < 5; round++) {
    space.clock.advance(2000)
    fillKeys(log, 60, 1)
    await cleaner.round()
  }
}

test('a transaction whose marker was compacted away is not taken for open by a recovery that begins within it', async () => {
  const space = bench()
  const { log, secondSegment } = withTransaction(space)
  await using cleaner = cleanerOf(space, [log], {})
  await cleanOften(space, log, cleaner)
  expect(markersOf(log)).toEqual([])
  expect(log.segmentStarts().map(({ baseOffset }) => baseOffset)).toContain(secondSegment)
  const before = lastValues(committedOf(log))
  space.disk.kill()
  space.disk.restart('process')
  const again = space.open({ recoveryPoint: secondSegment }, settings)
  expect(again.lastStableOffset).toBe(again.logEndOffset)
  expect(lastValues(committedOf(again))).toEqual(before)
})
