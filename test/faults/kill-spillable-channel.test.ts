/**
 * The spillable channel in an agent that is killed in a loop, behind a source that can read again: nothing is lost, whatever was in memory, nor by a clean
 * stop in the middle; nothing comes that was not written, nor more often than the source may have put it and takes were open. The accounts are printed.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { GrowingLog } from '../support/growing-log.ts'
import { drainedBy, metricsOptions } from '../support/life-files.ts'
import { arrivals } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { fileRoll, pipeline, taildir } from '../support/pipelines.ts'
import { RereadLives } from '../support/reread-lives.ts'

/** In a loop of eight, or of as many as KILLS says. */
const kills = Number(process.env['KILLS'] ?? 8)
const secondsPerKill = 15

const throughSpillableChannel = (folder: string): string =>
  pipeline({
    source: taildir(folder, { batchSize: 100 }),
    channel: {
      type: 'SPILLABLEMEMORY',
      memoryCapacity: 300,
      overflowCapacity: 100_000,
      overflowTimeout: 0,
      transactionCapacity: 100,
      checkpointDir: `${folder}/checkpoint`,
      dataDirs: `${folder}/data`,
      minimumRequiredSpace: 1_048_576,
    },
    sink: fileRoll(folder, { 'sink.batchSize': 5 }),
  })

const hasSpilled = (folder: string): boolean =>
  existsSync(join(folder, 'data')) && readdirSync(join(folder, 'data')).some((name) => name.endsWith('.data'))

it(
  'kill -9 in a loop of an agent with a spillable channel: nothing is lost, nor committed more often than it can have been put',
  async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    const log = new GrowingLog(join(path, 'access.log'))
    const lives = new RereadLives(join(path, 'out'), log)
    let spilled = 0
    for (let round = 0; round < kills; round++) {
      if (log.linesBehind(storedPosition(path)) < 10_000) log.append(10_000)
      const [before, position] = [outputLines(path).length, storedPosition(path)]
      await using agent = startAgentProcess(path, throughSpillableChannel(path), metricsOptions)
      await until(() => outputLines(path).length > before && hasSpilled(path), 'lines through both', 60_000)
      // Every third kill comes early, and nothing counts as committed then; the others once a position of this life was stored.
      const isEarly = round % 3 === 0
      if (!isEarly) await until(() => storedPosition(path) > position, 'a position', 60_000)
      const counted = isEarly ? 0 : await drainedBy(agent)
      await agent.stop('SIGKILL')
      lives.ended(counted, storedPosition(path))
      spilled += Number(hasSpilled(path))
    }
    log.append(5000)
    await using stopped = startAgentProcess(path, throughSpillableChannel(path))
    await stopped.printed(/SOURCE, name: r1 started/)
    await until(() => storedPosition(path) > 0 && hasSpilled(path), 'the agent at work', 60_000)
    expect(await stopped.stop()).toBe(143)
    lives.ended(Infinity, storedPosition(path))
    await using drained = startAgentProcess(path, throughSpillableChannel(path))
    await drained.printed(/SOURCE, name: r1 started/)
    await until(() => arrivals(outputLines(path), log.count).lost.length === 0, 'the last line', 60_000)
    await drained.stop()
    lives.ended(Infinity, storedPosition(path))
    const { lost, repeated, invented, committedTooOften, disordered } = lives
    console.log(
      `kill -9 of an agent with a spillable channel, ${kills} times, ${spilled} of them with events on disk: ` +
        `put ${log.count}, taken ${lives.taken}, lost ${lost.length}, repeated ${repeated}`,
    )
    expect({ lost, invented, committedTooOften, disordered }).toEqual({
      lost: [],
      invented: [],
      committedTooOften: [],
      disordered: [],
    })
    expect(spilled).toBeGreaterThan(0)
  },
  (kills + 4) * secondsPerKill * 1000,
)
