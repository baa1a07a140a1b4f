/** A data folder whose disk was not mounted at a start: what is on it is neither given up without a word nor removed. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext, type RecordingLog } from '../../test/fakes/context.ts'
import { fileChannelOptions, freeLocks } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { realDisk } from '../../src/io/disk.ts'
import { FileChannel } from './file-channel.ts'

let root = ''
let log: RecordingLog
const path = (name: string): string => join(root, name)
const dataIn = (name: string): string[] =>
  readdirSync(path(name))
    .filter((one) => one.startsWith('events-'))
    .toSorted()

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-unmounted-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const make = (folders: readonly string[]): FileChannel => {
  const context = fakeContext({ disk: realDisk })
  log = context.log
  const dataFolders = folders.map(path)
  return new FileChannel({ ...fileChannelOptions, checkpointFolder: path('checkpoint'), dataFolders }, context)
}

const open = async (folders: readonly string[] = ['d0', 'd1']): Promise<FileChannel> => {
  const channel = make(folders)
  await channel.open()
  return channel
}

/** Ten puts of ten events, in turns in both folders, and a clean stop. */
const filled = async (folders?: readonly string[]): Promise<void> => {
  await using channel = await open(folders)
  for (let from = 0; from < 100; from += 10) await channel.put(numbered(from, from + 10))
}

/** The last record of the first data file in a folder. */
const damage = (name: string): void => {
  const file = path(join(name, dataIn(name)[0] ?? ''))
  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = 0xff
  writeFileSync(file, bytes)
}

const refused = { code: 'CHANNEL_FOLDER_EMPTY' }

describe('a data folder that is not there any more', () => {
  it('is not made: the start is refused, also the next one, and goes on once the folder is back', async () => {
    await filled()
    renameSync(path('d1'), path('away'))
    for (let again = 0; again < 2; again++) await expect(open()).rejects.toMatchObject(refused)
    await expect(open()).rejects.toThrow(path('d1'))
    expect(readdirSync(root).toSorted()).toEqual(['away', 'checkpoint', 'd0'])
    renameSync(path('away'), path('d1'))
    await using channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('is refused where the empty place to mount it on is there', async () => {
    await filled()
    renameSync(path('d1'), path('away'))
    mkdirSync(path('d1'))
    await expect(open()).rejects.toMatchObject(refused)
    expect(readdirSync(path('d1'))).toEqual([])
  })

  it('is refused where it is the only one', async () => {
    await filled(['d0'])
    renameSync(path('d0'), path('away'))
    await expect(open(['d0'])).rejects.toMatchObject(refused)
  })

  it('is refused after a crash as well, when no take was ever noted', async () => {
    const killed = await open()
    for (let from = 0; from < 100; from += 10) await killed.put(numbered(from, from + 10))
    cpSync(root, `${root}-copy`, { recursive: true })
    await killed[Symbol.asyncDispose]()
    rmSync(root, { recursive: true })
    renameSync(`${root}-copy`, root)
    freeLocks(realDisk, ['checkpoint', 'd0', 'd1'].map(path))
    renameSync(path('d1'), path('away'))
    await expect(open()).rejects.toMatchObject(refused)
    renameSync(path('away'), path('d1'))
    await using channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('may be left out, and its events are told as lost', async () => {
    await filled()
    rmSync(path('d1'), { recursive: true })
    await using channel = await open(['d0'])
    expect(await takeAll(channel)).toHaveLength(40)
    expect(channel.lost?.events).toBe(60)
  })

  it('may be begun anew, with any file in it', async () => {
    await filled()
    rmSync(path('d1'), { recursive: true })
    mkdirSync(path('d1'))
    writeFileSync(path('d1/new-disk'), '')
    await using channel = await open()
    expect(await takeAll(channel)).toHaveLength(40)
    await channel.put(numbered(100, 110))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(100, 110)))
  })
})

describe('a data folder that is new', () => {
  it('is made', async () => {
    await filled(['d0'])
    {
      await using channel = await open(['d0', 'd1'])
      expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 100)))
    }
    await using emptied = await open(['d0', 'd1', 'd2'])
    expect(emptied.held).toBe(0)
    expect(log.of('error')).toEqual([])
  })
})

it('a folder whose events were all taken is none of them', async () => {
  {
    await using channel = await open()
    for (let from = 0; from < 50; from += 10) await channel.put(numbered(from, from + 10))
    await (await channel.take(50, new AbortController().signal)).commit()
  }
  await using channel = await open()
  expect(dataIn('d0')).toEqual([])
  expect(channel.held).toBe(0)
})

describe('a data file whose events were told as lost', () => {
  it('is put aside when it is back, and not removed', async () => {
    await filled()
    const all = dataIn('d1')
    renameSync(path('d1'), path('away'))
    {
      await using without = await open(['d0'])
      expect(await takeAll(without)).toHaveLength(40)
      expect(without.held).toBe(0)
    }
    renameSync(path('away'), path('d1'))
    for (let again = 0; again < 2; again++) {
      await using channel = await open()
      expect(channel.held).toBe(0)
      expect(log.of('warn')).toHaveLength(again === 0 ? all.length : 0)
      expect(dataIn('d1')).toEqual(all.map((name) => `${name}.lost`))
    }
  })

  it('is removed when it has lost a damaged record only, which is kept beside it', async () => {
    await filled()
    damage('d1')
    await using channel = await open()
    expect(await takeAll(channel)).toHaveLength(90)
    expect(dataIn('d1')).toEqual([expect.stringMatching(/\.damaged$/)])
  })
})
