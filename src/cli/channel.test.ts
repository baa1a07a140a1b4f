import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import { FileChannel } from '../../channels/file/file-channel.ts'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FlumeChannelWriter } from '../../test/fakes/flume-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

const open = async (folder: string, fileBytesMax = 2000): Promise<FileChannel> => {
  const channel = new FileChannel(
    {
      name: 'c1',
      capacity: 1000,
      transactionCapacity: 100,
      keepAliveMs: 0,
      checkpointFolder: join(folder, 'checkpoint'),
      dataFolders: [join(folder, 'data'), join(folder, 'data2')],
      fileBytesMax,
      requiredSpaceBytes: 0,
      syncEveryMs: undefined,
      memoryBytesMax: 10_000,
    },
    fakeContext(),
  )
  await channel.open()
  return channel
}

/** One that holds the numbers from 20 to 99, the oldest with a timestamp. */
const fill = async (folder: string, fileBytesMax?: number): Promise<FileChannel> => {
  const channel = await open(folder, fileBytesMax)
  await channel.put(numbered(0, 20))
  await channel.put([eventOf('20', { timestamp: '1700000000000', host: 'größe' }), ...numbered(21, 100).slice(0, 30)])
  await channel.put(numbered(51, 100))
  await using take = await channel.take(20, new AbortController().signal)
  await take.commit()
  return channel
}

const written = async (folder: string): Promise<void> => (await fill(folder))[Symbol.asyncDispose]()

const writtenByFlume = (folder: string): void => {
  const plant = (path: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  const flume = new FlumeChannelWriter({ plant })
  const log = flume.log(1)
  for (const body of ['one', 'two', 'three']) log.put(1, body, { k: 'v' })
  log.commit(1)
  log.put(2, 'never committed')
  flume.store('/data', 1, log)
  flume.checkpoint({ writeOrderId: 5, incomplete: true })
}

const numbers = (from: number, to: number): string =>
  numbered(from, to)
    .map(({ body }) => `${String(body)}\n`)
    .join('')

const damage = (path: string, text: string): void => {
  const bytes = readFileSync(path)
  bytes.fill(0xff, bytes.indexOf(text), bytes.indexOf(text) + 1)
  writeFileSync(path, bytes)
}

const firstDataFile = (folder: string): string => {
  const name = readdirSync(join(folder, 'data2')).find((one) => one.endsWith('.data'))
  return join(folder, 'data2', name ?? '')
}

describe('millrace channel inspect', () => {
  it.each(['', 'checkpoint', 'data2'])('finds the channel by its folder "%s" and says what it holds', async (part) => {
    using folder = temporaryFolder()
    await written(folder.path)
    const { code, out } = await runCli('channel', 'inspect', join(folder.path, part))
    expect(code).toBe(0)
    expect(out).toContain(`checkpointDir: ${folder.path}/checkpoint\ndataDirs with files: ${folder.path}/data`)
    expect(out).toMatch(/^events held: 80$/m)
    expect(out).toMatch(/^oldest: ordinal 20, timestamp 2023-11-14T22:13:20\.000Z, in .*\.data$/m)
    expect(out).toMatch(/^taken: 20 events in 1 range/m)
    expect(out).not.toContain('in use')
  })

  it('reads while an agent runs on it, and disturbs nothing', async () => {
    using folder = temporaryFolder()
    await using channel = await fill(folder.path)
    const { out } = await runCli('channel', 'inspect', folder.path, '--json')
    expect(JSON.parse(out)).toMatchObject({
      inUseBy: process.pid,
      millrace: { held: 80, missing: 0, nextOrdinal: 100 },
    })
    expect(channel.held).toBe(80)
    for (const action of ['verify', 'export', 'drain'])
      expect(await runCli('channel', action, folder.path)).toMatchObject({
        code: 1,
        err: expect.stringContaining(`in use by process ${process.pid}`),
      })
  })

  it('shows what a stopped Flume has left, its open transactions included', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const { out } = await runCli('channel', 'inspect', folder.path, '--json')
    expect(JSON.parse(out)).toMatchObject({
      flume: { held: 3, openTransactions: { puts: 1, takes: 0 }, files: [{ held: 3 }] },
    })
    expect((await runCli('channel', 'inspect', join(folder.path, 'data'))).out).toMatch(/^events held: 3$/m)
  })

  it('guesses nothing where several channels lie side by side', async () => {
    using folder = temporaryFolder()
    await written(join(folder.path, 'a'))
    writtenByFlume(folder.path)
    const [checkpoint, data] = [join(folder.path, 'checkpoint'), join(folder.path, 'data')]
    await written(join(folder.path, 'b'))
    mkdirSync(join(folder.path, 'checkpoint2'))
    writeFileSync(join(folder.path, 'checkpoint2', 'checkpoint.meta'), '')
    expect(await runCli('channel', 'inspect', data)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--checkpoint and --data'),
    })
    const named = await runCli('channel', 'inspect', '--checkpoint', checkpoint, '--data', data)
    expect(named.out).toMatch(/^events held: 3$/m)
    expect((await runCli('channel', 'inspect', join(folder.path, 'a', 'data', 'x'))).code).toBe(2)
    expect((await runCli('channel', 'inspect')).code).toBe(2)
    expect((await runCli('channel', 'look', data)).code).toBe(2)
  })
})

describe('millrace channel verify', () => {
  it('is content with a whole channel, of ours and of Flume’s', async () => {
    using folder = temporaryFolder()
    await written(join(folder.path, 'ours'))
    writtenByFlume(join(folder.path, 'flume'))
    expect(await runCli('channel', 'verify', join(folder.path, 'ours'))).toMatchObject({
      code: 0,
      out: '80 events held, no damage.\n',
    })
    const { code, out } = await runCli('channel', 'verify', join(folder.path, 'flume'), '--json')
    expect([code, JSON.parse(out)]).toMatchObject([0, { held: 3, damage: [] }])
    expect(readdirSync(join(folder.path, 'ours', 'data'))).not.toContain('in_use.lock')
  })

  it('lists what is damaged, and ends with 1', async () => {
    using folder = temporaryFolder()
    await written(join(folder.path, 'ours'))
    const path = firstDataFile(join(folder.path, 'ours'))
    damage(path, 'größe')
    const ours = await runCli('channel', 'verify', join(folder.path, 'ours'))
    expect(ours.code).toBe(1)
    expect(ours.out).toMatch(
      /bytes at \d+ are no whole record\n49 events held, 1 damaged place, 31 events that were acknowledged and not taken are lost\.\n/,
    )
    writtenByFlume(join(folder.path, 'flume'))
    damage(join(folder.path, 'flume', 'data', 'log-1'), 'two')
    const flume = await runCli('channel', 'verify', join(folder.path, 'flume'))
    expect(flume).toMatchObject({ code: 1, out: expect.stringMatching(/log-1: the event at \d+ cannot be read/) })
  })
})

it('millrace channel verify names the data file that is missing', async () => {
  using folder = temporaryFolder()
  await (await fill(folder.path, 200))[Symbol.asyncDispose]()
  const gone = join(folder.path, 'data', 'events-0000000002.data')
  rmSync(gone)
  const { code, out } = await runCli('channel', 'verify', folder.path)
  expect(code).toBe(1)
  expect(out).toContain('Data file 2 (')
  expect(out).toContain('/events-0000000002.data, unless another dataDir had it) is not there')
  expect(out).toMatch(/: 31 events lost\n49 events held, 1 damaged place, \d+ events that were/)
})

describe('millrace channel export', () => {
  it('writes bodies in lines, or headers and bodies in JSON, and leaves all where it is', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    const plain = await runCli('channel', 'export', folder.path)
    expect(plain).toMatchObject({ code: 0, out: numbers(20, 100), err: '80 events exported to stdout.\n' })
    const [first] = (await runCli('channel', 'export', folder.path, '--json')).out.split('\n')
    expect(JSON.parse(first ?? '')).toEqual({ headers: { timestamp: '1700000000000', host: 'größe' }, body: '20' })
    await using channel = await open(folder.path)
    expect(channel.held).toBe(80)
  })

  it('writes an Avro file of a Flume channel, which must not be there yet', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const file = join(folder.path, 'events.avro')
    expect((await runCli('channel', 'export', folder.path, '--to', file)).code).toBe(0)
    const found: unknown[] = []
    for await (const event of avro.createFileDecoder(file)) found.push({ ...event })
    expect(found).toEqual(['one', 'two', 'three'].map((body) => ({ headers: { k: 'v' }, body: Buffer.from(body) })))
    expect(await runCli('channel', 'export', folder.path, '--to', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${file} is there already`),
    })
    expect(await runCli('channel', 'export', folder.path, '--to', join(folder.path, 'no', 'file'))).toMatchObject({
      code: 2,
      err: expect.stringContaining(`there is no folder ${join(folder.path, 'no')}`),
    })
    expect((await runCli('channel', 'export', folder.path, '--to', 'http://x/y')).code).toBe(2)
  })
})

describe.runIf(process.platform === 'linux')('a Flume that runs', () => {
  it('is seen by the log files it has open, and its channel is left alone', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const fd = openSync(join(folder.path, 'data', 'log-1'), 'r')
    const holder = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore', fd] })
    closeSync(fd)
    const refused = { code: 1, err: expect.stringContaining(`in use by process ${holder.pid}`) }
    for (const action of ['verify', 'export', 'drain'])
      expect(await runCli('channel', action, folder.path)).toMatchObject(refused)
    expect((await runCli('channel', 'inspect', folder.path)).out).toContain(`in use by process ${holder.pid}`)
    await expect(open(folder.path)).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    holder.stdin?.end()
    await once(holder, 'exit')
    await using channel = await open(folder.path)
    expect(channel.held).toBe(3)
  })
})

describe('millrace channel drain', () => {
  it('takes everything out, also of a Flume channel', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const file = join(folder.path, 'lines')
    const { code, err } = await runCli('channel', 'drain', folder.path, '--to', file)
    expect([code, err]).toEqual([0, expect.stringContaining(`3 events drained to ${file}.\n`)])
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nthree\n')
    expect(existsSync(join(folder.path, 'data', 'log-1'))).toBe(false)
    expect((await runCli('channel', 'inspect', folder.path)).out).toMatch(/^events held: 0$/m)
  })

  it('says of a channel that it has emptied that nothing is held', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    const file = join(folder.path, 'lines')
    expect(await runCli('channel', 'drain', folder.path, '--to', file)).toMatchObject({ code: 0 })
    for (const again of [folder.path, join(folder.path, 'checkpoint')])
      expect(await runCli('channel', 'drain', again, '--to', file)).toMatchObject({
        code: 0,
        err: expect.stringMatching(/^Nothing is held: /),
      })
  })

  it('that finds the journal alone, which knows of events that are held, asks for the other folders', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    for (const data of ['data', 'data2']) rmSync(join(folder.path, data), { recursive: true })
    expect(await runCli('channel', 'drain', folder.path)).toMatchObject({
      code: 2,
      err: expect.stringContaining('drain needs --checkpoint and --data'),
    })
  })
})

describe('flume-ng tool FCINTEGRITYTOOL', () => {
  it('prints Flume’s totals and what is damaged', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    damage(firstDataFile(folder.path), 'größe')
    const dirs = `${folder.path}/data,${folder.path}/data2`
    const { code, out } = await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', dirs)
    expect(code).toBe(0)
    expect(out).toMatch(/are no whole record\n(?:.*\n)?---------- Summary -+\nNumber of Events in the Channel = /)
    expect(out).toContain('Number of Corrupt Events = ')
    expect((await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL')).code).toBe(2)
    expect((await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', dirs, '-e', 'x.Y')).code).toBe(2)
  })

  it('passes a channel all of whose events were taken, of which a start has left no file', async () => {
    using folder = temporaryFolder()
    const channel = await fill(folder.path)
    await takeAll(channel)
    await channel[Symbol.asyncDispose]()
    await (await open(folder.path))[Symbol.asyncDispose]()
    const [one, two] = [join(folder.path, 'data'), join(folder.path, 'data2')]
    expect([readdirSync(one), readdirSync(two)]).toEqual([[], []])
    writeFileSync(join(two, 'events-0000000001.data.28.damaged'), 'kept for a person to look at')
    expect(await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', `${one},${two}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Number of Events in the Channel = 0\n'),
    })
    const words = ['channel', 'verify', '--checkpoint', join(folder.path, 'checkpoint'), '--data', `${one},${two}`]
    expect(await runCli(...words)).toMatchObject({ code: 0, out: '0 events held, no damage.\n' })
  })

  it('on what is no file channel says so, changes nothing, and gives no totals', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const missing = join(path, 'nope')
    mkdirSync(join(path, 'empty'))
    const empty = join(path, 'empty')
    const to = join(path, 'out')
    for (const [words, said] of [
      [['flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', missing], `flume-ng tool: ${missing} is no folder\n`],
      [['flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', path], `flume-ng tool: there is no file channel in ${path}\n`],
      [['channel', 'drain', missing, '--to', to], `millrace channel: ${missing} is no folder\n`],
      [['channel', 'verify', '--data', empty, '--backup', missing], `millrace channel: ${missing} is no folder\n`],
      [
        ['channel', 'drain', '--checkpoint', empty, '--data', empty, '--to', to],
        `there is no file channel in ${empty}`,
      ],
    ] as const)
      expect(await runCli(...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
    expect([readdirSync(path), readdirSync(empty)]).toEqual([['empty'], []])
  })
})
