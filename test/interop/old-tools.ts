/** The tools of Apache Kafka before 3, as far as they need no ZooKeeper, on our broker. */
import { describe, expect } from 'vitest'
import { run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { kafkaBefore3 } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { witness } from './witness.ts'

export interface OldRelease {
  readonly version: string
  /** The Scala that it was built with. */
  readonly scala: string
  /** What says that the newer consumer is meant, where there was another one. */
  readonly flag: readonly string[]
  /** From 2.2 on topics are managed without ZooKeeper. */
  readonly hasTopics?: boolean
}

const count = 3000

/** Tests of one release. */
export const oldTools = ({ version, scala, flag, hasTopics = false }: OldRelease): void => {
  describe.runIf(has('javac', `Apache Kafka's tools ${version}`))(`the tools of Apache Kafka ${version}`, () => {
    const { bootstrap } = sharedBroker()
    const does = witness("Apache Kafka's tools", version)
    const tool = (name: string, args: readonly string[], input?: string): Promise<string> =>
      run(
        'java',
        ['-Xmx256m', '-cp', kafkaBefore3(version, scala), name, ...args],
        input === undefined ? {} : { input },
      )
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

    does('kafka-verifiable-producer', async () => {
      const args = ['--broker-list', bootstrap(), '--topic', 'verified', '--max-messages', '500']
      expect(await tool('org.apache.kafka.tools.VerifiableProducer', args)).toMatch(/"sent":500/)
    })

    if (hasTopics)
      does('kafka-topics', async () => {
        const topic = [...at(), '--topic', 'grows']
        await tool('kafka.admin.TopicCommand', [...topic, '--create', '--partitions', '2'])
        await tool('kafka.admin.TopicCommand', [...topic, '--alter', '--partitions', '5'])
        expect(await tool('kafka.admin.TopicCommand', [...topic, '--describe'])).toContain('PartitionCount: 5')
        await tool('kafka.admin.TopicCommand', [...topic, '--delete'])
      })
  })
}
