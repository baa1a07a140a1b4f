/** The tools of Apache Kafka before 3, as far as they need no ZooKeeper, on our broker. */
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { Child, run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { tool as ours } from '../support/tool.ts'
import { kafkaBefore3 } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { oldConfigs, type Reach } from './old-configs.ts'
import { dumpsClean, dumpsWithFirstOffsets } from './old-dump.ts'
import { witness } from './witness.ts'

export interface OldRelease {
  readonly version: string
  /** The Scala that it was built with. */
  readonly scala: string
  /** What says that the newer consumer is meant, where there was another one. */
  readonly flag: readonly string[]
  /** From 2.2 on topics are managed without ZooKeeper. */
  readonly hasTopics?: boolean
  /** What its kafka-configs reaches without ZooKeeper. */
  readonly configs?: Reach
  /** Which offset of a batch its kafka-dump-log wants to see in an index; before 0.11 it cannot read the records. */
  readonly indexed?: 'first' | 'last'
}

const count = 3000

/** The lines of JSON that the verifiable tools print. */
const eventsOf = (printed: string): { readonly name?: string; readonly count?: number }[] =>
  printed.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as object] : []))

/** Tests of one release. */
export const oldTools = ({ version, scala, flag, hasTopics = false, configs, indexed }: OldRelease): void => {
  describe.runIf(has('javac', `Apache Kafka's tools ${version}`))(`the tools of Apache Kafka ${version}`, () => {
    const { bootstrap, folder, stop } = sharedBroker()
    const does = witness("Apache Kafka's tools", version)
    const java = (name: string, args: readonly string[]): string[] => ['-Xmx256m', '-cp', kafkaBefore3(version, scala), name, ...args] // prettier-ignore
    const tool = (name: string, args: readonly string[], input?: string): Promise<string> =>
      run('java', java(name, args), input === undefined ? {} : { input })
    const at = (): string[] => ['--bootstrap-server', bootstrap()]

    does('kafka-console-producer and -consumer', async () => {
      const lines = numberedLines(0, count)
      await tool('kafka.tools.ConsoleProducer', ['--broker-list', bootstrap(), '--topic', 'lines'], lines)
      const read = ['--topic', 'lines', '--from-beginning', '--max-messages', String(count)]
      const printed = await tool('kafka.tools.ConsoleConsumer', [...flag, ...at(), ...read])
      const arrived = printed.split('\n').filter((line) => line.startsWith('line '))
      expect(arrivals(arrived, count)).toEqual({ lost: [], repeated: 0, strange: [] })
    })

    does('kafka-consumer-groups', async () => {
      expect(await tool('kafka.admin.ConsumerGroupCommand', [...flag, ...at(), '--list'])).toContain(
        'console-consumer-',
      )
    })

    does('kafka-producer-perf-test and kafka-consumer-perf-test', async () => {
      const load = ['--topic', 'perf', '--num-records', '5000', '--record-size', '100', '--throughput', '100000']
      const config = ['--producer-props', `bootstrap.servers=${bootstrap()}`]
      expect(await tool('org.apache.kafka.tools.ProducerPerformance', [...load, ...config])).toContain('5000 records')
      const reading = ['--broker-list', bootstrap(), '--topic', 'perf', '--messages', '5000']
      expect(await tool('kafka.tools.ConsumerPerformance', [...flag, ...reading])).toMatch(/, 5000, /)
    })

    does('kafka-verifiable-producer and -consumer', async () => {
      const topic = ['--broker-list', bootstrap(), '--topic', 'verified', '--max-messages', '500']
      expect(await tool('org.apache.kafka.tools.VerifiableProducer', topic)).toMatch(/"sent":500/)
      const group = ['--group-id', 'verified', '--reset-policy', 'earliest']
      await using consumer = new Child('java', java('org.apache.kafka.tools.VerifiableConsumer', [...topic, ...group]))
      await consumer.printed(/^(?=.*"offsets_committed")(?=.*"success":true).*"offset":500\b/m)
      // before 1.1 it polls on after the last of its messages
      await consumer.stop()
      const read = eventsOf(consumer.output).filter(({ name }) => name === 'records_consumed')
      expect(read.reduce((sum, one) => sum + (one.count ?? 0), 0)).toBe(500)
      expect(consumer.output).toContain('"shutdown_complete"')
      const { out } = await ours('kafka-consumer-groups', [...at(), '--describe', '--group', 'verified'])
      expect(out).toMatch(/^verified +verified +0 +500 +500 +0 /m)
    })

    if (hasTopics)
      does('kafka-topics', async () => {
        const topic = [...at(), '--topic', 'grows']
        await tool('kafka.admin.TopicCommand', [...topic, '--create', '--partitions', '2'])
        await tool('kafka.admin.TopicCommand', [...topic, '--alter', '--partitions', '5'])
        expect(await tool('kafka.admin.TopicCommand', [...topic, '--describe'])).toContain('PartitionCount: 5')
        await tool('kafka.admin.TopicCommand', [...topic, '--delete'])
      })

    if (configs !== undefined)
      oldConfigs(does, configs, 'lines', (entity, ...args) =>
        tool('kafka.admin.ConfigCommand', [...at(), ...entity, ...args]),
      )

    const dump = (args: readonly string[]): Promise<string> => tool('kafka.tools.DumpLogSegments', args)
    const partition = (topic: string): string => join(folder, 'kafka-logs', `${topic}-0`)
    if (indexed === 'last')
      does('kafka-dump-log, on the files that a stop leaves', async () => {
        await stop()
        await dumpsClean(dump, partition('lines'), count)
      })
    if (indexed === 'first')
      does('kafka-dump-log, on the files that a stop leaves (indexes: see below)', async () => {
        const apart = ['--broker-list', bootstrap(), '--topic', 'apart', '--max-partition-memory-bytes', '1']
        await tool('kafka.tools.ConsoleProducer', apart, numberedLines(0, 300))
        await stop()
        await dumpsWithFirstOffsets(dump, partition('lines'), count)
        // in batches of one record both offsets are the same
        await dumpsClean(dump, partition('apart'), 300)
      })
  })
}
