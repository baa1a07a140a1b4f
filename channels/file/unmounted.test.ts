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

/** The same, and then the process is killed. */
const crashed = async (): Promise<void> => {
  const channel = await open()
  for (let from = 0; from < 100; from += 10) await channel.put(numbered(from, from + 10))
  cpSync(root, `${root}-copy`, { recursive: true })
  await channel[Symbol.asyncDispose]()
  rmSync(root, { recursive: true })
  renameSync(`${root}-copy`, root)
  freeLocks(realDisk, ['checkpoint', 'd0', 'd1'].map(path))
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
    await crashed()
    renameSync(path('d1'), path('away'))
    await expect(open()).rejects.toMatchObject(refused)
    renameSync(path('away'), path('d1'))
    await using channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('is refused where it was taken out of dataDirs, or another was named by mistake', async () => {
    await filled()
    for (const given of [['d0'], ['d0', 'dl']])
      await expect(open(given)).rejects.toMatchObject({
        code: 'CHANNEL_FOLDER_LEFT_OUT',
        details: { folder: path('d1') },
      })
    expect(readdirSync(root).toSorted()).toEqual(['checkpoint', 'd0', 'd1'])
    await using channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('may be taken out once nothing is left in it', async () => {
    await filled()
    {
      await using channel = await open()
      await takeAll(channel)
    }
    await using channel = await open(['d0'])
    expect(channel.held).toBe(0)
    expect(channel.lost?.events).toBe(0)
  })

  it.each(['lost+found', '.keep', 'in_use.lock', 'channel.json.tmp'])(
    'is refused where the place to mount it on has a %s',
    async (name) => {
      await filled()
      renameSync(path('d1'), path('away'))
      mkdirSync(path('d1'))
      writeFileSync(path(join('d1', name)), '')
      await expect(open()).rejects.toMatchObject(refused)
    },
  )

  it('is refused where the place to mount it on was signed when it was not mounted, once', async () => {
    await filled(['d0', 'd1'])
    renameSync(path('d1'), path('place'))
    mkdirSync(path('d1'))
    writeFileSync(path('d1/new-disk'), '')
    await filled()
    renameSync(path('d1'), path('away'))
    renameSync(path('place'), path('d1'))
    await expect(open()).rejects.toMatchObject(refused)
  })

  it('may be begun anew, with a file named new-disk in it, which goes', async () => {
    await filled()
    rmSync(path('d1'), { recursive: true })
    mkdirSync(path('d1'))
    writeFileSync(path('d1/new-disk'), '')
    await using channel = await open()
    expect(await takeAll(channel)).toHaveLength(40)
    expect(channel.lost?.events).toBe(60)
    await channel.put(numbered(100, 110))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(100, 110)))
    expect(readdirSync(path('d1'))).not.toContain('new-disk')
  })
})

describe('a checkpointDir that is not there any more', () => {
  it('is refused, also where nothing was held, and its journal is never used on what was put without it', async () => {
    await filled()
    {
      await using channel = await open()
      await takeAll(channel)
    }
    renameSync(path('checkpoint'), path('away'))
    await expect(open()).rejects.toMatchObject({ ...refused, details: { folder: path('checkpoint') } })
    expect(readdirSync(root)).not.toContain('checkpoint')
    mkdirSync(path('checkpoint'))
    writeFileSync(path('checkpoint/new-disk'), '')
    {
      await using channel = await open()
      await channel.put(numbered(200, 210))
    }
    renameSync(path('checkpoint'), path('second'))
    renameSync(path('away'), path('checkpoint'))
    await expect(open()).rejects.toMatchObject({ code: 'CHANNEL_MIXED' })
    rmSync(path('checkpoint'), { recursive: true })
    renameSync(path('second'), path('checkpoint'))
    await using channel = await open()
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(200, 210)))
  })
})

describe('folders that no list names, as before version 2', () => {
  const unsigned = (): void => {
    for (const folder of ['checkpoint', 'd0', 'd1']) rmSync(path(`${folder}/channel.json`), { force: true })
  }

  it('are refused where one is bare and events are missed', async () => {
    await filled()
    unsigned()
    renameSync(path('d1'), path('away'))
    await expect(open()).rejects.toMatchObject(refused)
  })

  it('are refused where one is bare and another is signed', async () => {
    await filled()
    {
      await using channel = await open()
      await takeAll(channel)
    }
    rmSync(path('checkpoint/channel.json'))
    renameSync(path('d1'), path('away'))
    await expect(open()).rejects.toMatchObject(refused)
  })

  it('leave their ordinals to what may turn up', async () => {
    await filled()
    unsigned()
    await using channel = await open()
    await channel.put(numbered(100, 110))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 110)))
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
  const anew = (): void => {
    mkdirSync(path('d1'))
    writeFileSync(path('d1/new-disk'), '')
  }
  const back = (): void => {
    rmSync(path('d1'), { recursive: true })
    renameSync(path('away'), path('d1'))
    writeFileSync(path('d1/new-disk'), '')
  }

  it('is put aside when it is back, and not removed', async () => {
    await filled()
    const all = dataIn('d1')
    renameSync(path('d1'), path('away'))
    anew()
    {
      await using without = await open()
      expect(await takeAll(without)).toHaveLength(40)
      expect(without.held).toBe(0)
    }
    back()
    for (let again = 0; again < 2; again++) {
      await using channel = await open()
      expect(channel.held).toBe(0)
      expect(log.of('warn')).toHaveLength(again === 0 ? all.length : 0)
      expect(dataIn('d1')).toEqual(all.map((name) => `${name}.lost`))
    }
  })

  it('is put aside although nobody knew of its events, as after a crash, and has the place of no other', async () => {
    await crashed()
    const all = dataIn('d1')
    renameSync(path('d1'), path('away'))
    anew()
    {
      await using without = await open()
      for (const from of [100, 110]) await without.put(numbered(from, from + 10))
    }
    // Beside what was begun meanwhile, as somebody does who has found the old disk.
    renameSync(path('away'), path('d2'))
    await using channel = await open(['d0', 'd1', 'd2'])
    expect(dataIn('d2').map((name) => name.replace('.lost', ''))).toEqual(all)
    expect(dataIn('d2').filter((name) => name.endsWith('.lost'))).toHaveLength(1)
    expect(await takeAll(channel)).toEqual(bodiesOf([...numbered(0, 80), ...numbered(100, 120)]))
  })

  it('is removed when it has lost a damaged record only, which is kept beside it', async () => {
    await filled()
    damage('d1')
    await using channel = await open()
    expect(await takeAll(channel)).toHaveLength(90)
    expect(dataIn('d1')).toEqual([expect.stringMatching(/\.damaged$/)])
  })
})
