/**
 * The file channel in an agent that is killed in a loop, and on a disk that fills: behind a source that cannot read again every line that was answered
 * with OK comes out. The accounts are printed.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, isTorn, numberedLine } from '../support/lines.ts'
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
    'of an agent with a file channel: no line that was answered is lost',
    async () => {
      using folder = temporaryFolder()
      const { path } = folder
      mkdirSync(join(path, 'out'), { recursive: true })
      const port = await freePort()
      const file = netcatToFileChannel(path, port)
      let acknowledged = 0
      for (let round = 0; round < kills; round++) {
        await using agent = startAgentProcess(path, file)
        await agent.printed(listening)
        const talker = new Talker(port, acknowledged, numberedLine)
        const wanted = acknowledged + (round % 3 === 0 ? 1 : 2000)
        await until(() => talker.acknowledged >= wanted, 'the answers', 60_000)
        await agent.stop('SIGKILL')
        talker.end()
        acknowledged = talker.acknowledged
      }
      await using last = startAgentProcess(path, file)
      await last.printed(listening)
      await until(
        () => outputLines(path).some((line) => line === numberedLine(acknowledged - 1)),
        'the last line',
        60_000,
      )
      expect(await last.stop()).toBe(143)
      const lines = outputLines(path)
      const { lost, repeated, strange } = arrivals(lines, acknowledged)
      const invented = strange.filter((line) => !isTorn(line) && !/^line \d+ of a log/.test(line))
      console.log(
        `kill -9 of an agent with a file channel, ${kills} times: put ${acknowledged} acknowledged, taken ${lines.length}, lost ${lost.length}, repeated ${repeated}`,
      )
      expect({ lost, invented }).toEqual({ lost: [], invented: [] })
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
    const talker = new Talker(port, 0, numberedLine)
    await until(() => talker.acknowledged > 20_000, 'the first answers', 60_000)
    disk.fill()
    await until(() => talker.refusals > 0, 'a refusal', 60_000)
    await stuck.printed(/Channel c1 takes no events: .* must stay free/)
    const { acknowledged } = talker
    talker.end()
    await stuck.stop('SIGKILL')
    // The sink can store now, and the disk is still full.
    await using agent = startAgentProcess(path, netcatToFileChannel(path, port, channel))
    await until(
      () => outputLines(path).some((line) => line === numberedLine(acknowledged - 1)),
      'the last line',
      60_000,
    )
    expect(await agent.stop()).toBe(143)
    const { lost } = arrivals(outputLines(path), acknowledged)
    console.log(`a full disk under the file channel: ${acknowledged} acknowledged, lost ${lost.length}`)
    expect(lost).toEqual([])
    disk.free()
  })
})
