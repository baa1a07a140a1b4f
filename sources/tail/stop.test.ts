/** What goes out at the stop: all that stands in the file where nothing remembers how far it was read, else no half a line. */
import { describe, expect, it } from 'vitest'
import { until } from '../../test/fakes/until.ts'
import type { FileSourceRig, Run } from '../../test/support/file-source.ts'
import { following, tailRig } from '../../test/support/tail-rig.ts'
import { bodies, lines } from '../../test/support/taildir.ts'

/** Follows a file that was empty. */
const followed = async (rig: FileSourceRig, settings: Readonly<Record<string, string>> = {}): Promise<Run> => {
  rig.write('log', '')
  const run = await rig.start(settings)
  await following(run)
  return run
}

describe('at a stop, tail without a position file', () => {
  it('gives the last line without an end', async () => {
    await using rig = tailRig()
    const run = await followed(rig)
    rig.append('log', 'one\npart')
    await run.has(1)
    await run.stop()
    expect(run.lines).toEqual(['one', 'part'])
  })

  it('gives what nobody has looked at yet', async () => {
    await using rig = tailRig({ pollInterval: '300000' })
    const run = await followed(rig)
    rig.append('log', 'one\r\ntwo\nnonl')
    await run.stop()
    expect(run.lines).toEqual(['one', 'two', 'nonl'])
  })

  it('gives the batch that has not filled', async () => {
    await using rig = tailRig({ batchTimeout: '300000', batchSize: '4' })
    const run = await followed(rig)
    rig.append('log', lines(0, 9))
    await run.has(8)
    await run.stop()
    expect(run.lines).toEqual(bodies(0, 9))
  })

  it('gives nothing twice, and no end of a line as a line, where it has given the rest before', async () => {
    await using rig = tailRig({ lastLineTimeout: '20' })
    const run = await followed(rig)
    rig.append('log', 'one\npart')
    await run.has(2)
    await run.stop()
    expect(run.lines).toEqual(['one', 'part'])
  })

  it('does not read on through a large file, and cuts no line', async () => {
    await using rig = tailRig({ startAt: 'beginning', batchSize: '1000' })
    rig.write('log', lines(0, 1_000_000))
    const run = await rig.start({}, { settling: false, aheadMax: 1000 })
    await run.has(1000)
    await run.stop()
    const { length } = run.lines
    expect(length).toBeGreaterThan(50_000)
    expect(length).toBeLessThan(300_000)
    expect(run.lines).toEqual(bodies(0, length))
  })

  it('leaves nothing out where it was held back, a rotation included', async () => {
    await using rig = tailRig({ startAt: 'beginning', batchSize: '10' })
    rig.write('log', `${lines(0, 45)}half`)
    const run = await rig.start({}, { settling: false, aheadMax: 10 })
    await run.has(10)
    rig.rename('log', 'log.1')
    rig.write('log', lines(45, 48))
    await until(() => run.context.log.of('info').length > 0)
    await run.stop()
    expect(run.lines.slice(0, 46)).toEqual([...bodies(0, 45), 'half'])
    expect([[], bodies(45, 48)]).toContainEqual(run.lines.slice(46))
  })

  it('gives nothing of another file under its name', async () => {
    await using rig = tailRig({ pollInterval: '300000' })
    const run = await followed(rig)
    rig.rename('log', 'log.1')
    rig.write('log', 'other\n')
    await run.stop()
    expect(run.lines).toEqual([])
  })
})

it('at a stop, tail with a position file leaves half a line to the next start', async () => {
  await using rig = tailRig()
  const positionFile = rig.path('position.json')
  const run = await followed(rig, { positionFile })
  rig.append('log', 'one\nhalf')
  await run.has(1)
  await run.stop()
  expect(run.lines).toEqual(['one'])
  rig.append('log', ' and half\n')
  const again = await rig.start({ positionFile })
  await again.has(1)
  expect(again.lines).toEqual(['half and half'])
})
