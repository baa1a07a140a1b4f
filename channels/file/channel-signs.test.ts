/** Folders of two channels in one configuration: nothing is taken for the other's, and nothing is changed. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { fileChannelBench, fileChannelOptions } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { FileChannel } from './file-channel.ts'
import { StoppedChannel } from './stopped-channel.ts'

const disk = (): FakeDisk => new FakeDisk()
const folders = (checkpointFolder: string, ...dataFolders: string[]) => ({ checkpointFolder, dataFolders })
const ours = folders('/our/checkpoint', '/our/data')
const theirs = folders('/their/checkpoint', '/their/data')

const open = async (on: FakeDisk, given: ReturnType<typeof folders>): Promise<FileChannel> => {
  const channel = new FileChannel({ ...fileChannelOptions, ...given }, fakeContext({ disk: on }))
  await channel.open()
  return channel
}

/** Ours holds ten events; theirs has had thirty, and they were taken. */
const filled = async (): Promise<FakeDisk> => {
  const on = disk()
  {
    await using channel = await open(on, ours)
    await channel.put(numbered(0, 10))
  }
  await using channel = await open(on, theirs)
  for (let i = 0; i < 3; i++) await channel.put(numbered(0, 10))
  await takeAll(channel)
  return on
}

const filesOf = (on: FakeDisk): string[] =>
  [ours, theirs].flatMap(({ checkpointFolder, dataFolders }) =>
    [checkpointFolder, ...dataFolders].flatMap((folder) => on.list(folder).map((name) => `${folder}/${name}`)),
  )

describe.each([
  ['the checkpointDir of another channel', folders('/their/checkpoint', '/our/data')],
  ['a data folder of another channel', folders('/our/checkpoint', '/our/data', '/their/data')],
  ['an empty checkpointDir over the data folders of two', folders('/new', '/our/data', '/their/data')],
])('%s', (_what, mixed) => {
  it('refuses the start, names both, and changes nothing', async () => {
    const on = await filled()
    const before = filesOf(on)
    await expect(open(on, mixed)).rejects.toMatchObject({
      code: 'CHANNEL_MIXED',
      message: expect.stringMatching(/^\/.* belongs to another file channel than \/.*$/),
    })
    expect(filesOf(on)).toEqual(before)
    await using channel = await open(on, ours)
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 10)))
  })

  it('is refused by what looks at a stopped channel', async () => {
    const on = await filled()
    expect(() => new StoppedChannel(on, mixed)).toThrow(expect.objectContaining({ code: 'CHANNEL_MIXED' }))
  })
})

it('a data file of another channel is noticed by its own header', async () => {
  const on = await filled()
  on.rename('/our/data/events-0000000001.data', '/their/data/events-0000000009.data')
  await expect(open(on, theirs)).rejects.toThrow(
    '/their/data/events-0000000009.data belongs to another file channel than /their/checkpoint',
  )
})

it('a sign that is damaged is written anew, from what the others say', async () => {
  const on = await filled()
  const all = ['/our/data', '/our/checkpoint'].map((folder) => `${folder}/channel.json`)
  const signs = all.map((path) => String(on.bytes(path)))
  for (const damage of ['', '{"chan', 'null\n', signs[0]?.replace(/[0-9]/, (digit) => `${9 - Number(digit)}`) ?? ''])
    for (const path of all) {
      on.plant(path, Buffer.from(damage))
      await (await open(on, ours))[Symbol.asyncDispose]()
      expect(all.map((one) => String(on.bytes(one)))).toEqual(signs)
    }
  for (const path of all) on.plant(path, Buffer.alloc(300_000, ' '))
  await using channel = await open(on, ours)
  expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 10)))
  expect(String(on.bytes(all[0] ?? ''))).toContain(signs[0]?.slice(0, 20))
})

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a loss of power in change %i of the signing is no reason to refuse anything',
  async (change) => {
    const { disk: on, make, kill } = fileChannelBench({ dataFolders: ['/data', '/data2'] })
    on.crashIn(6 + change)
    await expect(make().open()).rejects.toBeDefined()
    kill('power')
    const channel = make()
    await channel.open()
    await channel.put(numbered(0, 10))
    kill('power')
    const again = make()
    await again.open()
    expect(await takeAll(again)).toEqual(bodiesOf(numbered(0, 10)))
  },
)

it('a sign that a full disk takes no more does not keep the channel from its events', async () => {
  const on = await filled()
  on.plant('/our/data/channel.json', Buffer.from('{'))
  on.fail('write', 'ENOSPC', { path: 'channel.json', times: 10 })
  const { log, ...context } = fakeContext({ disk: on })
  const channel = new FileChannel({ ...fileChannelOptions, ...ours }, { ...context, log })
  await channel.open()
  expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 10)))
  expect(log.of('warn')[0]).toMatch(/^Channel x1: \/our\/data\/channel\.json cannot be written: ENOSPC/)
  expect(on.list('/our/data').filter((name) => name.endsWith('.tmp'))).toEqual([])
  await channel[Symbol.asyncDispose]()
})
