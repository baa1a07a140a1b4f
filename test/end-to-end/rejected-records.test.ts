/** A record that the broker takes never: it blocks its sink with one ERROR that names the cure, or goes to a side folder while the rest flows. */
import { readFileSync, writeFileSync } from 'node:fs'
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
import { arrivals, numberedLines } from '../support/lines.ts'
import { storedPosition } from '../support/output.ts'
import { kafkaSink, pipeline, taildir } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const large = 'x'.repeat(25_000)
/** In the middle of a write, with others in flight behind it. */
const before = numberedLines(0, 1250)
const input = `${before}${large}\n${numberedLines(1250, 3000)}`

const toTopic = (folder: string, port: number, onReject: string): string =>
  pipeline({ source: taildir(folder), sink: kafkaSink(port, { onReject, flumeBatchSize: 100 }) })

describe("a record above the broker's message.max.bytes", () => {
  it('with onReject = block is said once, holds the rest back, and goes through once the limit is raised', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    await using small = await startBrokerProcess(writeServerProperties(path, port, 'message.max.bytes=20000\n'))
    writeFileSync(join(path, 'access.log'), input)
    await using agent = startAgentProcess(path, toTopic(path, port, 'block'))
    const [said] = await agent.printed(/^.*\[ERROR .*Sink k1 is blocked by 1 event .*$/m)
    expect(said).toContain('onReject = quarantine')
    expect(said).toContain('message.max.bytes')
    expect(storedPosition(path)).toBeLessThanOrEqual(before.length)
    await small.stop()
    await using _large = await startBrokerProcess(writeServerProperties(path, port))
    await until(() => storedPosition(path) === input.length, 'the position of the last line', 40_000)
    expect(await agent.stop()).toBe(143)
    const lines = await readTopic(`127.0.0.1:${port}`, 'weblog')
    expect(lines.filter((line) => line === large)).toHaveLength(1)
    expect(arrivals(lines, 3000)).toEqual({ lost: [], repeated: 0, strange: [expect.stringMatching(/^x+$/)] })
    expect(agent.times(/\[ERROR /), agent.output).toBe(1)
  })

  it('with onReject = quarantine is set aside whole, and the rest flows', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    await using _broker = await startBrokerProcess(writeServerProperties(path, port, 'message.max.bytes=20000\n'))
    writeFileSync(join(path, 'access.log'), input)
    await using agent = startAgentProcess(path, toTopic(path, port, 'quarantine'))
    await until(() => storedPosition(path) === input.length, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    expect(arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 3000)).toEqual({
      lost: [],
      repeated: 0,
      strange: [],
    })
    const side = readFileSync(join(path, 'data', 'rejected', 'a1', 'k1.rejected.jsonl'), 'utf8')
    const { body, sink, reason } = JSON.parse(side) as { body: string; sink: string; reason: string }
    expect(Buffer.from(body, 'base64').toString()).toBe(large)
    expect([sink, reason]).toEqual(['k1', expect.stringContaining('message.max.bytes')])
    expect(agent.times(/\[ERROR .*rejects 1 event: .*Quarantined in /), agent.output).toBe(1)
    expect(agent.output).toContain('Events in 3,001, out 3,000, dropped 1, held 0;')
  })
})
