import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { bin, startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { sharedBroker } from '../support/broker.ts'
import { Child } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { fileToTopic } from '../support/pipelines.ts'
import { root } from '../tidy/tree.ts'
import { kafkaTool } from './counterparts/apache-kafka.ts'
import { sharedApacheKafka } from './shared-apache-kafka.ts'

const count = 5000

const linesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line !== '')

describe('our agent on a real Apache Kafka 4.3', () => {
  const { bootstrap } = sharedApacheKafka()

  const consumeAll = async (topic: string): Promise<string[]> => {
    const output = await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      '--bootstrap-server',
      bootstrap(),
      '--topic',
      topic,
      '--from-beginning',
      '--timeout-ms',
      '8000',
    ])
    return output.split('\n').filter((line) => line.startsWith('line '))
  }

  it('takes a file into a topic', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'access.log'), numberedLines(0, count))
    const port = Number(bootstrap().split(':')[1])
    await using agent = startAgentProcess(folder.path, fileToTopic(folder.path, port))
    const positions = join(folder.path, 'positions.json')
    const size = numberedLines(0, count).length
    await until(
      () => {
        const entry = readdirSync(folder.path).includes('positions.json') ? readFileSync(positions, 'utf8') : ''
        return entry.includes(`"pos":${size}`)
      },
      'the position of the end of the file',
      60_000,
    )
    await agent.stop()
    expect(arrivals(await consumeAll('weblog'), count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('shares a consumer group between two agents, and hands over when one stops', async () => {
    using folder = temporaryFolder()
    const example = join(folder.path, 'kafka-cluster.properties')
    copyFileSync(join(root, 'examples/kafka-cluster/kafka-cluster.properties'), example)
    mkdirSync(join(folder.path, 'data/a1'), { recursive: true })
    mkdirSync(join(folder.path, 'data/a2'), { recursive: true })
    const topic = ['--bootstrap-server', bootstrap(), '--topic', 'weblog']
    await kafkaTool('org.apache.kafka.tools.TopicCommand', [...topic, '--delete'])
    await kafkaTool('org.apache.kafka.tools.TopicCommand', [...topic, '--create', '--partitions', '4'])
    const start = (name: string): Child =>
      new Child(
        bin('flume-ng'),
        ['agent', '-n', name, '-c', folder.path, '-f', example, '-Dflume.root.logger=INFO,console'],
        {
          cwd: folder.path,
          env: { BOOTSTRAP: bootstrap() },
        },
      )
    await using first = start('a1')
    await first.printed(/topic weblog - partition 3 assigned/)
    await using second = start('a2')
    await second.printed(/topic weblog - partition \d assigned/)
    const produce = async (from: number, to: number): Promise<void> => {
      await kafkaTool('org.apache.kafka.tools.ConsoleProducer', topic, numberedLines(from, to))
    }
    await produce(0, count)
    await until(() => linesBelow(join(folder.path, 'data')).length >= count, 'the first lines', 60_000)
    await first.stop()
    await produce(count, 2 * count)
    await until(
      () => linesBelow(join(folder.path, 'data')).length >= 2 * count,
      'the lines after the hand-over',
      60_000,
    )
    await second.stop()
    expect(arrivals(linesBelow(join(folder.path, 'data')), 2 * count)).toMatchObject({ lost: [], strange: [] })
  })
})

describe("Apache Kafka's own tools on our broker", () => {
  const { bootstrap, folder, stop } = sharedBroker()

  it('create, describe and list topics, produce and consume', async () => {
    const topic = ['--bootstrap-server', bootstrap(), '--topic', 'java']
    expect(
      await kafkaTool('org.apache.kafka.tools.TopicCommand', [...topic, '--create', '--partitions', '2']),
    ).toContain('Created topic java.')
    expect(await kafkaTool('org.apache.kafka.tools.TopicCommand', [...topic, '--describe'])).toMatch(
      /PartitionCount: 2/,
    )
    await kafkaTool('org.apache.kafka.tools.ConsoleProducer', topic, numberedLines(0, count))
    const read = await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...topic,
      '--from-beginning',
      '--max-messages',
      String(count),
      '--group',
      'java',
    ])
    const lines = read.split('\n').filter((line) => line.startsWith('line '))
    expect(arrivals(lines, count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('find nothing to say about the files that a stop leaves on disk', async () => {
    await stop()
    const partition = join(folder, 'kafka-logs', 'java-0')
    const segment = join(partition, '00000000000000000000.log')
    const dump = await kafkaTool('org.apache.kafka.tools.DumpLogSegments', ['--deep-iteration', '--files', segment])
    expect(dump).toContain('isvalid: true')
    expect(dump).not.toMatch(/isvalid: false|[Mm]ismatch|Found invalid/)
    const index = join(partition, '00000000000000000000.index')
    const checked = await kafkaTool('org.apache.kafka.tools.DumpLogSegments', [
      '--index-sanity-check',
      '--files',
      index,
    ])
    expect(checked).toContain('passed sanity check')
  })
})
