/** Which folders are one channel: those with its number, wherever they lie. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { takeAll } from '../../../test/fakes/takes.ts'
import { temporaryFolder } from '../../../test/support/agent.ts'
import { openFolders, writtenByFlume } from '../../../test/support/channel-folder.ts'
import { runCli } from '../../../test/support/cli.ts'

let root: ReturnType<typeof temporaryFolder>
const at = (name: string): string => join(root.path, name)
const numbers = (from: number, to: number): string =>
  numbered(from, to)
    .map(({ body }) => `${String(body)}\n`)
    .join('')

beforeEach(() => {
  root = temporaryFolder()
})
afterEach(() => root[Symbol.dispose]())

/** A channel that holds the numbers from `from` on, ten in each of four data files. */
const filled = async (checkpoint: string, data: readonly string[], from = 0): Promise<void> => {
  await using channel = await openFolders(at(checkpoint), data.map(at), 100)
  for (let i = 0; i < 40; i += 10) await channel.put(numbered(from + i, from + i + 10))
}

const exported = (...words: string[]): ReturnType<typeof runCli> => runCli('channel', 'export', ...words)
const dataIn = (name: string): string[] => readdirSync(at(name)).filter((one) => one.startsWith('events-'))

it.each(['checkpoint', 'data', ''])(
  'one that was put aside beside the others is told, and left out, by %s',
  async (dir) => {
    await filled('checkpoint', ['data', 'data2'])
    renameSync(at('data2'), at('aside'))
    mkdirSync(at('data2'))
    writeFileSync(at('data2/new-disk'), '')
    {
      await using channel = await openFolders(at('checkpoint'), [at('data'), at('data2')], 100)
      for (let from = 0; from < 40; from += 10) await channel.put(numbered(from, from + 10))
    }
    // Numbers that were its own are given again.
    const [name = ''] = dataIn('data2')
    cpSync(at(`data2/${name}`), at(`aside/${name}`))
    const { code, err } = await exported(at(dir))
    expect([code, err]).toEqual([1, expect.stringContaining(`${at('aside')} has been a data folder of this channel`)])
  },
)

describe('of several channels side by side', () => {
  beforeEach(async () => {
    await filled('a-checkpoint', ['a-data', 'a-data2'])
    await filled('b-checkpoint', ['b-data', 'b-data2'], 100)
  })

  it.each(['a-checkpoint', 'a-data', 'a-data2'])('%s names its own', async (dir) => {
    expect(await exported(at(dir))).toMatchObject({ code: 0, out: numbers(0, 40) })
  })

  it('their common folder names none, and is refused', async () => {
    expect(await exported(root.path)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('there are several channels: name the checkpointDir or a data folder of one'),
    })
  })

  it('the one whose checkpointDir is there is meant, and the others are told', async () => {
    renameSync(at('b-checkpoint'), join(root.path, 'a-data', 'elsewhere'))
    const { code, out, err } = await exported(root.path)
    expect([code, out]).toEqual([0, numbers(0, 40)])
    expect(err).toContain(`${at('b-data')} is of another channel`)
  })

  it.each(['inspect', 'verify', 'export', 'drain'])('folders of two are refused by %s in a line', async (action) => {
    const words = ['--checkpoint', at('b-checkpoint'), '--data', at('a-data')]
    const { code, out, err } = await runCli('channel', action, ...words)
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `${at('a-data')} belongs to another file channel than ${at('b-checkpoint')}\nCompare checkpointDir and dataDirs with those that these folders were made with: every channel has folders of its own. No event was touched. A folder without data files that a channel which is gone has left may be removed.\n`,
    )
    expect(dataIn('a-data')).toHaveLength(2)
  })
})

it('a data folder without a data file leads to the others', async () => {
  {
    await using channel = await openFolders(at('checkpoint'), [at('data'), at('data2')], 100)
    await channel.put(numbered(0, 10))
    await takeAll(channel)
  }
  {
    await using _removes = await openFolders(at('checkpoint'), [at('data'), at('data2')])
  }
  expect([dataIn('data'), dataIn('data2')]).toEqual([[], []])
  for (const dir of ['data', 'data2', 'checkpoint', ''])
    expect(await runCli('channel', 'inspect', at(dir))).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        new RegExp(`^checkpointDir: ${at('checkpoint')}\ndataDirs: (?=.*${at('data')}\\b)(?=.*${at('data2')}\\b)`),
      ),
    })
})

it('the checkpointDir leads to data folders elsewhere, also from one that lies beside it', async () => {
  await filled('one/checkpoint', ['one/data', 'two/data', 'three/deep/other'])
  const all = { code: 0, out: numbers(0, 40) }
  for (const dir of ['one', 'one/checkpoint', 'one/data']) expect(await exported(at(dir))).toMatchObject(all)
  expect(await exported('--checkpoint', at('one/checkpoint'))).toMatchObject(all)
})

describe('a data folder that was not named', () => {
  const named = (): string[] => ['--checkpoint', at('checkpoint'), '--data', at('data')]

  beforeEach(() => filled('checkpoint', ['data', 'data2']))

  it('is told by export and verify, which end with 1', async () => {
    const said = `${at('data2')} is a data folder of this channel as well, and was not named`
    const { code, err } = await exported(...named())
    expect([code, err]).toEqual([1, expect.stringContaining(said)])
    expect(await runCli('channel', 'verify', ...named())).toMatchObject({
      code: 1,
      out: expect.stringContaining(said),
    })
    expect((await runCli('channel', 'inspect', ...named())).out).toContain(said)
  })

  it('is not given up by drain', async () => {
    const { code, err } = await runCli('channel', 'drain', ...named(), '--to', at('out'))
    expect([code, err]).toEqual([2, expect.stringContaining(at('data2'))])
    expect(existsSync(at('out'))).toBe(false)
    expect(await exported(root.path)).toMatchObject({ code: 0, out: numbers(0, 40) })
  })

  it('is not missed where it has no data file', async () => {
    expect((await runCli('channel', 'drain', root.path, '--to', at('out'))).code).toBe(0)
    {
      await using channel = await openFolders(at('checkpoint'), [at('data'), at('data2')], 100)
      await channel.put(numbered(40, 50))
    }
    const [full, empty] = dataIn('data').length > 0 ? ['data', 'data2'] : ['data2', 'data']
    expect(dataIn(empty ?? '')).toEqual([])
    const words = ['--checkpoint', at('checkpoint'), '--data', at(full ?? '')]
    expect(await exported(...words)).toMatchObject({ code: 0, out: numbers(40, 50) })
  })
})

describe('a data folder that is not there', () => {
  beforeEach(async () => {
    await filled('checkpoint', ['data', 'data2'])
    renameSync(at('data2'), at('checkpoint/away'))
  })

  it.each(['checkpoint', 'data', ''])('is told by export and verify of "%s", which end with 1', async (dir) => {
    const said = `${at('data2')}, a data folder of this channel, is not there`
    const { code, out, err } = await exported(at(dir))
    expect([code, out]).toEqual([1, expect.stringMatching(/^\d+\n/)])
    expect(err).toContain(said)
    expect(await runCli('channel', 'verify', at(dir))).toMatchObject({ code: 1, out: expect.stringContaining(said) })
  })

  it('is given up by drain once something else is in its place, and not before', async () => {
    for (const words of [[at('data')], ['--checkpoint', at('checkpoint'), '--data', at('data')]])
      expect(await runCli('channel', 'drain', ...words, '--to', at('out'))).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${at('data2')}, a data folder of this channel, is not there`),
      })
    mkdirSync(at('data2'))
    expect((await runCli('channel', 'drain', at('data'), '--to', at('out'))).code).toBe(2)
    writeFileSync(at('data2/new-disk'), '')
    expect((await exported(at('data'))).err).toContain(
      `${at('data2')}, a data folder of this channel, has nothing of it`,
    )
    const { code, err } = await runCli('channel', 'drain', at('data'), '--to', at('out'))
    expect([code, err]).toEqual([1, expect.stringMatching(/^20 events drained .* 20 events that were held are lost/m)])
    expect(readFileSync(at('out'), 'utf8')).toMatch(/^\d+\n/)
    // It may be used for something else by now.
    expect(readdirSync(at('data2'))).toEqual(['new-disk'])
  })
})

describe('folders that were moved or copied', () => {
  it('are found beside one another', async () => {
    await filled('old/checkpoint', ['old/data', 'old/data2'])
    renameSync(at('old'), at('new'))
    for (const dir of ['new', 'new/checkpoint', 'new/data2'])
      expect(await exported(at(dir))).toMatchObject({ code: 0, out: numbers(0, 40) })
  })

  it('are found by other names as well, also by --data', async () => {
    await filled('old/checkpoint', ['one/data', 'two/data'])
    mkdirSync(at('new'))
    const to = { 'old/checkpoint': 'state', 'one/data': 'd1', 'two/data': 'd2' }
    for (const [from, name] of Object.entries(to)) renameSync(at(from), at(`new/${name}`))
    const all = { code: 0, out: numbers(0, 40) }
    expect(await exported(at('new'))).toMatchObject(all)
    const words = ['--checkpoint', at('new/state'), '--data', `${at('new/d1')},${at('new/d2')}`]
    expect(await exported(...words)).toMatchObject(all)
  })

  it('are meant where the originals are still there', async () => {
    await filled('live/checkpoint', ['live/data', 'live/data2'])
    cpSync(at('live'), at('copy'), { recursive: true })
    expect((await runCli('channel', 'drain', at('copy/data'), '--to', at('out'))).code).toBe(0)
    expect(readFileSync(at('out'), 'utf8')).toBe(numbers(0, 40))
    expect(await exported(at('live'))).toMatchObject({ code: 0, out: numbers(0, 40) })
  })
})

it('a folder with no sign, of an older version, is found by its files', async () => {
  await filled('checkpoint', ['data', 'data2'])
  for (const name of ['checkpoint', 'data', 'data2']) rmSync(at(`${name}/channel.json`))
  for (const dir of ['checkpoint', 'data', ''])
    expect(await exported(at(dir))).toMatchObject({ code: 0, out: numbers(0, 40) })
})

it('Flume’s folders beside a channel of ours are not taken for its own', async () => {
  writtenByFlume(root.path)
  await filled('ours-checkpoint', ['ours-data'])
  expect(await exported(at('ours-data'))).toMatchObject({ code: 0, out: numbers(0, 40) })
  expect((await exported(at('data'))).code).toBe(2)
})
