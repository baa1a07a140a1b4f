import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeAll } from '../../test/fakes/takes.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { damage, fill, firstDataFile, openChannel, written } from '../../test/support/channel-folder.ts'
import { runCli } from '../../test/support/cli.ts'

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
    await (await openChannel(folder.path))[Symbol.asyncDispose]()
    const [one, two] = [join(folder.path, 'data'), join(folder.path, 'data2')]
    expect([readdirSync(one), readdirSync(two)]).toEqual([['channel.json'], ['channel.json']])
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
