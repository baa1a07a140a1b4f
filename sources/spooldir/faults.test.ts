/** Where Flume's source dies or blocks, the file is said and set aside, and the others go on. */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { until } from '../../test/fakes/until.ts'
import { spoolRig } from '../../test/support/spooldir.ts'
import { bodies, lines } from '../../test/support/taildir.ts'

const onFakeDisk = () => {
  const disk = new FakeDisk()
  disk.makeFolder('/spool')
  return { disk, settings: { spoolDir: '/spool' }, rig: spoolRig() }
}

describe('faults', () => {
  it('a missing folder is a fault that names it', async () => {
    await using rig = spoolRig()
    const run = await rig.start({ spoolDir: rig.path('none') })
    await expect(run.ended).rejects.toMatchObject({ code: 'FOLDER_MISSING', message: expect.stringContaining('none') })
  })

  it('a second source on the same folder is refused', async () => {
    await using rig = spoolRig()
    rig.write('a', lines(0, 1))
    await (await rig.start()).has(1)
    await expect((await rig.start()).ended).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
  })

  it('a file that cannot be opened is said once and does not block the others', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/spool/a', Buffer.from(lines(2, 4)))
    disk.plant('/spool/b', Buffer.from(lines(0, 2)))
    disk.fail('open', 'EACCES', { path: '/spool/a', times: 10 })
    const run = await rig.start(settings, { disk })
    await run.has(4)
    expect(run.lines).toEqual(bodies(0, 4))
    expect(run.context.log.of('warn')).toHaveLength(1)
  })

  it('a read error in the middle is tried again and loses and repeats nothing', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/spool/a', Buffer.from(lines(0, 50_000)))
    const run = await rig.start({ ...settings, batchSize: '1000' }, { disk })
    run.onBatch = () => {
      if (run.batches.length === 3) disk.fail('read', 'EIO', { path: '/spool/a', times: 3 })
    }
    await run.has(50_000)
    await until(() => disk.bytes('/spool/a.COMPLETED') !== undefined)
    expect(run.lines).toEqual(bodies(0, 50_000))
  })

  it('a file that grows while it is read is read on, with a warning, and its last line comes whole', async () => {
    await using rig = spoolRig({ batchSize: '2' })
    rig.write('a', `${lines(0, 4)}par`)
    const run = await rig.start()
    run.onBatch = () => {
      if (run.batches.length === 0) rig.append('a', `tial\n${lines(4, 6)}`)
    }
    await run.has(7)
    await until(() => rig.exists('a.COMPLETED'))
    expect(run.lines).toEqual([...bodies(0, 4), 'partial', ...bodies(4, 6)])
    expect(run.context.log.of('warn')[0]).toContain('has grown')
  })

  it('a file that grows before it is retired is read on too', async () => {
    await using rig = spoolRig()
    rig.write('a', lines(0, 2))
    const run = await rig.start({}, { settling: false })
    await run.has(2)
    rig.append('a', lines(2, 4))
    run.settle()
    run.settling = true
    await run.has(4)
    await until(() => rig.exists('a.COMPLETED'))
    expect(run.lines).toEqual(bodies(0, 4))
  })

  it('a file that is changed otherwise is set aside, also in the next run, until it is moved away', async () => {
    await using rig = spoolRig({ batchSize: '2' })
    rig.write('a', lines(0, 4))
    const run = await rig.start({}, { settling: false })
    await run.has(4)
    fs.utimesSync(rig.path('a'), 1000, 1000)
    run.settle()
    run.settling = true
    rig.write('b', lines(4, 6))
    await run.has(6)
    await run.stop()
    expect(run.context.log.of('error')).toHaveLength(1)
    expect(run.context.log.of('error')[0]).toContain('File has been modified since being read')
    const again = await rig.start()
    rig.write('c', lines(6, 7))
    await again.has(1)
    rig.rename('a', 'a2')
    await again.has(5)
    expect(again.lines).toEqual([...bodies(6, 7), ...bodies(0, 4)])
  })

  it('a name used again is delivered and set aside, and retired when the old file is out of the way', async () => {
    await using rig = spoolRig()
    rig.write('a.COMPLETED', 'old')
    rig.write('a', lines(0, 2))
    rig.write('b', lines(2, 3))
    const run = await rig.start()
    await run.has(3)
    await until(() => run.context.log.of('error').length > 0)
    expect(run.context.log.of('error')[0]).toContain('File name has been re-used')
    await run.stop()
    const again = await rig.start()
    await until(() => again.context.log.of('error').length === 1)
    rig.delete('a.COMPLETED')
    await until(() => rig.exists('a.COMPLETED'))
    await again.stop()
    expect(again.lines).toEqual([])
    expect(rig.read('a.COMPLETED')).toBe(lines(0, 2))
  })

  it('a rename that fails is said once and tried again; the file is not read again', async () => {
    const { disk, settings, rig } = onFakeDisk()
    await using _rig = rig
    disk.plant('/spool/a', Buffer.from(lines(0, 2)))
    disk.fail('rename', 'EACCES', { path: '/spool/a', times: 5 })
    const run = await rig.start(settings, { disk })
    await until(() => disk.bytes('/spool/a.COMPLETED') !== undefined)
    expect(run.context.log.of('error')).toHaveLength(1)
    expect(run.lines).toEqual(bodies(0, 2))
  })

  it('bytes that are none of the character set set the file aside under the policy FAIL, from the bad batch on', async () => {
    await using rig = spoolRig({ decodeErrorPolicy: 'FAIL', batchSize: '2' })
    rig.write('a', Buffer.from(`${lines(0, 2)}caf\xe9\nmore\n`, 'latin1'))
    rig.write('b', lines(2, 3))
    const run = await rig.start()
    await run.has(3)
    await until(() => run.context.log.of('error').length === 1)
    expect(run.context.log.of('error')[0]).toContain(`byte ${lines(0, 2).length}`)
    expect(run.lines.toSorted()).toEqual(bodies(0, 3))
    expect(rig.exists('a')).toBe(true)
  })

  it('a file that somebody takes away in the middle is read to its end', async () => {
    await using rig = spoolRig({ batchSize: '2' })
    rig.write('a', lines(0, 10))
    const run = await rig.start()
    run.onBatch = () => {
      if (run.batches.length === 1) rig.rename('a', '.taken')
    }
    await run.has(10)
    rig.write('a', lines(10, 12))
    await run.has(12)
    await until(() => rig.exists('a.COMPLETED'))
    expect(run.lines).toEqual(bodies(0, 12))
  })

  it('a broken tracker file is said, and files begun are read again', async () => {
    await using rig = spoolRig()
    fs.mkdirSync(rig.path('.flumespool'))
    rig.write('.flumespool/.millrace-spool.json', '{')
    rig.write('a', lines(0, 2))
    const run = await rig.start()
    await run.has(2)
    expect(run.context.log.of('error')).toHaveLength(1)
  })
})
