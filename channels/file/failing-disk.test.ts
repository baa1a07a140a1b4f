/** A disk that is full or refuses: what the channel says yes to lasts, and it goes on. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { journalBytes } from './takes-journal.ts'

const never = new AbortController().signal

describe('a full disk', () => {
  it('refuses puts, gives events out, and takes puts again once there is room', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open()
    for (let i = 0; i < 20; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    disk.capacityBytes = 2 * journalBytes
    await expect(channel.put(numbered(200, 210))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 200)))
    disk.capacityBytes = Infinity
    await channel.put(numbered(200, 210))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(200, 210)))
  })

  it('is met before the last byte: minimumRequiredSpace stays free', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open({ requiredSpaceBytes: 10_000 })
    disk.capacityBytes = 2 * journalBytes + 10_100
    const refused = channel.put(numbered(0, 20))
    await expect(refused).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE', details: { required: 10_000 } })
    expect(channel.held).toBe(0)
  })
})

describe('a disk that fails', () => {
  it('refuses the put whose sync has failed, and goes on in another file', async () => {
    const { open, disk, dataFiles } = fileChannelBench()
    const channel = await open({ fileBytesMax: 100_000 })
    await channel.put(numbered(0, 1))
    disk.fail('sync', 'EIO', { path: '/data' })
    await expect(channel.put(numbered(1, 2))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await channel.put(numbered(2, 3))
    expect(dataFiles()).toHaveLength(2)
    expect(await takeAll(channel)).toEqual(['0', '2'])
  })

  it('keeps events whose take could not be noted', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open()
    await channel.put(numbered(0, 3))
    const take = await channel.take(3, never)
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await take[Symbol.asyncDispose]()
    expect(await takeAll(channel)).toEqual(['0', '1', '2'])
  })
})
