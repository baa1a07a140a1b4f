/**
 * Positions may lag and never lead: whatever a file source has stored lies at or before the first byte of the first batch that has not settled.
 * Receipts settle in any order here, and the stored position is looked at after each.
 */
import * as fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { spooldir } from '../../sources/spooldir/spooldir.ts'
import { tail } from '../../sources/tail/tail.ts'
import { taildir } from '../../sources/taildir/taildir.ts'
import { seededRandom } from '../fakes/random.ts'
import { FileSourceRig } from '../support/file-source.ts'

interface Case {
  readonly name: string
  readonly rig: () => FileSourceRig
  /** The file of the rig that holds the positions, as JSON entries with `pos`. */
  readonly positions: string
}

const cases: readonly Case[] = [
  {
    name: 'TAILDIR',
    positions: 'state/positions.json',
    rig: () =>
      new FileSourceRig(taildir, (folder) => ({
        filegroups: 'g',
        'filegroups.g': `${folder}/log`,
        positionFile: `${folder}/state/positions.json`,
        writePosInterval: '1',
        pollInterval: '10',
        batchSize: '10',
      })),
  },
  {
    name: 'spooldir',
    positions: '.flumespool/.millrace-spool.json',
    rig: () =>
      new FileSourceRig(spooldir, (folder) => ({
        spoolDir: folder,
        writePosInterval: '1',
        pollDelay: '5',
        batchSize: '10',
      })),
  },
  {
    name: 'tail',
    positions: 'position.json',
    rig: () =>
      new FileSourceRig(tail, (folder) => ({
        file: `${folder}/log`,
        startAt: 'beginning',
        positionFile: `${folder}/position.json`,
        writePosInterval: '1',
        pollInterval: '10',
        batchSize: '10',
      })),
  },
]

const line = (n: number): string => `line ${String(n).padStart(6, '0')}\n`
const lineBytes = line(0).length
const count = 300

describe.each(cases)('the stored position of $name', ({ rig: makeRig, positions }) => {
  const storedPosition = (rig: FileSourceRig): number => {
    if (!rig.exists(positions)) return 0
    const entries = JSON.parse(rig.read(positions)) as { readonly pos: number }[]
    return Math.max(0, ...entries.map((entry) => entry.pos))
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('never leads, seed %i', async (seed) => {
    const random = seededRandom(seed)
    await using rig = makeRig()
    rig.write('.coming', Array.from({ length: count }, (_, n) => line(n)).join(''))
    fs.renameSync(rig.path('.coming'), rig.path('log'))
    const run = await rig.start({}, { settling: false, aheadMax: 10_000 })
    await run.has(count)
    const open = new Set(run.batches.keys())
    while (open.size > 0) {
      const chosen = random.pick([...open])
      open.delete(chosen)
      run.settleBatch(chosen)
      for (let turns = random.below(8); turns > 0; turns--) await new Promise((resolve) => void setImmediate(resolve))
      const firstOpen = Math.min(count / 10, ...open)
      expect(storedPosition(rig)).toBeLessThanOrEqual(firstOpen * 10 * lineBytes)
    }
    await run.stop()
  })
})
