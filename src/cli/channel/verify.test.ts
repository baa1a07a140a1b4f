import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { temporaryFolder } from '../../../test/support/agent.ts'
import { damage, firstDataFile, openChannel, written, writtenByFlume } from '../../../test/support/channel-folder.ts'
import { runCli } from '../../../test/support/cli.ts'

const holds = ': every event in the data files counts as held, also those that were taken'

describe('without the journal of takes', () => {
  it('verify and export say what then counts as held', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    const words = ['--data', `${folder.path}/data,${folder.path}/data2`]
    const said = `(no checkpointDir was found or named${holds})\n`
    expect(await runCli('channel', 'verify', ...words)).toMatchObject({
      code: 0,
      out: `${said}100 events held, no damage.\n`,
    })
    expect(JSON.parse((await runCli('channel', 'verify', ...words, '--json')).out)).toMatchObject({
      held: 100,
      notes: [expect.stringContaining('no checkpointDir')],
    })
    expect((await runCli('channel', 'export', ...words)).err).toContain(said)
  })

  it('verify says so where neither of its files is whole', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    for (const i of [0, 1]) writeFileSync(join(folder.path, `checkpoint/taken-${i}.journal`), 'no journal')
    expect(await runCli('channel', 'verify', folder.path)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`(no journal of takes is whole in ${folder.path}/checkpoint${holds})\n100 events`),
    })
  })

  it('events between those that are there do not pass for lost: a take, or another folder, may have them', async () => {
    using folder = temporaryFolder()
    {
      await using channel = await openChannel(folder.path, 100)
      for (let from = 0; from < 40; from += 10) await channel.put(numbered(from, from + 10))
    }
    const words = ['--data', join(folder.path, 'data')]
    const between =
      '10 events between those in the data files are not here: they were taken, are lost, or lie in a folder that was not named'
    expect(await runCli('channel', 'verify', ...words)).toMatchObject({
      code: 1,
      out: expect.stringMatching(new RegExp(`\n20 events held, no damage, ${between}\\.\n$`)),
    })
    const exported = await runCli('channel', 'export', ...words)
    expect([exported.code, exported.err]).toEqual([1, expect.stringMatching(/^20 events exported to stdout\.$/m)])
    expect(exported.err).toContain(`(${between})\n`)
    expect((await runCli('channel', 'inspect', ...words)).out).toContain(`\n${between}\n`)
    const tool = await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', join(folder.path, 'data'))
    expect(tool.out).toContain('Number of Corrupt Events = 0\n')
  })

  it('verify of Flume’s files alone says it of Flume’s checkpoint', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const { out } = await runCli('channel', 'verify', '--data', join(folder.path, 'data'))
    expect(out).toBe('(Flume’s checkpoint is of no use: its folder is not known)\n3 events held, no damage.\n')
  })
})

it.each(['of no channel', ''])('a lone data file with "%s" in it is told as damage', async (bytes) => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'data', 'events-0000000001.data')
  mkdirSync(join(folder.path, 'data'))
  writeFileSync(path, bytes)
  const said = `${path}: neither its header nor a record in it is whole`
  for (const dir of ['', 'data']) {
    expect(await runCli('channel', 'verify', join(folder.path, dir))).toMatchObject({
      code: 1,
      out: expect.stringMatching(new RegExp(`^${said}\n.*0 events held, 1 damaged place\\.\n$`, 's')),
    })
    const { out } = await runCli('channel', 'inspect', join(folder.path, dir))
    expect(out).toMatch(/^data files: 0, 0 bytes, and 1 that is damaged as a whole$/m)
    expect(out).toContain(`  ${said}\n`)
  }
})

it('a data file that is damaged as a whole is told beside others', async () => {
  using folder = temporaryFolder()
  await written(folder.path)
  damage(join(folder.path, 'data2/events-0000000001.data'), 'MILLFC2')
  writeFileSync(join(folder.path, 'data/events-0000000099.data'), 'of no channel')
  const { out } = await runCli('channel', 'inspect', folder.path, '--json')
  expect(JSON.parse(out)).toMatchObject({
    millrace: { held: 80, damagedFiles: [join(folder.path, 'data/events-0000000099.data')] },
  })
})

it('what stands at the end after a crash is called by verify what the channel calls it, with a journal and without', async () => {
  using folder = temporaryFolder()
  const copy = join(folder.path, 'copy')
  await using channel = await openChannel(join(folder.path, 'live'))
  await channel.put(numbered(10, 20))
  cpSync(join(folder.path, 'live'), copy, { recursive: true, filter: (path) => !path.endsWith('in_use.lock') })
  appendFileSync(firstDataFile(copy), 'MEV2 and no more')
  const verdicts = [
    await runCli('channel', 'verify', copy),
    await runCli('channel', 'verify', '--data', `${copy}/data2`),
  ]
  // A drain opens the channel, which then warns by itself.
  const { err } = await runCli('channel', 'drain', copy)
  const [, words = ''] = /: (probably [^;]*looks the same);/.exec(err) ?? []
  expect(words).not.toBe('')
  for (const { code, out } of verdicts)
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^\\(\\S+: 16 bytes at \\d+ .*: ${words}\\)$`, 'm')),
    ])
})
