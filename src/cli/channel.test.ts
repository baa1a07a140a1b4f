import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import avro from 'avsc'
import { describe, expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { damage, fill, firstDataFile, openChannel, written, writtenByFlume } from '../../test/support/channel-folder.ts'
import { runCli } from '../../test/support/cli.ts'
import { destinationOf } from './channel/destination.ts'
import { lockChannel } from './channel/opened.ts'

const numbers = (from: number, to: number): string =>
  numbered(from, to)
    .map(({ body }) => `${String(body)}\n`)
    .join('')

it('millrace channel --help says how folders are found, and where --json has a place', async () => {
  const { code, out } = await runCli('channel', '--help')
  expect(code).toBe(0)
  expect(out).toMatch(/found by their signs\s\(channel\.json\)/)
  expect(out).toMatch(/^ {2}--json .*\n.*stdout or a file of lines/m)
  for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(130)
})

describe('millrace channel inspect', () => {
  it.each(['', 'checkpoint', 'data2'])('finds the channel by its folder "%s" and says what it holds', async (part) => {
    using folder = temporaryFolder()
    await written(folder.path)
    const { code, out } = await runCli('channel', 'inspect', join(folder.path, part))
    expect(code).toBe(0)
    expect(out).toContain(`checkpointDir: ${folder.path}/checkpoint\ndataDirs: ${folder.path}/data`)
    expect(out).toMatch(/^events held: 80$/m)
    expect(out).toMatch(/^oldest: ordinal 20, timestamp 2023-11-14T22:13:20\.000Z, in .*\.data$/m)
    expect(out).toMatch(/^taken, refused or lost: 20 ordinals in 1 range, /m)
    expect(out).not.toContain('in use')
    expect(out).toMatch(/^transactions open: 0 of puts, 0 of takes/m)
  })

  it('reads while an agent runs on it, and disturbs nothing', async () => {
    using folder = temporaryFolder()
    await using channel = await fill(folder.path)
    const { out } = await runCli('channel', 'inspect', folder.path, '--json')
    expect(JSON.parse(out)).toMatchObject({
      inUseBy: process.pid,
      millrace: { held: 80, missing: 0, nextOrdinal: 100, openTransactions: null },
    })
    expect(channel.held).toBe(80)
    const lines = (await runCli('channel', 'inspect', folder.path)).out
    expect(lines).toContain(`\ntransactions open: known to process ${process.pid} alone; none of them is on disk\n`)
    const folders = { checkpointFolder: join(folder.path, 'checkpoint'), dataFolders: [], backupFolder: undefined }
    expect(() => lockChannel(folders)).toThrow(expect.objectContaining({ code: 'CHANNEL_IN_USE' }))
    for (const action of ['verify', 'export', 'drain'])
      expect(await runCli('channel', action, folder.path)).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          new RegExp(`in use by process ${process.pid}\nStop that process first; .*inspect.* while its agent runs.\n$`),
        ),
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

it('a damaged header is told by verify and inspect, and costs no event', async () => {
  using folder = temporaryFolder()
  await written(folder.path)
  damage(firstDataFile(folder.path), 'MILLFC2')
  const line = `${firstDataFile(folder.path)}: its header is damaged; its records are read all the same`
  expect(await runCli('channel', 'verify', folder.path)).toMatchObject({
    code: 1,
    out: `${line}\n80 events held, 1 damaged place.\n`,
  })
  expect((await runCli('channel', 'inspect', folder.path)).out).toMatch(/damaged in 1 place$/m)
  const exported = await runCli('channel', 'export', folder.path)
  expect(exported).toMatchObject({ code: 0, out: numbers(20, 100) })
})

it('a damaged journal of takes is told by verify', async () => {
  using folder = temporaryFolder()
  await (await openChannel(folder.path))[Symbol.asyncDispose]()
  await written(folder.path)
  const journal = join(folder.path, 'checkpoint/taken-0.journal')
  damage(journal, 'MTJ1')
  const { code, out } = await runCli('channel', 'verify', folder.path)
  expect(code).toBe(1)
  expect(out).toMatch(new RegExp(`^${journal} is damaged at 0: takes that were noted from there on are forgotten`))
})

describe('millrace channel export', () => {
  it('writes bodies in lines, or headers and bodies in JSON, and leaves all where it is', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    const plain = await runCli('channel', 'export', folder.path)
    expect(plain).toMatchObject({ code: 0, out: numbers(20, 100), err: '80 events exported to stdout.\n' })
    const [first] = (await runCli('channel', 'export', folder.path, '--json')).out.split('\n')
    expect(JSON.parse(first ?? '')).toEqual({ headers: { timestamp: '1700000000000', host: 'größe' }, body: '20' })
    await using channel = await openChannel(folder.path)
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
    await expect(destinationOf(file, false)).rejects.toMatchObject({ code: 'OUTPUT_FILE' })
    expect(await runCli('channel', 'export', folder.path, '--to', file)).toMatchObject({
      code: 2,
      err: `millrace channel: ${file} is there already\nName a new file, in a folder that is there.\n`,
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
    await expect(openChannel(folder.path)).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    holder.stdin?.end()
    await once(holder, 'exit')
    await using channel = await openChannel(folder.path)
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
      err: expect.stringContaining(`${join(folder.path, 'data2')}, a data folder of this channel, is not there`),
    })
  })
})
