/** kill -9 of an agent with its own broker inside: both die at once, and both go on where they were. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { GrowingLog } from '../support/growing-log.ts'
import { arrivals, isTorn } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { freePort } from '../support/port.ts'

const kills = 20

/** A log into a topic, and the topic into files, in one agent. */
const weblog = (folder: string, port: number): string => `
a1.sources = r1 r2
a1.channels = c1 c2
a1.sinks = k1 k2
a1.channels.c1.type = memory
a1.channels.c1.transactionCapacity = 1000
a1.channels.c1.capacity = 10000
a1.channels.c2.type = memory
a1.channels.c2.transactionCapacity = 1000
a1.channels.c2.capacity = 10000
a1.sources.r1.type = TAILDIR
a1.sources.r1.filegroups = f
a1.sources.r1.filegroups.f = ${folder}/access\\\\.log
a1.sources.r1.positionFile = ${folder}/positions.json
a1.sources.r1.channels = c1
a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink
a1.sinks.k1.kafka.bootstrap.servers = 127.0.0.1:${port}
a1.sinks.k1.kafka.topic = weblog
a1.sinks.k1.channel = c1
a1.sources.r2.type = org.apache.flume.source.kafka.KafkaSource
a1.sources.r2.kafka.bootstrap.servers = 127.0.0.1:${port}
a1.sources.r2.kafka.topics = weblog
a1.sources.r2.kafka.consumer.group.id = bridge
a1.sources.r2.kafka.consumer.auto.offset.reset = earliest
a1.sources.r2.kafka.consumer.session.timeout.ms = 1000
a1.sources.r2.kafka.consumer.heartbeat.interval.ms = 100
a1.sources.r2.channels = c2
a1.sinks.k2.type = file_roll
a1.sinks.k2.sink.directory = ${folder}/out
a1.sinks.k2.sink.rollInterval = 0
a1.sinks.k2.channel = c2
`

it('kill -9 in a loop of an agent with its broker loses nothing', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  mkdirSync(join(path, 'out'))
  const port = await freePort()
  const broker = writeServerProperties(join(path, 'broker'), port, 'group.min.session.timeout.ms=500\n')
  const log = new GrowingLog(join(path, 'access.log'))
  for (let round = 0; round < kills; round++) {
    await using agent = startAgentProcess(path, weblog(path, port), { broker })
    await agent.printed(/SOURCE, name: r1 started/)
    const before = storedPosition(path)
    await log.grow(2000, () => round % 3 === 0 || storedPosition(path) > before)
    await agent.stop('SIGKILL')
  }
  await using last = startAgentProcess(path, weblog(path, port), { broker })
  await last.printed(/SOURCE, name: r1 started/)
  await until(() => storedPosition(path) === log.size, 'the last position', 60_000)
  await until(() => outputLines(path).length >= log.count, 'as many lines in the files', 60_000)
  await until(() => arrivals(outputLines(path), log.count).lost.length === 0, 'every line in the files', 60_000)
  expect(await last.stop()).toBe(143)
  const { lost, repeated, strange } = arrivals(outputLines(path), log.count)
  console.log(
    `kill -9 of an agent with its broker, ${kills} times in ${log.count} lines: ${lost.length} lost, ${repeated} repeated, ${strange.length} torn`,
  )
  expect(lost).toEqual([])
  expect(strange.filter((line) => !isTorn(line))).toEqual([])
})
