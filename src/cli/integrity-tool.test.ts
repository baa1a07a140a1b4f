import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takeAll } from '../../test/fakes/takes.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { damage, fill, firstDataFile, openChannel, written, writtenByFlume } from '../../test/support/channel-folder.ts'
import { runCli } from '../../test/support/cli.ts'

/** As Flume prints them: events in the channel, puts processed, valid, invalid, with an exception, and corrupt ones. */
const totalsIn = (out: string): number[] => {
  const summary = out.slice(out.indexOf('---------- Summary --------------------\n'))
  expect(summary.replace(/\d+/g, 'N')).toBe(`---------- Summary --------------------
Number of Events in the Channel = N
Number of Put Events Processed = N
Number of Valid Put Events = N
Number of Invalid Put Events = N
Number of Put Events that threw Exception during validation = N
Number of Corrupt Events = N
---------------------------------------
`)
  return [...summary.matchAll(/= (\d+)/g)].map(([, count]) => Number(count))
}

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

  it.each([
    // In the second of three records, of 20, 31 and 49 events.
    ['größe', { held: 69, corrupt: 31 }],
    // A damaged header costs no event, and still is no file without damage.
    ['MILLFC2', { held: 100, corrupt: 1 }],
    ['', { held: 100, corrupt: 0 }],
  ])('counts what is readable, and damage at "%s" beside it', async (place, { held, corrupt }) => {
    using folder = temporaryFolder()
    await written(folder.path)
    if (place !== '') damage(firstDataFile(folder.path), place)
    const { code, out } = await runCli(
      'flume-ng',
      'tool',
      'FCINTEGRITYTOOL',
      '-l',
      `${folder.path}/data,${folder.path}/data2`,
    )
    expect(code).toBe(0)
    expect(totalsIn(out)).toEqual([held, held, held, 0, 0, corrupt])
  })

  it('counts an event of Flume’s that cannot be read as corrupt, and not as a valid one', async () => {
    using folder = temporaryFolder()
    writtenByFlume(folder.path)
    const words = ['flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', join(folder.path, 'data')]
    // One of the four puts was never committed.
    expect(totalsIn((await runCli(...words)).out)).toEqual([3, 4, 4, 0, 0, 0])
    damage(join(folder.path, 'data', 'log-1'), 'two')
    const { code, out } = await runCli(...words)
    expect([code, totalsIn(out)]).toEqual([0, [2, 3, 3, 0, 0, 1]])
  })

  it('counts a file of which nothing can be read as corrupt', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'data'))
    for (const name of ['events-0000000001.data', 'log-1']) {
      writeFileSync(join(folder.path, 'data', name), 'neither a header nor a record')
      const { out } = await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', join(folder.path, 'data'))
      expect(totalsIn(out)).toEqual([0, 0, 0, 0, 0, 1])
      rmSync(join(folder.path, 'data', name))
    }
  })

  it('says of an end that is no record that it may be damage, as it knows of no journal', async () => {
    using folder = temporaryFolder()
    await written(folder.path)
    appendFileSync(firstDataFile(folder.path), 'MEV2 and no more')
    const dirs = `${folder.path}/data,${folder.path}/data2`
    const { out } = await runCli('flume-ng', 'tool', 'FCINTEGRITYTOOL', '-l', dirs)
    expect(out).toMatch(
      /^\(.*\/events-0000000001\.data: 16 bytes at \d+ .* though damage to what was acknowledged last looks the same\)$/m,
    )
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
