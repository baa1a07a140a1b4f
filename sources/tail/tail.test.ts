import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { until } from '../../test/fakes/until.ts'
import { Run } from '../../test/support/file-source.ts'
import { following, tailRig } from '../../test/support/tail-rig.ts'
import { bodies, lines } from '../../test/support/taildir.ts'
import { valuesOf } from '../../test/support/values.ts'
import { tail } from './tail.ts'

describe('tail', () => {
  it('begins at the end, and gives what comes', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 5))
    const run = await rig.start()
    await following(run)
    rig.append('log', lines(5, 8))
    await run.has(3)
    expect(run.lines).toEqual(bodies(5, 8))
  })

  it('begins at the beginning where told, in batches', async () => {
    await using rig = tailRig({ startAt: 'beginning', batchSize: '4' })
    rig.write('log', lines(0, 10))
    const run = await rig.start()
    await run.has(10)
    expect(run.lines).toEqual(bodies(0, 10))
    expect(run.batches.map((b) => b.length)).toEqual([4, 4, 2])
  })

  it('reads much, over many chunks, and waits while there is no room', async () => {
    await using rig = tailRig({ startAt: 'beginning', batchSize: '1000' })
    rig.write('log', lines(0, 200_000))
    const run = await rig.start({}, { settling: false, aheadMax: 2000 })
    await run.has(2000)
    expect(run.events.length).toBe(2000)
    run.settling = true
    run.settle()
    await run.has(200_000)
    expect(run.lines).toEqual(bodies(0, 200_000))
  })

  it('follows the name through rotation by rename, by truncation, and through a pause without a file', async () => {
    await using rig = tailRig()
    rig.write('log', '')
    const run = await rig.start()
    await following(run)
    rig.append('log', lines(0, 3))
    await run.has(3)
    rig.append('log', `${lines(3, 5)}unfinished`)
    rig.rename('log', 'log.1')
    rig.write('log', lines(5, 8))
    await run.has(9)
    fs.truncateSync(rig.path('log'), 0)
    rig.append('log', lines(8, 9))
    await run.has(10)
    rig.rename('log', 'log.2')
    await until(() => run.context.log.of('warn').some((m) => m.includes('disappeared')), 'the pause')
    rig.write('log', lines(9, 12))
    await run.has(13)
    expect(run.lines).toEqual([...bodies(0, 5), 'unfinished', ...bodies(5, 12)])
  })

  it('waits for a file that is not there, and reads it from its beginning', async () => {
    await using rig = tailRig()
    const run = await rig.start()
    await until(() => run.context.log.of('warn').length === 1)
    rig.write('log', lines(0, 3))
    await run.has(3)
    expect(run.lines).toEqual(bodies(0, 3))
  })

  it('goes on where everything had settled, with a position file', async () => {
    await using rig = tailRig({ batchSize: '2' })
    const settings = { positionFile: rig.path('position.json'), startAt: 'beginning' }
    rig.write('log', lines(0, 6))
    const run = await rig.start(settings, { settling: false })
    await run.has(6)
    run.settle(2)
    await until(() => rig.exists('position.json') && rig.read('position.json').includes(`"pos":${lines(0, 4).length}`))
    await run.kill()
    rig.append('log', lines(6, 8))
    const again = await rig.start(settings)
    await again.has(4)
    await again.stop()
    expect(again.lines).toEqual(bodies(4, 8))
    rig.rename('log', 'log.1')
    rig.write('log', lines(8, 10))
    const other = await rig.start(settings)
    await other.has(2)
    expect(other.lines).toEqual(bodies(8, 10))
    expect(other.context.log.of('warn')[0]).toContain('is not the file it was')
    await expect((await rig.start(settings)).ended).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
  })

  it('goes on where it was when its run failed, also without a position file', async () => {
    await using rig = tailRig({ batchSize: '2' })
    rig.write('log', lines(0, 3))
    const values = valuesOf(tail.settings, { file: rig.path('log'), pollInterval: '10', batchSize: '2' })
    const first = new Run({}, true)
    const source = await tail.create(values, first.context)
    first.onBatch = () => {
      if (first.batches.length === 1) throw new Error('refused')
    }
    first.begin(source)
    await following(first)
    rig.append('log', lines(3, 7))
    await expect(first.ended).rejects.toThrow('refused')
    const second = new Run({}, true)
    second.begin(source)
    await second.has(2)
    await second.stop()
    expect([...first.lines, ...second.lines]).toEqual(bodies(3, 7))
  })

  it('says that its position file is broken, and reads all rather than nothing', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 3))
    rig.write('position.json', '{')
    const run = await rig.start({ positionFile: rig.path('position.json') })
    await run.has(3)
    expect(run.context.log.of('error')).toHaveLength(1)
  })

  it('lets a batch fill for as long as it may', async () => {
    await using rig = tailRig({ batchTimeout: '300000', batchSize: '4' })
    rig.write('log', '')
    const run = await rig.start()
    await following(run)
    for (let n = 0; n < 9; n++) rig.append('log', lines(n, n + 1))
    await run.has(8)
    expect(run.batches.map((b) => b.length)).toEqual([4, 4])
  })

  it('gives the last line without an end when nothing comes', async () => {
    await using rig = tailRig({ lastLineTimeout: '20' })
    rig.write('log', '')
    const run = await rig.start()
    await following(run)
    rig.append('log', 'one\npart')
    await run.has(2)
    rig.append('log', '\nnext\n')
    await run.has(3)
    expect(run.lines).toEqual(['one', 'part', 'next'])
  })

  it('drops the return before a line end, and passes all other bytes', async () => {
    await using rig = tailRig({ startAt: 'beginning' })
    rig.write('log', Buffer.from('one\r\n\0\xff\n\n', 'latin1'))
    const run = await rig.start()
    await run.has(3)
    expect(run.events.map((e) => Buffer.from(e.body).toString('latin1'))).toEqual(['one', '\0\xff', ''])
  })

  it('stops at once in the middle of a large file', async () => {
    await using rig = tailRig({ startAt: 'beginning', batchSize: '10' })
    rig.write('log', lines(0, 300_000))
    const run = await rig.start({}, { settling: false, aheadMax: 10 })
    await run.has(10)
    await run.kill()
    expect(run.events.length).toBeLessThan(100)
  })
})
