import { expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { diskQueueOptions } from '../../test/fakes/file-channel.ts'
import { joined } from './backlog.ts'
import { DiskQueue, type DiskQueueOptions } from './disk-queue.ts'

const open = (
  disk: FakeDisk,
  context = fakeContext({ disk }),
  given: Partial<DiskQueueOptions> = {},
): Promise<DiskQueue> => DiskQueue.open({ ...diskQueueOptions, ...given }, context, { came: () => {}, went: () => {} })

it('on a disk that turns read-only refuses puts and notes, and loses nothing: all goes on once it can be written again', async () => {
  const disk = new FakeDisk()
  const queue = await open(disk)
  await queue.add(numbered(0, 3))
  for (const operation of ['write', 'open', 'sync'] as const) disk.fail(operation, 'EROFS', { times: Infinity })
  for (let again = 0; again < 3; again++)
    await expect(queue.add(numbered(3, 4))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  const slices = queue.cut(2)
  await expect(queue.committed(slices)).rejects.toThrow('EROFS')
  queue.back(slices)
  disk.heal()
  await queue.add(numbered(4, 6))
  const all = queue.cut(10)
  expect(bodiesOf(joined(all))).toEqual(['0', '1', '2', '4', '5'])
  await queue.committed(all)
  expect(queue.held).toBe(0)
  await queue.close()
  // What was refused is neither held nor missed by the next one.
  const context = fakeContext({ disk })
  const later = await open(disk, context)
  expect(later.held).toBe(0)
  expect(later.isEmpty).toBe(true)
  expect(context.log.of('error')).toEqual([])
  await later.close()
})

it('reads on behind a file that went while what comes after its last event was still to be looked at', async () => {
  const disk = new FakeDisk()
  const queue = await open(disk, undefined, { fileBytesMax: 10_000_000, memoryBytesMax: 0 })
  // One such record is all that is read at once.
  const large = (letter: string) => [eventOf(letter.repeat(1_100_000))]
  await queue.add(large('a'))
  await queue.add(large('b'))
  disk.fail('sync', 'EIO', { path: '/data' })
  await expect(queue.add(large('c'))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  await queue.add(large('d'))
  const letters = []
  for (let takes = 0; takes < 3; takes++) {
    const slices = queue.cut(1)
    letters.push(...bodiesOf(joined(slices)).map((body) => body[0]))
    await queue.committed(slices)
  }
  expect(letters).toEqual(['a', 'b', 'd'])
  await queue.close()
})

it('does not complain of a file that went before the time of its sync came', async () => {
  const disk = new FakeDisk()
  const clock = new FakeClock()
  const context = fakeContext({ disk, clock })
  const queue = await open(disk, context, { syncEveryMs: 500 })
  for (let from = 0; from < 40; from += 10) await queue.add(numbered(from, from + 10))
  await queue.committed(queue.cut(40))
  clock.advance(500)
  await queue.close()
  expect(context.log.of('error')).toEqual([])
})
