/**
 * The file channel in an agent that is killed in a loop, and on a disk that fills: behind a source that cannot read again every line that was answered
 * with OK comes out, nothing else than what was sent does, in the order of the puts in each life, and again comes only what the sink had written and
 * not counted as committed when the agent was killed. The accounts are printed.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { drainedBy, metricsOptions } from '../support/life-files.ts'
import { lineOfLife, Lives } from '../support/lives.ts'
import { outputLines } from '../support/output.ts'
import { freePort } from '../support/port.ts'
import { smallDisk } from '../support/small-disk.ts'
import { netcatToFileChannel, Talker } from '../support/talker.ts'

/** In a loop of twenty, or of as many as KILLS says. */
const kills = Number(process.env['KILLS'] ?? 20)

/** The most that a round may take on a machine that is busy. */
const secondsPerKill = 15

const listening = /Source r1 listens on/

describe('kill -9 in a loop', () => {
  it(
    'of an agent with a file channel: no answered line is lost, none comes that was not sent, in order, and again only what was not committed',
    async () => {
      using folder = temporaryFolder()
      const { path } = folder
      const out = join(path, 'out')
      mkdirSync(out)
      const port = await freePort()
      const file = netcatToFileChannel(path, port)
      const lives = new Lives(out)
      let lastLine = ''
      for (let life = 0; life < kills; life++) {
        await using agent = startAgentProcess(path, file, metricsOptions)
        await agent.printed(listening)
        const talker = new Talker(port, 0, (n) => lineOfLife(life, n))
        // Every third kill comes early, and nothing counts as committed then.
        const isEarly = life % 3 === 0
        await until(() => talker.acknowledged >= (isEarly ? 1 : 2000), 'the answers', 60_000)
        const counted = isEarly ? 0 : await drainedBy(agent)
        await agent.stop('SIGKILL')
        talker.end()
        lastLine = lineOfLife(life, talker.acknowledged - 1)
        lives.ended(talker, counted)
      }
      await using last = startAgentProcess(path, file)
      await last.printed(listening)
      await until(() => outputLines(path).includes(lastLine), 'the last line', 60_000)
      expect(await last.stop()).toBe(143)
      lives.ended({ sent: 0, acknowledged: 0 }, Infinity)
      const { lost, invented, disordered, repeatedAfterCommit } = lives
      console.log(
        `kill -9 of an agent with a file channel, ${kills} times: put ${lives.acknowledged} acknowledged and ${lives.unanswered} unanswered, ` +
          `taken ${lives.taken}, lost ${lost.length}, repeated ${lives.repeated} of ${lives.uncounted} that were not committed`,
      )
      expect({ lost, invented, disordered, repeatedAfterCommit }).toEqual({
        lost: [],
        invented: [],
        disordered: [],
        repeatedAfterCommit: [],
      })
    },
    kills * secondsPerKill * 1000,
  )
})

describe('a full disk under the file channel', () => {
  it('refuses events, and gives back what it holds: every line that was answered comes out', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(64)
    const { path } = folder
    mkdirSync(join(path, 'out'))
    writeFileSync(join(path, 'file'), '')
    const port = await freePort()
    const channel = { checkpointDir: `${disk.path}/checkpoint`, dataDirs: `${disk.path}/data` }
    await using stuck = startAgentProcess(
      path,
      netcatToFileChannel(path, port, channel, { type: 'file_roll', 'sink.directory': `${path}/file/out` }),
    )
    await stuck.printed(listening)
    const talker = new Talker(port, 0, (n) => lineOfLife(0, n))
    await until(() => talker.acknowledged > 20_000, 'the first answers', 60_000)
    disk.fill()
    await until(() => talker.refusals > 0, 'a refusal', 60_000)
    await stuck.printed(/Channel c1 takes no events: .* must stay free/)
    talker.end()
    await stuck.stop('SIGKILL')
    const lives = new Lives(join(path, 'out'))
    lives.ended(talker, 0)
    const lastLine = lineOfLife(0, talker.acknowledged - 1)
    // The sink can store now, and the disk is still full.
    await using agent = startAgentProcess(path, netcatToFileChannel(path, port, channel))
    await until(() => outputLines(path).includes(lastLine), 'the last line', 60_000)
    expect(await agent.stop()).toBe(143)
    lives.ended({ sent: 0, acknowledged: 0 }, Infinity)
    const { lost, invented, disordered, repeated } = lives
    console.log(
      `a full disk under the file channel: ${lives.acknowledged} acknowledged, lost ${lost.length}, repeated ${repeated}`,
    )
    expect({ lost, invented, disordered, repeated }).toEqual({ lost: [], invented: [], disordered: [], repeated: 0 })
    disk.free()
  })
})
