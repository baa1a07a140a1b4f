/** Commits where every record is synced before it is answered. */
import { expect, test } from 'vitest'
import { groupBench } from '../../../test/fakes/groups.ts'
import { errorCodes } from '../../protocol/error-codes.ts'

const synced = () => groupBench({ delayMs: 0, more: { 'log.flush.interval.messages': '1' } })

test('an offset is told to nobody before it is on disk', async () => {
  const { member, group } = await synced()
  const simple = member()
  const committing = simple.commit(1)
  expect(group()?.committed.get('t', 0)).toBeUndefined()
  expect(await committing).toBe(0)
  expect(group()?.committed.get('t', 0)?.offset).toBe(1)
})

test('an offset whose promised sync failed is not remembered', async () => {
  const { member, group, store } = await synced()
  const simple = member()
  await simple.commit(1)
  store.disk.fail('sync', 'EIO')
  expect(await simple.commit(2)).toBe(errorCodes.COORDINATOR_NOT_AVAILABLE)
  expect(group()?.committed.get('t', 0)?.offset).toBe(1)
})

test('an offset that is deleted while its sync is under way stays deleted', async () => {
  const { groups, member, group, afterCrash } = await synced()
  const committing = member().commit(1)
  groups.forgetTopic('t')
  await committing
  expect(group()?.committed.topics()).toEqual([])
  expect((await afterCrash()).group()?.committed.topics() ?? []).toEqual([])
})

test('a commit that takes longer than its time is answered with an error, and holds when it is done', async () => {
  const { member, clock, group } = await synced()
  const committing = member().commit(1)
  clock.advance(5000)
  expect(await committing).toBe(errorCodes.COORDINATOR_NOT_AVAILABLE)
  await expect.poll(() => group()?.committed.get('t', 0)?.offset).toBe(1)
})
