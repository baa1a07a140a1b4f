import { utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { until } from '../../test/fakes/until.ts'
import { bodies, lines, storedPositions, tailRig } from '../../test/support/taildir.ts'
import { valuesOf } from '../../test/support/values.ts'
import { taildir } from './taildir.ts'

describe('TAILDIR', () => {
  it('follows what is there and what comes, in batches', async () => {
    await using rig = tailRig({ batchSize: '4' })
    rig.write('log', lines(0, 10))
    const run = await rig.start()
    await run.has(10)
    rig.append('log', lines(10, 13))
    await run.has(13)
    expect(run.lines).toEqual(bodies(0, 13))
    expect(run.batches.map((b) => b.length)).toEqual([4, 4, 2, 3])
  })

  it('drops the return before the line end and passes all other bytes', async () => {
    await using rig = tailRig()
    rig.write('log', Buffer.from('one\r\n\r\n\0\xff\xfe\rx\n\n', 'latin1'))
    const run = await rig.start()
    await run.has(4)
    expect(run.events.map((e) => Buffer.from(e.body).toString('latin1'))).toEqual(['one', '', '\0\xff\xfe\rx', ''])
  })

  it('stores Flume’s position file, as Flume does for the same input', async () => {
    await using rig = tailRig({ byteOffsetHeader: 'true', lastLineTimeout: '60000' })
    rig.write('log', 'one\r\ntwo\npartial')
    const run = await rig.start()
    await run.has(2)
    rig.append('log', ' done\n')
    await run.has(3)
    expect(run.lines).toEqual(['one', 'two', 'partial done'])
    expect(run.events.map((e) => e.headers['byteoffset'])).toEqual(['0', '5', '9'])
    await run.stop()
    expect(rig.read('positions.json')).toMatch(/^\[\{"inode":\d+,"pos":22,"file":"[^"]+\/log"\}\]$/)
  })

  it('gives events their group’s headers and the file’s path, one object for all', async () => {
    await using rig = tailRig({ filegroups: 'a b', 'headers.a.kind': 'x', 'headers.a.a.b': 'y', fileHeader: 'true' })
    rig.write('aa', lines(0, 2))
    rig.write('bb', 'other\n')
    const run = await rig.start({ 'filegroups.a': `${rig.folder}/aa`, 'filegroups.b': `${rig.folder}/b+` })
    await run.has(3)
    expect(run.events.map((e) => e.headers)).toEqual([
      { kind: 'x', 'a.b': 'y', file: rig.path('aa') },
      { kind: 'x', 'a.b': 'y', file: rig.path('aa') },
      { file: rig.path('bb') },
    ])
    expect(run.events[0]?.headers).toBe(run.events[1]?.headers)
  })

  it('skips to the end of files that are there at the start, and not of those that come', async () => {
    await using rig = tailRig({ skipToEnd: 'true' })
    rig.write('log1', lines(0, 5))
    const run = await rig.start()
    await until(() => rig.exists('positions.json'))
    rig.append('log1', 'new\n')
    rig.write('log2', 'fresh\n')
    await run.has(2)
    expect(run.lines.sort()).toEqual(['fresh', 'new'])
    await run.stop()
    const second = await rig.start()
    rig.append('log1', 'newer\n')
    await second.has(1)
    expect(second.lines).toEqual(['newer'])
  })

  it('matches whole names only, no folders, and never its own files', async () => {
    await using rig = tailRig({ 'filegroups.g': '/nowhere/x' })
    rig.write('log', lines(0, 1))
    rig.write('xlog', lines(1, 2))
    const run = await rig.start({ 'filegroups.g': `${rig.folder}/(log|positions).*` })
    await run.has(1)
    await until(() => rig.exists('positions.json'))
    await run.stop()
    expect(run.lines).toEqual(['line 0'])
    expect(storedPositions(rig).map((p) => p.file)).toEqual([rig.path('log')])
  })

  it('says at the start what it follows, as the file has it', async () => {
    await using rig = tailRig({ 'filegroups.g': '/nowhere/\\S+\\.log$' })
    const run = await rig.start()
    await until(() => run.context.log.of('info').some((line) => line.includes('{g=/nowhere/\\S+\\.log$}')))
    await run.stop()
  })

  it('says groups without a path, and paths without a group, at check time', () => {
    const values = valuesOf(taildir.settings, { filegroups: 'a b', 'filegroups.a': '/var/log/x' })
    expect(taildir.check?.(values)).toMatchObject([{ level: 'warning', setting: 'filegroups.b' }])
    const idle = valuesOf(taildir.settings, { filegroups: 'a', 'filegroups.a': '/var/log/x', 'filegroups.b': '/y/x' })
    expect(taildir.check?.(idle)).toMatchObject([
      { level: 'warning', setting: 'filegroups.b', says: expect.stringContaining('group b') },
    ])
    const none = valuesOf(taildir.settings, { filegroups: 'a' })
    expect(taildir.check?.(none)).toMatchObject([{ level: 'fault', setting: 'filegroups.a' }])
    expect(() => valuesOf(taildir.settings, { 'filegroups.a': 'relative/x' })).toThrow('not an absolute path')
    expect(() => valuesOf(taildir.settings, { 'filegroups.a': '/var/log/' })).toThrow('pattern')
  })

  it('keeps its positions in the user’s home unless told otherwise', () => {
    expect(valuesOf(taildir.settings, {})['positionFile']).toBe('~/.flume/taildir_position.json')
  })
})

describe('a quiet file', () => {
  it.each(['120000', '60000000'])(
    'wakes the source when it changes, long before the next look, idle after %s ms',
    async (idle) => {
      await using rig = tailRig({ pollInterval: '600000', idleTimeout: idle })
      const clock = new FakeClock()
      rig.write('log', lines(0, 2))
      const run = await rig.start({}, { clock })
      await run.has(2)
      await clock.advanceSlowly(600_000, 5_000)
      rig.append('log', lines(2, 3))
      // The system may begin to watch only after the first change was made; the clock stands, so that nothing but a watch can wake the source.
      await until(() => {
        utimesSync(rig.path('log'), new Date(), new Date())
        return run.lines.length === 3
      }, 'the line that was appended')
      expect(run.lines).toEqual(bodies(0, 3))
    },
  )
})

describe('the last line without a line end', () => {
  it('goes out once the file is quiet, and what completes it is the next event', async () => {
    await using rig = tailRig({ lastLineTimeout: '1000', pollInterval: '100' })
    const clock = new FakeClock()
    rig.write('log', 'one\npart')
    const run = await rig.start({}, { clock })
    await until(() => run.lines.length === 1)
    await clock.advanceSlowly(900, 50)
    expect(run.lines).toEqual(['one'])
    await clock.advanceSlowly(400, 50)
    expect(run.lines).toEqual(['one', 'part'])
    rig.append('log', '\nnext\n')
    await clock.advanceSlowly(300, 50)
    expect(run.lines).toEqual(['one', 'part', 'next'])
  })

  it('waits while it grows', async () => {
    await using rig = tailRig({ lastLineTimeout: '1000', pollInterval: '100' })
    const clock = new FakeClock()
    rig.write('log', 'p')
    const run = await rig.start({}, { clock })
    for (let i = 0; i < 10; i++) {
      rig.append('log', String(i))
      await clock.advanceSlowly(600, 50)
    }
    expect(run.lines).toEqual([])
    rig.append('log', '\n')
    await clock.advanceSlowly(300, 50)
    expect(run.lines).toEqual(['p0123456789'])
  })

  it('stays for the next run at a stop, so that it comes whole and once', async () => {
    await using rig = tailRig()
    rig.write('log', 'one\npart')
    const first = await rig.start()
    await first.has(1)
    await first.stop()
    rig.append('log', ' and rest\n')
    const second = await rig.start()
    await second.has(1)
    expect([...first.lines, ...second.lines]).toEqual(['one', 'part and rest'])
  })

  it('that went out unfinished leaves no empty event behind a restart', async () => {
    await using rig = tailRig({ lastLineTimeout: '20' })
    rig.write('log', 'part')
    const first = await rig.start()
    await first.has(1)
    await first.stop()
    rig.append('log', '\r\nnext\n')
    const second = await rig.start()
    await second.has(1)
    expect([...first.lines, ...second.lines]).toEqual(['part', 'next'])
  })
})
