/** kill -9 in a loop, in the middle of the work: nothing is lost, and no more is repeated than was not settled. The counts are printed. */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import {
  readTopic,
  startAgentProcess,
  startBrokerProcess,
  temporaryFolder,
  writeServerProperties,
} from '../support/agent.ts'
import { GrowingLog } from '../support/growing-log.ts'
import { arrivals } from '../support/lines.ts'
import { storedPosition } from '../support/output.ts'
import { fileToTopic } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const kills = 20

/** Waits until the agent has stored the position of the file's end: everything has settled. */
const through = (folder: string, log: GrowingLog): Promise<void> =>
  until(() => storedPosition(folder) === log.size, 'the last position', 60_000)

/** Every third kill comes early, the others once a position of this life was stored. */
const isSoonEnough = (folder: string, round: number): (() => boolean) => {
  const before = storedPosition(folder)
  return () => round % 3 === 0 || storedPosition(folder) > before
}

describe('kill -9 in a loop', () => {
  it('of the agent: nothing is lost, and what is repeated had not settled', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const log = new GrowingLog(join(path, 'access.log'))
    await using broker = await startBrokerProcess(writeServerProperties(join(path, 'broker'), port))
    let unsettled = 0
    let inTheMiddle = 0
    for (let round = 0; round < kills; round++) {
      await using agent = startAgentProcess(path, fileToTopic(path, port))
      await agent.printed(/SOURCE, name: r1 started/)
      await log.grow(2000, isSoonEnough(path, round))
      await agent.stop('SIGKILL')
      const behind = log.linesBehind(storedPosition(path))
      unsettled += behind
      if (behind > 0 && storedPosition(path) > 0) inTheMiddle++
    }
    await using last = startAgentProcess(path, fileToTopic(path, port))
    await last.printed(/SOURCE, name: r1 started/)
    await through(path, log)
    expect(await last.stop()).toBe(143)
    const { lost, repeated, strange } = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), log.count)
    console.log(
      `kill -9 of the agent, ${kills} times, ${inTheMiddle} of them in the middle of ${log.count} lines: ` +
        `${lost.length} lost, ${repeated} repeated of ${unsettled} unsettled`,
    )
    expect({ lost, strange }).toEqual({ lost: [], strange: [] })
    expect(inTheMiddle).toBeGreaterThan(kills / 2)
    expect(repeated).toBeLessThanOrEqual(unsettled)
    expect(await broker.stop()).toBe(0)
  })

  it('of the broker: nothing that it acknowledged is gone, and the agent goes on by itself', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const config = writeServerProperties(join(path, 'broker'), port)
    const log = new GrowingLog(join(path, 'access.log'))
    await using agent = startAgentProcess(path, fileToTopic(path, port))
    for (let round = 0; round < kills; round++) {
      await using broker = await startBrokerProcess(config)
      await log.grow(2000, isSoonEnough(path, round))
      await broker.stop('SIGKILL')
    }
    await using last = await startBrokerProcess(config)
    await through(path, log)
    expect(await agent.stop()).toBe(143)
    const { lost, repeated, strange } = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), log.count)
    console.log(
      `kill -9 of the broker, ${kills} times in ${log.count} lines: ${lost.length} lost, ${repeated} repeated`,
    )
    expect({ lost, strange }).toEqual({ lost: [], strange: [] })
    expect(repeated).toBe(0)
    expect(await last.stop()).toBe(0)
  })

  it('of the broker in the middle of a write: the torn tail is cut, and that is said', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const config = writeServerProperties(join(path, 'broker'), port)
    const log = new GrowingLog(join(path, 'access.log'))
    await using agent = startAgentProcess(path, fileToTopic(path, port))
    for (let round = 0; round < 5; round++) {
      await using broker = await startBrokerProcess(config)
      if (round > 0) await broker.printed(/WARN weblog-0.*: cut \d+ bytes behind offset \d+ that were no whole batches/)
      await log.grow(2000, isSoonEnough(path, 1))
      await broker.stop('SIGKILL')
      // What a write leaves that was cut short: the beginning of a batch, here of the first.
      const segment = join(path, 'broker', 'kafka-logs', 'weblog-0', '00000000000000000000.log')
      appendFileSync(segment, readFileSync(segment).subarray(0, [7, 61, 200, 1000][round]))
    }
    await using last = await startBrokerProcess(config)
    await through(path, log)
    expect(await agent.stop()).toBe(143)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), log.count)
    expect(found).toEqual({ lost: [], repeated: 0, strange: [] })
    expect(await last.stop()).toBe(0)
  })
})
