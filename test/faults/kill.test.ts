import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  readTopic,
  startAgentProcess,
  startBrokerProcess,
  temporaryFolder,
  writeServerProperties,
} from '../support/agent.ts'
import { until } from '../fakes/until.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { fileToTopic } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const kills = 20
const linesPerKill = 4000

/** Appends a round of lines in small pieces, some turns apart, so that a kill falls into the middle of the work. */
const write = async (live: string, round: number): Promise<void> => {
  const piece = linesPerKill / 40
  for (let i = 0; i < 40; i++) {
    const from = round * linesPerKill + i * piece
    appendFileSync(live, numberedLines(from, from + piece))
    for (let t = 0; t < 5 + (round % 7) * 3; t++) await turn()
  }
}

/** The position in the file; 0 while none was stored. */
const storedPosition = (folder: string): number => {
  if (!existsSync(join(folder, 'positions.json'))) return 0
  const [entry] = JSON.parse(readFileSync(join(folder, 'positions.json'), 'utf8')) as { pos: number }[]
  return entry?.pos ?? 0
}

/** Waits until the agent has stored the position of the file's end: everything has settled. */
const through = (folder: string, live: string): Promise<void> =>
  until(() => storedPosition(folder) === readFileSync(live).length, 'the last position', 60_000)

describe('kill -9 in a loop', () => {
  it('of the agent loses nothing', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    const live = join(folder.path, 'access.log')
    writeFileSync(live, '')
    await using broker = await startBrokerProcess(writeServerProperties(join(folder.path, 'broker'), port))
    for (let round = 0; round < kills; round++) {
      await using agent = startAgentProcess(folder.path, fileToTopic(folder.path, port))
      await agent.printed(/SOURCE, name: r1 started/)
      const before = storedPosition(folder.path)
      await write(live, round)
      // Every other kill comes before a position could be stored, the others after: both what is repeated and what is gone on from is tried.
      if (round % 2 === 1) await until(() => storedPosition(folder.path) > before, 'a position to be stored')
      await agent.stop('SIGKILL')
    }
    await using last = startAgentProcess(folder.path, fileToTopic(folder.path, port))
    await last.printed(/SOURCE, name: r1 started/)
    await through(folder.path, live)
    await last.stop()
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), kills * linesPerKill)
    console.log(`kill -9 of the agent, ${kills} times: ${found.lost.length} lost, ${found.repeated} repeated`)
    expect(found).toMatchObject({ lost: [], strange: [] })
    await broker.stop()
  })

  it('of the broker loses nothing', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    const config = writeServerProperties(join(folder.path, 'broker'), port)
    const live = join(folder.path, 'access.log')
    writeFileSync(live, '')
    await using agent = startAgentProcess(folder.path, fileToTopic(folder.path, port))
    for (let round = 0; round < kills; round++) {
      await using broker = await startBrokerProcess(config)
      await write(live, round)
      await broker.stop('SIGKILL')
    }
    await using last = await startBrokerProcess(config)
    await through(folder.path, live)
    await agent.stop()
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), kills * linesPerKill)
    console.log(`kill -9 of the broker, ${kills} times: ${found.lost.length} lost, ${found.repeated} repeated`)
    expect(found).toMatchObject({ lost: [], strange: [] })
    await last.stop()
  })
})
