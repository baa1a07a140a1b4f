import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { joined } from './backlog.ts'
import { DiskQueue } from './disk-queue.ts'

const open = (disk: FakeDisk, context = fakeContext({ disk })): Promise<DiskQueue> =>
  DiskQueue.open(
    {
      name: 'c1',
      checkpointFolder: '/checkpoint',
      dataFolders: ['/data'],
      fileBytesMax: 200,
      requiredSpaceBytes: 0,
      syncEveryMs: undefined,
      memoryBytesMax: 10_000,
    },
    context,
    { came: () => {}, went: () => {} },
  )

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
