/** The Kafka channel on a real Apache Kafka 4.3: what every channel must do, and an agent that is killed in the middle loses nothing. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { partsOf } from '../../channels/kafka/create-channel.ts'
import { KafkaChannel } from '../../channels/kafka/kafka-channel.ts'
import { kafkaChannelSettings, type KafkaChannelValues } from '../../channels/kafka/settings.ts'
import { Admin } from '../../src/client/admin.ts'
import { places } from '../../src/client/offset-lookup.ts'
import { clientOptions } from '../../src/client/options.ts'
import { channelConformance } from '../conformance/channel.ts'
import { fakeContext } from '../fakes/context.ts'
import { until } from '../fakes/until.ts'
import { valuesOf } from '../fakes/values.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, isTorn, numberedLines } from '../support/lines.ts'
import { outputLines, storedPosition } from '../support/output.ts'
import { fileRoll, pipeline, taildir } from '../support/pipelines.ts'
import { tool } from '../support/tool.ts'
import { sharedApacheKafka } from './shared-apache-kafka.ts'

const { bootstrap } = sharedApacheKafka()

/** Events of 20 MB need these, in the topic and in the channel. */
const bytesMax = String(32 * 1024 * 1024)
let topics = 0

const adminOf = (): Admin => {
  const [host = '', port = ''] = bootstrap().split(':')
  return new Admin(clientOptions({ bootstrap: [{ host, port: Number(port) }] }))
}

channelConformance(
  'kafka on Apache Kafka',
  async ({ clock, again }) => {
    if (again !== true) topics++
    const topic = `channel-${topics}`
    if (again !== true) {
      using admin = adminOf()
      const configs = [['max.message.bytes', bytesMax]] as const
      await admin.create({ topic, partitions: 1, replicationFactor: 1, assignment: [], configs })
    }
    const values = valuesOf(kafkaChannelSettings, {
      'kafka.bootstrap.servers': bootstrap(),
      'kafka.topic': topic,
      'kafka.consumer.group.id': topic,
      'kafka.producer.max.request.size': bytesMax,
      'kafka.consumer.fetch.max.wait.ms': '20',
    }) as unknown as KafkaChannelValues
    return new KafkaChannel({ ...partsOf(values, fakeContext()), clock })
  },
  { capacity: false, reopens: true, ordersLength: 4 },
)

const lines = 20_000

/** Events that a sink of batches of 100 may write before the group has the offset of the first. */
const aheadMax = 10_100

const sumOf = (all: readonly { readonly offset: number }[]): number => all.reduce((sum, { offset }) => sum + offset, 0)

it('goes on after kill -9, source and sink, with nothing lost', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  mkdirSync(join(path, 'out'))
  const name = ['--bootstrap-server', bootstrap(), '--topic', 'numbers']
  expect((await tool('kafka-topics', [...name, '--create', '--partitions', '3'])).code).toBe(0)
  const channel = {
    type: 'org.apache.flume.channel.kafka.KafkaChannel',
    'kafka.bootstrap.servers': bootstrap(),
    'kafka.topic': 'numbers',
    'kafka.consumer.session.timeout.ms': 6000,
  }
  const given = pipeline({ source: taildir(path), channel, sink: fileRoll(path) })
  const file = given.replaceAll(/^a1\.channels\.c1\.(?:capacity|transactionCapacity) .*$/gm, '')
  writeFileSync(join(path, 'access.log'), numberedLines(0, lines))
  for (let round = 0; round < 3; round++) {
    await using agent = startAgentProcess(path, file)
    const before = outputLines(path).length
    await until(() => outputLines(path).length > before, 'lines', 60_000)
    await agent.stop('SIGKILL')
  }
  await using last = startAgentProcess(path, file)
  await last.printed(/SOURCE, name: r1 started/)
  await until(() => storedPosition(path) === numberedLines(0, lines).length, 'the last position', 60_000)
  using admin = adminOf()
  await admin.topics()
  const partitions = [0, 1, 2].map((partition) => ({ topic: 'numbers', partition, timestampMs: places.latest }))
  const puts = sumOf(await admin.offsets(partitions))
  await until(async () => sumOf(await admin.groups.committed('flume')) === puts, 'the last commit', 120_000)
  expect(await last.stop()).toBe(143)
  const output = outputLines(path)
  const { lost, strange } = arrivals(output, lines)
  const takenAgain = output.length - puts
  console.log(
    `Kafka channel on Apache Kafka, killed 3 times in ${lines} lines: ${lost.length} lost, ` +
      `${puts - lines} put again by the source, ${takenAgain} taken again`,
  )
  expect(lost).toEqual([])
  expect(takenAgain).toBeLessThanOrEqual(3 * aheadMax)
  expect(strange.filter((line) => !isTorn(line))).toEqual([])
})
