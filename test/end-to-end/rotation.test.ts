import { appendFileSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileToFiles } from '../support/pipelines.ts'

const rounds = 6
const linesPerRound = 700

/** Each style makes room for the next round; `live` has been written and, for copytruncate, read. */
const styles: Readonly<Record<string, (live: string, round: number) => void>> = {
  'rename to a name that is followed too': (live, round) => renameSync(live, `${live}.${round}`),
  'rename to a name that is not followed': (live, round) => renameSync(live, live.replace('access', `old-${round}`)),
  'copy and truncate': (live, round) => {
    writeFileSync(live.replace('access', `copy-${round}`), readFileSync(live))
    truncateSync(live, 0)
  },
  'a new file each time': (live, round) => renameSync(live, live.replace('access.log', `access.log.day${round}`)),
}

describe('a log that is rotated while it is followed', () => {
  it.each(Object.entries(styles))('%s', async (_style, rotate) => {
    using folder = temporaryFolder()
    const live = join(folder.path, 'access.log')
    mkdirSync(join(folder.path, 'out'))
    writeFileSync(live, '')
    await using agent = startAgentProcess(folder.path, fileToFiles(folder.path))
    await agent.printed(/SOURCE, name: r1 started/)
    for (let round = 0; round < rounds; round++) {
      const from = round * linesPerRound
      appendFileSync(live, numberedLines(from, from + linesPerRound / 2))
      appendFileSync(live, numberedLines(from + linesPerRound / 2, from + linesPerRound))
      await until(() => outputLines(folder.path).length >= from + linesPerRound, 'the lines of the round')
      rotate(live, round)
    }
    await agent.stop()
    expect(arrivals(outputLines(folder.path), rounds * linesPerRound)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('reads a renamed file to its end', async () => {
    using folder = temporaryFolder()
    const live = join(folder.path, 'access.log')
    mkdirSync(join(folder.path, 'out'))
    writeFileSync(live, numberedLines(0, 100))
    await using agent = startAgentProcess(folder.path, fileToFiles(folder.path))
    await until(() => outputLines(folder.path).length >= 100, 'the first lines')
    const old = join(folder.path, 'old.log')
    appendFileSync(live, numberedLines(100, 3000))
    renameSync(live, old)
    appendFileSync(old, numberedLines(3000, 3100))
    writeFileSync(live, numberedLines(3100, 3200))
    await until(() => outputLines(folder.path).length >= 3200, 'the lines of both files')
    await agent.stop()
    expect(arrivals(outputLines(folder.path), 3200)).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})
