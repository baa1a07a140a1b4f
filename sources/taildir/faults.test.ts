/** Bad input and bad disks: said once, nothing lost, and the rest goes on. */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { until } from '../../test/fakes/until.ts'
import { bodies, lines, tailRig } from '../../test/support/taildir.ts'

/** A rig whose source reads a disk in memory instead of its folder. */
const onFakeDisk = () => {
  const disk = new FakeDisk()
  disk.makeFolder('/logs')
  const settings = { 'filegroups.g': '/logs/log.*', positionFile: '/state/positions.json' }
  return { disk, settings, rig: tailRig() }
}

describe('faults', () => {
  it('a file that cannot be opened is said once and read when it can be; others go on', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/logs/log1', Buffer.from(lines(0, 5)))
    disk.plant('/logs/log2', Buffer.from(lines(5, 10)))
    disk.fail('open', 'EACCES', { path: 'log1', times: Infinity })
    const run = await rig.start(settings, { disk })
    await run.has(5)
    expect(run.lines).toEqual(bodies(5, 10))
    const fd = disk.open('/logs/log2', 'a')
    disk.write(fd, Buffer.from(lines(10, 11)), 0, lines(10, 11).length, null)
    await run.has(6)
    expect(run.context.log.of('warn')).toHaveLength(1)
    expect(run.context.log.of('warn')[0]).toContain('/logs/log1')
    expect(run.context.counters.values['EventReadFail']).toBe(1)
    disk.heal()
    await run.has(11)
    expect(run.lines.slice(6)).toEqual(bodies(0, 5))
  })

  it('a read error in the middle is tried again from the last line taken', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/logs/log', Buffer.from(lines(0, 50_000)))
    const run = await rig.start({ ...settings, batchSize: '1000' }, { disk })
    run.onBatch = () => {
      if (run.batches.length === 2) disk.fail('read', 'EIO', { path: '/logs/log', times: 3 })
    }
    await run.has(50_000)
    expect(run.context.log.of('warn')).toHaveLength(1)
    expect(run.context.log.of('info')).toContain('/logs/log can be read again.')
    expect(run.lines).toEqual(bodies(0, 50_000))
  })

  it('a broken position file is kept aside and said at ERROR, and everything is read again', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 3))
    for (const broken of ['[{"inode":12', '{"inode":1}', '[{"inode":"x","pos":1,"file":"/a"}]', 'not json']) {
      rig.write('positions.json', broken)
      const run = await rig.start({ skipToEnd: 'true' })
      await run.has(3)
      await run.stop()
      expect(run.context.log.of('error')[0]).toContain('Failed loading positionFile')
      expect(rig.read('positions.json.broken')).toBe(broken)
    }
  })

  it('an empty position file is no fault where Flume left it, and is one where a power cut did', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 3))
    rig.write('positions.json', '')
    const run = await rig.start()
    await run.has(3)
    expect(run.context.log.of('error')).toEqual([])
    await run.stop()
    rig.write('positions.json', '')
    const again = await rig.start({ skipToEnd: 'true' })
    await again.has(3)
    expect(again.context.log.of('error')).toHaveLength(1)
  })

  it('a second source on the same position file is refused', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 3))
    const run = await rig.start()
    await run.has(3)
    const second = await rig.start()
    await expect(second.ended).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    await run.stop()
    const third = await rig.start()
    await until(() => rig.exists('positions.json.lock'))
    expect(third.hasEnded).toBe(false)
  })

  it('positions that cannot be stored are said once, and again when they can', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/logs/log', Buffer.from(lines(0, 3)))
    disk.fail('rename', 'ENOSPC', { path: 'positions', times: 20 })
    const run = await rig.start(settings, { disk })
    await run.has(3)
    await until(() => run.context.log.of('info').includes('Positions are stored again.'))
    expect(run.context.log.of('warn')).toHaveLength(1)
    expect(JSON.parse(String(disk.bytes('/state/positions.json')))).toMatchObject([{ pos: lines(0, 3).length }])
  })

  it('a folder that is missing is said once and followed when it appears', async () => {
    await using rig = tailRig()
    const run = await rig.start({ 'filegroups.g': `${rig.folder}/later/log` })
    await until(() => run.context.log.of('warn').length > 0)
    fs.mkdirSync(rig.path('later'))
    rig.write('later/log', lines(0, 2))
    await run.has(2)
    expect(run.context.log.of('warn')).toHaveLength(1)
  })

  it('a delivery that fails for good ends the run, and the next begins at what had settled', async () => {
    await using rig = tailRig({ batchSize: '2' })
    rig.write('log', lines(0, 6))
    const run = await rig.start()
    run.onBatch = (batch) => (batch[0]?.body.toString() === Buffer.from('line 4').toString() ? refuse() : undefined)
    await expect(run.ended).rejects.toThrow('refused')
    const second = await rig.start()
    await second.has(2)
    expect(second.lines).toEqual(bodies(4, 6))
  })
})

const refuse = (): never => {
  throw new Error('refused')
}

describe('limits', () => {
  it('a line above maxLineLength becomes several events, with one warning', async () => {
    await using rig = tailRig({ maxLineLength: '1000' })
    rig.write('log', `${'a'.repeat(3500)}\nshort\n${'b'.repeat(1000)}\r\n`)
    const run = await rig.start()
    await run.has(6)
    expect(run.lines.map((line) => line.length)).toEqual([1000, 1000, 1000, 500, 5, 1000])
    expect(run.context.log.of('warn')).toHaveLength(1)
  })

  it('a line of 200 MB passes in bounded memory', async () => {
    await using rig = tailRig()
    const fd = fs.openSync(rig.path('log'), 'w')
    fs.ftruncateSync(fd, 200 * 1024 * 1024)
    fs.writeSync(fd, '\nnext\n', 200 * 1024 * 1024)
    fs.closeSync(fd)
    let most = 0
    let bytes = 0
    let unsettled = 0
    const run = await rig.start({}, { settling: false })
    run.onBatch = (batch) => {
      for (const event of batch) bytes += event.body.length
      for (const event of batch) unsettled += event.body.length
      most = Math.max(most, unsettled)
      run.batches.length = 0
    }
    await until(() => {
      unsettled = 0
      run.settle()
      return bytes === 200 * 1024 * 1024 + 4
    }, 'the whole line')
    expect(most).toBeLessThanOrEqual(96 * 1024 * 1024)
    expect(run.context.log.of('warn')).toHaveLength(1)
  })

  it('a busy file does not starve another', async () => {
    await using rig = tailRig({ batchSize: '10', maxBatchCount: '3' })
    rig.write('log1', lines(0, 1000))
    rig.write('log2', 'other\n')
    const run = await rig.start()
    await run.has(1001)
    expect(run.lines.indexOf('other')).toBeLessThanOrEqual(30)
  })

  it('no more files are open than may be, and all are read', async () => {
    const disk = new FakeDisk()
    const clock = new FakeClock()
    await using rig = tailRig()
    for (let i = 0; i < 50; i++) disk.plant(`/logs/log${i}`, Buffer.from(lines(i * 2, i * 2 + 2)))
    const settings = { 'filegroups.g': '/logs/log.*', positionFile: '/state/positions.json', maxOpenFiles: '5' }
    let most = 0
    const run = await rig.start(settings, { disk, clock })
    run.onBatch = () => void (most = Math.max(most, disk.openFiles))
    await clock.advanceSlowly(2000, 5)
    await run.has(100)
    expect(most).toBeLessThanOrEqual(5)
    expect(run.lines.toSorted()).toEqual(bodies(0, 100).toSorted())
    await run.stop()
    expect(disk.openFiles).toBe(0)
  })
})
