import { expect, test } from 'vitest'
import { Committed } from './committed.ts'
import type { PartitionCommit } from './committed-offset.ts'

const commit = (partition: number, offset: number): PartitionCommit => ({
  topic: 't',
  partition,
  offset,
  leaderEpoch: -1,
  metadata: '',
  commitMs: 0,
  expireMs: undefined,
})
const offsetOf = (committed: Committed, partition: number): number | undefined => committed.get('t', partition)?.offset

test('of two transactions that commit for a partition the one that came later counts, whichever ends first', () => {
  for (const order of [
    [1, 2],
    [2, 1],
  ]) {
    const committed = new Committed()
    committed.unstable.add(1, [commit(0, 10)])
    committed.unstable.add(2, [commit(0, 20)])
    for (const producer of order) committed.endTransaction(producer, true)
    expect(offsetOf(committed, 0)).toBe(20)
    expect(committed.unstable.isEmpty).toBe(true)
  }
})

test('an aborted transaction leaves what the other has committed, and what a client says later counts in any case', () => {
  const committed = new Committed()
  committed.unstable.add(1, [commit(0, 10), commit(1, 10), commit(0, 11)])
  committed.unstable.add(2, [commit(0, 20)])
  expect(committed.unstable.has('t', 0)).toBe(true)
  committed.endTransaction(2, false)
  committed.setAll([commit(1, 30)])
  expect([committed.unstable.has('t', 0), committed.unstable.has('t', 1)]).toEqual([true, false])
  expect(committed.unstable.partitions()).toEqual([{ topic: 't', partition: 0 }])
  committed.endTransaction(1, true)
  expect([offsetOf(committed, 0), offsetOf(committed, 1)]).toEqual([11, 30])
})

test('thousands of partitions in one transaction take no longer than as many outside of one', () => {
  const committed = new Committed()
  for (let partition = 0; partition < 50_000; partition++) committed.unstable.add(1, [commit(partition, 5)])
  for (let partition = 0; partition < 25_000; partition++) committed.set('t', partition, commit(partition, 7))
  committed.endTransaction(1, true)
  expect([offsetOf(committed, 0), offsetOf(committed, 49_999)]).toEqual([7, 5])
})
