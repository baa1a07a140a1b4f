/** Disks that fail under the file channel of a running agent. They are mounted for it, which takes root: without, these are left out by name. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, numberedLine } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { freePort } from '../support/port.ts'
import { journalledDisk, mayMount, mayMountImages, smallDisk } from '../support/small-disk.ts'
import { netcatToFileChannel, Talker } from '../support/talker.ts'

if (!mayMount) console.log('Left out, as only root may mount disks: the file channel on a disk that fills.')
if (!mayMountImages)
  console.log(
    'Left out, as it takes root, loop devices and mkfs.ext4: the file channel on a disk that turns read-only.',
  )

const listening = /Source r1 listens on/
const lineBytes = 400
const longLine = (n: number): string => numberedLine(n).padEnd(lineBytes, '.')

/** The lines in the sink's files, without what filled them up. */
const linesOut = (folder: string): string[] => outputLines(folder).map((line) => line.replace(/\.+$/, ''))

/** Talks on, over new connections where it is refused, until so many lines were answered. */
const talkOn = async (port: number, from: number, goal: number): Promise<number> => {
  let acknowledged = from
  await until(
    async () => {
      const talker = new Talker(port, acknowledged, longLine)
      await until(() => talker.refusals > 0 || talker.acknowledged >= goal, 'answers', 60_000)
      acknowledged = talker.acknowledged
      talker.end()
      return acknowledged >= goal
    },
    'a disk with room again',
    120_000,
  )
  return acknowledged
}

describe('the file channel in an agent', () => {
  it.runIf(mayMount)(
    'on a disk of 64 MB that it fills: puts are refused, takes go on, space comes back, nothing is lost',
    async () => {
      using folder = temporaryFolder()
      using disk = smallDisk(64)
      const { path } = folder
      // The sink stores nothing as long as this is a file.
      const gate = join(path, 'gate')
      writeFileSync(gate, '')
      const port = await freePort()
      const channel = { checkpointDir: `${disk.path}/checkpoint`, dataDirs: `${disk.path}/data` }
      const sink = { type: 'file_roll', 'sink.directory': `${gate}/out`, 'sink.rollInterval': 0 }
      await using agent = startAgentProcess(path, netcatToFileChannel(path, port, channel, sink))
      await agent.printed(listening)
      const talker = new Talker(port, 0, longLine)
      await until(() => talker.refusals > 0, 'a refusal', 60_000)
      const full = talker.acknowledged
      talker.end()
      expect(full * lineBytes).toBeGreaterThan(50_000_000)
      await agent.printed(/Channel c1 takes no events: .* must stay free/)
      rmSync(gate)
      mkdirSync(join(gate, 'out'), { recursive: true })
      const acknowledged = await talkOn(port, full, full + 50_000)
      await until(() => linesOut(gate).includes(numberedLine(acknowledged - 1)), 'the last line', 60_000)
      expect(await agent.stop()).toBe(143)
      const { lost, repeated, strange } = arrivals(linesOut(gate), acknowledged)
      const invented = strange.filter((line) => !/^line \d+ of a log that must arrive whole$/.test(line))
      console.log(
        `a disk of 64 MB that the file channel fills: put ${full} until it was full, ${acknowledged} in all, lost ${lost.length}, repeated ${repeated}`,
      )
      expect({ lost, invented }).toEqual({ lost: [], invented: [] })
    },
  )

  it.runIf(mayMountImages)(
    'on a disk that turns read-only: the agent says so and stays; once the disk is mounted anew nothing is lost',
    async () => {
      using folder = temporaryFolder()
      using disk = journalledDisk(64)
      const { path } = folder
      mkdirSync(join(path, 'out'))
      const port = await freePort()
      const channel = { checkpointDir: `${disk.path}/checkpoint`, dataDirs: `${disk.path}/data` }
      const file = netcatToFileChannel(path, port, channel)
      await using agent = startAgentProcess(path, file)
      await agent.printed(listening)
      const talker = new Talker(port, 0, numberedLine)
      await until(() => talker.acknowledged > 5000, 'the first answers', 60_000)
      disk.turnReadOnly()
      await until(() => talker.refusals > 0, 'a refusal', 60_000)
      const { acknowledged } = talker
      talker.end()
      await agent.printed(/Channel c1 could not store or read events: (EROFS|EIO)/)
      // Another client is heard and refused as well: the agent has not ended.
      const later = new Talker(port, acknowledged, numberedLine)
      await until(() => later.refusals > 0, 'another refusal', 60_000)
      expect(later.acknowledged).toBe(acknowledged)
      later.end()
      expect(await agent.stop()).toBe(143)
      expect(agent.output).toMatch(/Channel c1 did not close in order: EROFS/)
      disk.mountAnew()
      await using again = startAgentProcess(path, file)
      await again.printed(listening)
      await until(() => outputLines(path).includes(numberedLine(acknowledged - 1)), 'the last line', 60_000)
      const more = new Talker(port, acknowledged, numberedLine)
      await until(() => more.acknowledged > acknowledged + 1000, 'answers again', 60_000)
      more.end()
      const last = more.acknowledged
      await until(() => outputLines(path).includes(numberedLine(last - 1)), 'the last line', 60_000)
      expect(await again.stop()).toBe(143)
      const { lost, repeated } = arrivals(outputLines(path), last)
      console.log(
        `a disk that turns read-only under the file channel: put ${acknowledged} until then, ${last} in all, lost ${lost.length}, repeated ${repeated}`,
      )
      expect(lost).toEqual([])
    },
  )
})
