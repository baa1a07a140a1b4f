/** A data file whose header is damaged: that costs no record, at the start and in what looks at a stopped channel. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench, fileChannelOptions } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { StoppedChannel } from './stopped-channel.ts'

const pathOf = (id: number): string => `/data/events-000000000${id}.data`
const damagedLine = (id: number): string =>
  `The header of data file ${pathOf(id)} is damaged; its records are read all the same.`

/** Six puts of ten events, in one file or two in each. */
const filled = async (fileBytesMax: number, end: 'stop' | 'kill') => {
  const on = fileChannelBench({ fileBytesMax })
  const channel = await on.open()
  for (const from of [0, 10, 20, 30, 40, 50]) await channel.put(numbered(from, from + 10))
  if (end === 'kill') on.kill()
  else await channel[Symbol.asyncDispose]()
  const damage = (id: number, from: number, to: number): void => {
    const bytes = Buffer.from(on.disk.bytes(pathOf(id)) ?? [])
    on.disk.plant(pathOf(id), bytes.fill('#', from, to))
  }
  const stopped = new StoppedChannel(on.disk, fileChannelOptions)
  return { ...on, damage, stopped }
}

describe.each(['stop', 'kill'] as const)('after a %s', (end) => {
  it.each([0, 9, 20, 25])('one damaged byte at %i costs nothing, and is told', async (at) => {
    const { log, open, damage, stopped } = await filled(1_000_000, end)
    damage(1, at, at + 1)
    expect(stopped.look()).toMatchObject({
      held: 60,
      missing: 0,
      headless: [],
      files: [{ hasDamagedHeader: true, events: 60, damaged: [], tail: undefined }],
    })
    expect([...stopped.batches(() => undefined)].flatMap(bodiesOf)).toEqual(bodiesOf(numbered(0, 60)))
    const channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 60)))
    expect(channel.lost).toEqual({ events: 0, keptIn: [] })
    expect(log.of('error')).toEqual([damagedLine(1)])
    await channel.put(numbered(60, 70))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(60, 70)))
  })

  it.each([1, 2, 3])('the first record of file %i, damaged with the header, is all that is lost', async (id) => {
    const { log, open, damage, stopped, dataFiles } = await filled(160, end)
    expect(dataFiles()).toHaveLength(3)
    damage(id, 0, 40)
    const lost = (id - 1) * 20
    const left = [...bodiesOf(numbered(0, lost)), ...bodiesOf(numbered(lost + 10, 60))]
    expect(stopped.look()).toMatchObject({ held: 50, missing: 10, missingFiles: [] })
    expect([...stopped.batches(() => undefined)].flatMap(bodiesOf)).toEqual(left)
    const channel = await open()
    expect(await takeAll(channel)).toEqual(left)
    expect(channel.lost).toEqual({ events: 10, keptIn: ['/data/*.damaged'] })
    expect(log.of('error')).toEqual([
      damagedLine(id),
      expect.stringContaining(`${pathOf(id)} is damaged at 32: 10 events are lost. The bytes are kept in`),
    ])
  })

  it('the newest file without one whole record is told as damage', async () => {
    const { log, open, damage } = await filled(160, end)
    damage(3, 0, 150)
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(0, 40)))
    expect(log.of('error')).toContainEqual(expect.stringContaining(`${pathOf(3)} has no whole header; it is put aside`))
  })
})

it('a file that was copied to another number is not read twice', async () => {
  const { disk, log, open } = await filled(1_000_000, 'stop')
  disk.plant(pathOf(5), Buffer.from(disk.bytes(pathOf(1)) ?? []).subarray(0, 200))
  expect(await takeAll(await open())).toEqual(bodiesOf(numbered(0, 60)))
  expect(log.of('error')).toEqual([expect.stringContaining(`${pathOf(5)} has no whole header; it is put aside`)])
})
