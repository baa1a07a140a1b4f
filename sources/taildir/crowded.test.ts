/** More files than may be open at once, rotated while they are closed and unread: every line once, whichever file has the name now. */
import { describe, expect, it } from 'vitest'
import { realDisk, type Disk } from '../../src/io/disk.ts'
import { bodies, lines, tailRig } from '../../test/support/taildir.ts'

/** One file open at a time, one line a turn. */
const crowded = { maxOpenFiles: '1', batchSize: '1', maxBatchCount: '1' }

describe('more files than may be open', () => {
  it('a file that gave way unread and was renamed meanwhile is not mixed up with the new one of its name', async () => {
    await using rig = tailRig(crowded)
    rig.write('log.a', lines(0, 5))
    rig.write('log.b', lines(10, 15))
    const run = await rig.start()
    run.onBatch = () => {
      if (run.batches.length !== 1) return
      rig.rename('log.a', 'moved.a')
      rig.write('log.a', lines(20, 25))
    }
    await run.has(15)
    await run.stop()
    expect(run.lines.toSorted()).toEqual([...bodies(0, 5), ...bodies(10, 15), ...bodies(20, 25)].toSorted())
  })

  it('a file that is renamed between the look and its opening is not taken for the new one of its name', async () => {
    await using rig = tailRig()
    rig.write('log', lines(0, 5))
    let isRotated = false
    const disk: Disk = {
      ...realDisk,
      open(path, flag) {
        if (path === rig.path('log') && !isRotated) {
          isRotated = true
          rig.rename('log', 'log.1')
          rig.write('log', lines(5, 12))
        }
        return realDisk.open(path, flag)
      },
    }
    const run = await rig.start({}, { disk })
    await run.has(12)
    rig.append('log.1', lines(20, 22))
    await run.has(14)
    await run.stop()
    expect(run.lines.toSorted()).toEqual([...bodies(0, 12), ...bodies(20, 22)].toSorted())
  })
})
