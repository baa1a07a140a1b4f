import { createReadStream, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inputFile, Tally } from '../bench/input.ts'
import { tallyLines } from '../bench/topic.ts'
import { until } from '../fakes/until.ts'
import { startAgentProcess, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { freePort } from '../support/port.ts'

const events = 5_000_000

/** A file into a topic, and the topic into one file. */
const roundTrip = (folder: string, input: string, port: number): string => `
a1.sources = file topic
a1.channels = in out
a1.sinks = topic files
a1.channels.in.type = memory
a1.channels.in.capacity = 100000
a1.channels.in.transactionCapacity = 1000
a1.channels.out.type = memory
a1.channels.out.capacity = 100000
a1.channels.out.transactionCapacity = 1000
a1.sources.file.type = TAILDIR
a1.sources.file.channels = in
a1.sources.file.filegroups = f
a1.sources.file.filegroups.f = ${input.replaceAll('.', '\\\\.')}
a1.sources.file.positionFile = ${folder}/positions.json
a1.sources.file.batchSize = 1000
a1.sinks.topic.type = org.apache.flume.sink.kafka.KafkaSink
a1.sinks.topic.channel = in
a1.sinks.topic.kafka.bootstrap.servers = 127.0.0.1:${port}
a1.sinks.topic.kafka.topic = weblog
a1.sinks.topic.flumeBatchSize = 1000
a1.sources.topic.type = org.apache.flume.source.kafka.KafkaSource
a1.sources.topic.channels = out
a1.sources.topic.kafka.bootstrap.servers = 127.0.0.1:${port}
a1.sources.topic.kafka.topics = weblog
a1.sources.topic.kafka.consumer.group.id = files
a1.sources.topic.kafka.consumer.auto.offset.reset = earliest
a1.sinks.files.type = file_roll
a1.sinks.files.channel = out
a1.sinks.files.sink.directory = ${folder}/out
a1.sinks.files.sink.rollInterval = 0
a1.sinks.files.sink.batchSize = 1000
`

/** The one file of the output. */
const outputFile = (folder: string): string => join(folder, 'out', readdirSync(join(folder, 'out'))[0] ?? 'none')

const outputBytes = (folder: string): number => {
  const file = outputFile(folder)
  return existsSync(file) ? statSync(file).size : 0
}

/** Where two files first differ, or undefined when they are the same. */
const firstDifference = async (a: string, b: string): Promise<number | undefined> => {
  const options = { highWaterMark: 1 << 20 }
  const other = createReadStream(b, options)[Symbol.asyncIterator]()
  let at = 0
  for await (const piece of createReadStream(a, options)) {
    const { value, done } = (await other.next()) as IteratorResult<Buffer, undefined>
    if (done === true || !value.equals(piece as Buffer)) return at
    at += value.length
  }
  return (await other.next()).done === true ? undefined : at
}

describe(`${events} lines from a file into a topic and back out into a file`, () => {
  it('arrive byte for byte', { timeout: 300_000 }, async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    mkdirSync(join(folder.path, 'out'))
    const input = inputFile(events)
    await using broker = await startBrokerProcess(writeServerProperties(join(folder.path, 'broker'), port))
    await using agent = startAgentProcess(folder.path, roundTrip(folder.path, input, port))
    await until(() => outputBytes(folder.path) >= statSync(input).size, 'the whole file', 240_000)
    await agent.stop()
    await broker.stop()
    expect(await firstDifference(input, outputFile(folder.path))).toBeUndefined()
  })

  it('are all there when the broker is killed with -9 in the middle', { timeout: 300_000 }, async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    mkdirSync(join(folder.path, 'out'))
    const input = inputFile(events)
    const config = writeServerProperties(join(folder.path, 'broker'), port)
    await using broker = await startBrokerProcess(config)
    await using agent = startAgentProcess(folder.path, roundTrip(folder.path, input, port))
    await until(() => outputBytes(folder.path) > statSync(input).size / 4, 'a quarter of the file', 240_000)
    await broker.stop('SIGKILL')
    await using again = await startBrokerProcess(config)
    await until(() => outputBytes(folder.path) >= statSync(input).size, 'the whole file', 240_000)
    await agent.stop()
    await again.stop()
    const tally = new Tally(events)
    await tallyLines(createReadStream(outputFile(folder.path)), tally)
    console.log(`broker killed in the middle of ${events} lines: ${tally.lost} lost, ${tally.repeated} repeated`)
    expect({ lost: tally.lost, strange: tally.strange }).toEqual({ lost: 0, strange: 0 })
  })
})
