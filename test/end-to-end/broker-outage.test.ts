/** A broker that is away: the events wait in the channel, the source is held back, nothing is lost or repeated, and the log says it once. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import {
  bin,
  readTopic,
  startAgentProcess,
  startBrokerProcess,
  temporaryFolder,
  writeServerProperties,
} from '../support/agent.ts'
import { type Child, run } from '../support/child.ts'
import { GrowingLog } from '../support/growing-log.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { fileRoll, fileToTopic, kafkaSink, kafkaSource, pipeline, taildir } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

type Metrics = Readonly<Record<string, Readonly<Record<string, string>>>>

/** One WARN when it went down and one INFO when it came back. */
const saidOnce = (agent: Child): void => {
  expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(1)
  expect(agent.times(/\[INFO .* again\b/), agent.output).toBe(1)
}

describe('a broker', () => {
  it('that is down at the start', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const lines = numberedLines(0, 50_000)
    writeFileSync(join(path, 'access.log'), lines)
    await using agent = startAgentProcess(path, fileToTopic(path, port))
    await agent.printed(/\[WARN .*127\.0\.0\.1/)
    expect(storedPosition(path)).toBe(0)
    await using _broker = await startBrokerProcess(writeServerProperties(path, port))
    await until(() => storedPosition(path) === lines.length, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 50_000)
    expect(found).toEqual({ lost: [], repeated: 0, strange: [] })
    saidOnce(agent)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)('that goes down in the middle by %s', async (signal) => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 5000))
    const config = writeServerProperties(path, port)
    await using first = await startBrokerProcess(config)
    await using agent = startAgentProcess(path, fileToTopic(path, port))
    await until(() => storedPosition(path) > 0, 'the first position')
    await first.stop(signal)
    for (let n = 5000; n < 100_000; n += 5000) appendFileSync(live, numberedLines(n, n + 5000))
    await agent.printed(/\[WARN .*127\.0\.0\.1/)
    await using second = await startBrokerProcess(config)
    const { length } = numberedLines(0, 100_000)
    await until(() => storedPosition(path) === length, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 100_000)
    expect(found).toEqual({ lost: [], repeated: 0, strange: [] })
    saidOnce(agent)
    await second.stop()
  })

  it('that is down for longer than delivery.timeout.ms', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const log = new GrowingLog(join(path, 'access.log'))
    log.append(5000)
    const config = writeServerProperties(path, port)
    await using first = await startBrokerProcess(config)
    const impatient = { 'kafka.producer.delivery.timeout.ms': 600, 'kafka.producer.request.timeout.ms': 500 }
    const properties = pipeline({ source: taildir(path), sink: kafkaSink(port, impatient) })
    const metrics = await freePort()
    const more = ['type=http', 'bind=127.0.0.1', `port=${metrics}`].map((word) => `-Dflume.monitoring.${word}`)
    await using agent = startAgentProcess(path, properties, { more })
    await agent.printed(/Metrics are served/)
    await until(() => storedPosition(path) === log.size, 'the first position')
    await first.stop('SIGKILL')
    log.append(50_000)
    const failures = async (): Promise<number> => {
      const counters = (await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).json()) as Metrics
      return Number(counters['SINK.k1']?.['EventWriteFail'])
    }
    await until(async () => (await failures()) >= 3, 'writes to have failed three times')
    await using _second = await startBrokerProcess(config)
    await until(() => storedPosition(path) === log.size, 'the position of the last line')
    expect(await agent.stop()).toBe(143)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), log.count)
    expect(found).toEqual({ lost: [], repeated: 0, strange: [] })
    saidOnce(agent)
  })

  it('that a source reads from is down at the start, and later', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const config = writeServerProperties(path, port)
    const bridge = pipeline({ source: kafkaSource(port), sink: fileRoll(path) })
    await using agent = startAgentProcess(path, bridge)
    await agent.printed(/\[WARN .*127\.0\.0\.1/)
    const topic = ['--bootstrap-server', `127.0.0.1:${port}`, '--topic', 'weblog']
    for (let round = 0; round < 3; round++) {
      await using broker = await startBrokerProcess(config)
      const input = numberedLines(round * 1000, (round + 1) * 1000)
      await run(bin('kafka-console-producer.sh'), topic, { input })
      await until(() => outputLines(path).length >= (round + 1) * 1000, 'the lines of the round')
      if (round === 2) expect(await agent.stop()).toBe(143)
      else await broker.stop()
      await until(() => round === 2 || agent.times(/\[WARN /) === round + 2, 'the WARN of the outage')
    }
    expect(arrivals(outputLines(path), 3000)).toMatchObject({ lost: [], strange: [] })
    expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(3)
    expect(agent.times(/\[INFO .* again\b/), agent.output).toBe(3)
  })
})

describe('an agent that is stopped while the broker is down', () => {
  it('ends within the grace period, its positions lag, and the next start delivers the rest once', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 1000))
    const config = writeServerProperties(path, port)
    await using first = await startBrokerProcess(config)
    const more = ['-Dmillrace.grace.seconds=1']
    await using agent = startAgentProcess(path, fileToTopic(path, port), { more })
    const settled = numberedLines(0, 1000).length
    await until(() => storedPosition(path) === settled, 'the first position')
    await first.stop('SIGKILL')
    appendFileSync(live, numberedLines(1000, 30_000))
    await agent.printed(/\[WARN .*127\.0\.0\.1/)
    const startMs = performance.now()
    expect(await agent.stop()).toBe(143)
    expect(performance.now() - startMs).toBeLessThan(5000)
    expect(storedPosition(path)).toBe(settled)
    const [, held] = await agent.printed(/Events in [\d,]+, out 1,000, dropped 0, held ([\d,]+);/)
    expect(Number(held?.replace(',', ''))).toBeGreaterThan(0)
    // The source is held back long before the channel is full.
    expect(Number(held?.replace(',', ''))).toBeLessThanOrEqual(6000)
    await using _second = await startBrokerProcess(config)
    await using again = startAgentProcess(path, fileToTopic(path, port))
    const { length } = numberedLines(0, 30_000)
    await until(() => storedPosition(path) === length, 'the position of the last line')
    expect(await again.stop()).toBe(143)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 30_000)
    expect(found).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})
