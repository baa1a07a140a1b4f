/** A topic that is not there, on a broker that creates none: the events wait until somebody creates it. */
import { writeFileSync } from 'node:fs'
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
import { run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { storedPosition } from '../support/output.ts'
import { fileToTopic, kafkaSource, pipeline } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const createTopic = (port: number, topic: string): Promise<string> =>
  run(bin('kafka-topics.sh'), ['--create', '--topic', topic, '--bootstrap-server', `127.0.0.1:${port}`])

describe('a topic that is not there, and is not created by itself', () => {
  it('is asked for once by the sink; the events wait, and all arrive once it is created', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    await using _broker = await startBrokerProcess(
      writeServerProperties(path, port, 'auto.create.topics.enable=false\n'),
    )
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 20_000))
    await using agent = startAgentProcess(path, fileToTopic(path, port))
    const [said] = await agent.printed(/^.*Sink k1 .*weblog.*$/m)
    expect(said).toContain('Topic weblog does not exist, and the broker does not create it')
    expect(said).toContain('kafka-topics.sh --create --topic weblog')
    expect(said).toContain('They wait in channel c1')
    expect(storedPosition(path)).toBe(0)
    expect(await createTopic(port, 'weblog')).toContain('Created topic weblog.')
    const { length } = numberedLines(0, 20_000)
    await until(() => storedPosition(path) === length, 'the position of the last line')
    await agent.stop()
    expect(arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 20_000)).toEqual({
      lost: [],
      repeated: 0,
      strange: [],
    })
    expect(agent.times(/(WARN|ERROR) /)).toBe(1)
    expect(agent.times(/INFO .*Sink k1 stores events again/)).toBe(1)
  })

  it('is waited for by the source, which reads it from its beginning', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const port = await freePort()
    await using _broker = await startBrokerProcess(
      writeServerProperties(path, port, 'auto.create.topics.enable=false\n'),
    )
    const source = kafkaSource(port, { 'kafka.consumer.metadata.max.age.ms': 500 })
    await using agent = startAgentProcess(path, pipeline({ source, sink: { type: 'logger' } }))
    await agent.printed(/(WARN|ERROR) .*weblog/)
    await createTopic(port, 'weblog')
    const producer = ['--bootstrap-server', `127.0.0.1:${port}`, '--topic', 'weblog']
    await run(bin('kafka-console-producer.sh'), producer, { input: 'hello\nworld\n' })
    await agent.printed(/Event: .*hello[\s\S]*Event: .*world/)
    expect(agent.times(/(WARN|ERROR) .*weblog/)).toBe(1)
  })
})
