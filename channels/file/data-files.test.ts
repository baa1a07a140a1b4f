/** The files of a channel as the channel uses them: they come and go, and some are damaged or gone. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'

const never = new AbortController().signal

describe('data files', () => {
  it('go as their events are taken, also behind one event that nobody takes', async () => {
    const { open, dataFiles } = fileChannelBench()
    const channel = await open()
    for (let i = 0; i < 20; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(dataFiles().length).toBeGreaterThanOrEqual(10)
    const stuck = await channel.take(1, never)
    for (let taken = 1; taken < 200;) {
      const take = await channel.take(50, never)
      taken += take.events.length
      await take.commit()
    }
    for (let i = 0; i < 64; i++) {
      await channel.put(numbered(0, 1))
      await (await channel.take(1, never)).commit()
    }
    expect(dataFiles().length).toBeLessThan(5)
    expect(channel.held).toBe(1)
    await stuck.commit()
    expect(channel.held).toBe(0)
  })

  it('that are damaged cost the damaged record, which is put aside and counted', async () => {
    const { open, disk, log, kill } = fileChannelBench()
    const channel = await open({ fileBytesMax: 100_000 })
    for (let i = 0; i < 5; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    kill()
    const [name = ''] = disk.list('/data').filter((one) => one.endsWith('.data'))
    const bytes = Buffer.from(disk.bytes(`/data/${name}`) ?? [])
    const at = bytes.indexOf('22')
    bytes[at] = 0xff
    disk.plant(`/data/${name}`, bytes)
    const again = await open({ fileBytesMax: 100_000 })
    expect(await takeAll(again)).toEqual([...bodiesOf(numbered(0, 20)), ...bodiesOf(numbered(30, 50))])
    expect(log.of('error')).toEqual([
      expect.stringMatching(/is damaged at \d+: 10 events are lost\. The bytes are kept in/),
    ])
    expect(disk.list('/data').some((one) => one.endsWith('.damaged'))).toBe(true)
  })

  it('that are missing are told, and the channel goes on', async () => {
    const { open, disk, log, dataFiles, kill } = fileChannelBench()
    const channel = await open()
    for (let i = 0; i < 10; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    kill()
    disk.remove(`/data/${dataFiles()[0]}`)
    const again = await open()
    const taken = await takeAll(again)
    expect(taken).toEqual(bodiesOf(numbered(0, 100)).slice(-taken.length))
    expect(log.of('error')).toEqual([expect.stringContaining(`${100 - taken.length} events that were held`)])
  })

  it('that have no whole header are put aside, and what they held is lost', async () => {
    const { open, disk, log, dataFiles, kill } = fileChannelBench()
    const channel = await open()
    for (let i = 0; i < 10; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    kill()
    const path = `/data/${dataFiles()[0]}`
    disk.plant(path, Buffer.from(disk.bytes(path)?.subarray(0, 3) ?? []))
    const again = await open()
    const taken = await takeAll(again)
    expect(taken).toEqual(bodiesOf(numbered(0, 100)).slice(-taken.length))
    expect(again.lost).toEqual({ events: 100 - taken.length, keptIn: ['/data/*.damaged'] })
    expect(disk.stat(`${path}.damaged`)?.size).toBe(3)
    expect(log.of('error')[0]).toMatch(
      /has no whole header; it is put aside as .*\.damaged, and its events are lost\.$/,
    )
  })

  it('without the journal of takes are delivered whole, with a warning', async () => {
    const { open, disk, log, kill } = fileChannelBench()
    const channel = await open({ fileBytesMax: 100_000 })
    await channel.put(numbered(0, 10))
    await (await channel.take(5, never)).commit()
    kill()
    disk.remove('/checkpoint/taken-0.journal')
    disk.remove('/checkpoint/taken-1.journal')
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(0, 10)))
    expect(log.of('warn')).toEqual([expect.stringContaining('has no journal of what was taken')])
  })
})
