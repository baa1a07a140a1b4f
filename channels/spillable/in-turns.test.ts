import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { bodiesFrom, spillableBench } from '../../test/fakes/spillable-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'

const never = new AbortController().signal

it('a take gives what comes before the disk that cannot be read, the next is told why there is no more, and nothing is lost', async () => {
  const { open, disk } = spillableBench()
  const channel = await open({ memory: 2 })
  await channel.put(numbered(0, 2))
  for (let i = 2; i < 52; i += 10) await channel.put(numbered(i, i + 10))
  disk.fail('read', 'EIO', { path: 'events-', times: 2 })
  const first = await channel.take(100, never)
  const given = first.events.length
  expect(given).toBeGreaterThan(2)
  expect(bodiesOf(first.events)).toEqual(bodiesFrom(0, given))
  await expect(channel.take(100, never)).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  await first.commit()
  expect(await takeAll(channel)).toEqual(bodiesFrom(given, 52))
  expect(channel.lost).toEqual({ events: 0, keptIn: [] })
})
