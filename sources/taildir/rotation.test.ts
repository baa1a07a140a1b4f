/** Rotation in every style, while the source runs: each line once, in order within its file. */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { until } from '../../test/fakes/until.ts'
import { realDisk } from '../../src/io/disk.ts'
import { bodies, lines, storedPositions, tailRig } from '../../test/support/taildir.ts'

const liveOnly = (rig: { folder: string }) => ({ 'filegroups.g': `${rig.folder}/log` })

describe('rotation', () => {
  it('by rename to a name that does not match: the rest of the old file, then the new one', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig))
    await run.has(10)
    rig.append('log', lines(10, 15))
    rig.rename('log', 'old.1')
    rig.append('old.1', lines(15, 20))
    rig.write('log', lines(20, 25))
    await run.has(25)
    expect(run.lines).toEqual(bodies(0, 25))
    rig.append('old.1', lines(25, 26))
    await run.has(26)
    await run.stop()
    expect(run.lines).toHaveLength(26)
  })

  it('by rename to a name that matches too: nothing is read again', async () => {
    await using rig = tailRig({ fileHeader: 'true' })
    rig.write('log', lines(0, 10))
    const run = await rig.start()
    await run.has(10)
    for (let round = 0; round < 5; round++) {
      for (let n = round; n > 0; n--) rig.rename(`log.${n}`, `log.${n + 1}`)
      rig.append('log', lines(10 + round * 2, 11 + round * 2))
      rig.rename('log', 'log.1')
      rig.write('log', lines(11 + round * 2, 12 + round * 2))
      await run.has(12 + round * 2)
    }
    rig.append('log.1', 'late\n')
    await run.has(21)
    await run.stop()
    expect(run.lines.toSorted()).toEqual([...bodies(0, 20), 'late'].toSorted())
    expect(run.events.at(-1)?.headers['file']).toBe(rig.path('log.1'))
    expect(storedPositions(rig)).toHaveLength(6)
  })

  it('by creating a new file for each period', async () => {
    await using rig = tailRig()
    const run = await rig.start()
    for (let day = 0; day < 5; day++) {
      rig.write(`log.${day}`, lines(day * 10, day * 10 + 10))
      await run.has(day * 10 + 10)
    }
    expect(run.lines).toEqual(bodies(0, 50))
  })

  it('by copy and truncation', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig))
    await run.has(10)
    for (let round = 1; round < 5; round++) {
      fs.copyFileSync(rig.path('log'), rig.path(`copy.${round}`))
      fs.truncateSync(rig.path('log'), 0)
      rig.append('log', lines(round * 10, round * 10 + 2))
      await run.has(10 + round * 2)
    }
    expect(run.lines).toEqual([...bodies(0, 10), ...[1, 2, 3, 4].flatMap((r) => bodies(r * 10, r * 10 + 2))])
    await run.stop()
    expect(storedPositions(rig)[0]?.pos).toBe(fs.statSync(rig.path('log')).size)
  })

  it('by copy and truncation, when the file has outgrown the old position before anybody looked', async () => {
    await using rig = tailRig()
    const clock = new FakeClock()
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig), { clock })
    await run.has(10)
    fs.truncateSync(rig.path('log'), 0)
    rig.append('log', lines(1000, 1050))
    await clock.advanceSlowly(100, 5)
    await run.has(60)
    expect(run.lines).toEqual([...bodies(0, 10), ...bodies(1000, 1050)])
    expect(run.context.log.of('info').join('\n')).toContain('Other content than before')
  })

  it('by truncation under a writer that does not append: the hole it leaves is no line', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 100))
    const fd = fs.openSync(rig.path('log'), 'r+')
    const run = await rig.start(liveOnly(rig))
    await run.has(100)
    const { size } = fs.statSync(rig.path('log'))
    fs.truncateSync(rig.path('log'), 0)
    fs.writeSync(fd, 'after the hole\n', size + 200_000)
    fs.closeSync(fd)
    await run.has(101)
    expect(run.lines.slice(100)).toEqual(['after the hole'])
  })

  it('by deletion: what was not read yet is read through the open file', async () => {
    await using rig = tailRig({ batchSize: '10' })
    rig.write('log', lines(0, 100))
    const run = await rig.start(liveOnly(rig), { aheadMax: 10, settling: false })
    await run.has(10)
    rig.delete('log')
    run.settling = true
    run.settle()
    await run.has(100)
    expect(run.lines).toEqual(bodies(0, 100))
  })

  it('several times while a full channel holds the source: every file is read', async () => {
    await using rig = tailRig({ batchSize: '10' })
    rig.write('log', lines(0, 20))
    const run = await rig.start(liveOnly(rig), { aheadMax: 10, settling: false })
    await run.has(10)
    for (let round = 1; round <= 5; round++) {
      rig.rename('log', `old.${round}`)
      rig.write('log', lines(round * 20, round * 20 + 20))
      const { ino } = fs.statSync(rig.path('log'))
      await until(() => storedPositions(rig).some((p) => p.inode === ino), 'the new file to be seen')
      if (round > 1) rig.delete(`old.${round - 1}`)
    }
    run.settling = true
    run.settle()
    await run.has(120)
    expect(run.lines.toSorted()).toEqual(bodies(0, 120).toSorted())
  })

  it('onto an inode used before: the new file is read from its beginning', async () => {
    await using rig = tailRig({ idleTimeout: '50', lastLineTimeout: '50' })
    const clock = new FakeClock()
    const one = { ...realDisk, stat: (path: string) => withInode(realDisk.stat(path)) }
    const disk = { ...one, fstat: (fd: number) => ({ ...realDisk.fstat(fd), inode: 7 }) }
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig), { clock, disk })
    await run.has(10)
    await clock.advanceSlowly(200, 5)
    expect(run.context.log.of('info').some((m) => m.startsWith('Closed file'))).toBe(true)
    rig.delete('log')
    rig.write('log', lines(500, 600))
    await clock.advanceSlowly(200, 5)
    await run.has(110)
    expect(run.lines).toEqual([...bodies(0, 10), ...bodies(500, 600)])
  })

  it('by rename away: the file is not forgotten before everything of it has settled', async () => {
    await using rig = tailRig({ idleTimeout: '50', lastLineTimeout: '50' })
    const clock = new FakeClock()
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig), { clock, settling: false })
    await run.has(10)
    rig.rename('log', 'old.1')
    await clock.advanceSlowly(500, 5)
    await run.kill()
    const again = await rig.start(liveOnly(rig))
    await again.has(10)
    await again.stop()
    expect(again.lines).toEqual(bodies(0, 10))
  })

  it('is noticed behind a closed handle too: the file is found by its inode', async () => {
    await using rig = tailRig({ idleTimeout: '50', lastLineTimeout: '50' })
    const clock = new FakeClock()
    rig.write('log', lines(0, 10))
    const run = await rig.start(liveOnly(rig), { clock })
    await run.has(10)
    await clock.advanceSlowly(200, 5)
    rig.append('log', lines(10, 12))
    rig.rename('log', 'old.1')
    rig.write('log', lines(12, 14))
    await clock.advanceSlowly(100, 5)
    await run.has(14)
    expect(run.lines.toSorted()).toEqual(bodies(0, 14).toSorted())
  })
})

const withInode = (stat: ReturnType<typeof realDisk.stat>) =>
  stat === undefined || stat.isDirectory ? stat : { ...stat, inode: 7 }
