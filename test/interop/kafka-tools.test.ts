/** The tools that come with Apache Kafka, of several releases, on our broker. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { Child } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { kafka39, kafka43 } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { oldTools } from './old-tools.ts'
import { witness } from './witness.ts'

const count = 3000
const whole = { lost: [], repeated: 0, strange: [] }
const isJavaHere = has('javac', "Apache Kafka's tools")

/** Runs a tool and gives what it printed, whatever its exit code says. */
const printedBy = async (classPath: string, tool: string, args: readonly string[], input?: string): Promise<string> => {
  const options = input === undefined ? {} : { input }
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath, tool, ...args]
  const child = new Child('java', java, options)
  await child.exited
  return child.output
}

const linesOf = (printed: string): string[] => printed.split('\n').filter((line) => line.startsWith('line '))

/** Where a tool's class is in a release, and what it calls its options. */
interface Release {
  readonly version: string
  readonly jars: () => string
  readonly console: string
  readonly consumer: string
  readonly dump: string
  /** How many messages the consumer of the performance test reads. */
  readonly perfCount: string
  readonly perfConfig: readonly string[]
}

const tools = 'org.apache.kafka.tools'
const releases: readonly Release[] = [
  { version: '4.3.1', jars: kafka43, console: tools, consumer: `${tools}.consumer`, dump: tools, perfCount: '--num-records', perfConfig: ['--command-property'] }, // prettier-ignore
  { version: '3.9.1', jars: kafka39, console: 'kafka.tools', consumer: `${tools}.consumer`, dump: 'kafka.tools', perfCount: '--messages', perfConfig: ['--producer-props'] }, // prettier-ignore
]

describe.runIf(isJavaHere).each(releases)('the tools of Apache Kafka $version', (release) => {
  const { bootstrap, folder, stop } = sharedBroker()
  const does = witness("Apache Kafka's tools", release.version)
  const at = (...args: readonly string[]): string[] => ['--bootstrap-server', bootstrap(), ...args]
  const tool = (name: string, args: readonly string[], input?: string): Promise<string> =>
    printedBy(release.jars(), name, args, input)

  does('kafka-topics', async () => {
    const topic = at('--topic', 'grows')
    const command = `${tools}.TopicCommand`
    expect(await tool(command, [...topic, '--create', '--partitions', '2'])).toContain('Created topic grows.')
    expect(await tool(command, [...topic, '--alter', '--partitions', '5'])).not.toContain('rror')
    expect(await tool(command, [...topic, '--alter', '--partitions', '3'])).toContain(
      'The topic grows currently has 5 partition(s); 3 would not be an increase.',
    )
    expect(await tool(command, [...topic, '--alter', '--partitions', '5'])).toContain('already has 5 partition')
    expect(await tool(command, [...topic, '--describe'])).toContain('PartitionCount: 5')
    expect(await tool(command, [...topic, '--delete'])).not.toContain('rror')
    expect(await tool(command, at('--list'))).not.toContain('grows')
  })

  does('kafka-console-producer and -consumer', async () => {
    await tool(`${release.console}.ConsoleProducer`, at('--topic', 'lines'), numberedLines(0, count))
    const group = ['--group', 'console', '--from-beginning', '--max-messages', String(count)]
    const printed = await tool(`${release.consumer}.ConsoleConsumer`, at('--topic', 'lines', ...group))
    expect(arrivals(linesOf(printed), count)).toEqual(whole)
  })

  does('kafka-consumer-groups', async () => {
    const printed = await tool(`${tools}.consumer.group.ConsumerGroupCommand`, at('--describe', '--group', 'console'))
    expect(printed).toMatch(new RegExp(`console\\s+lines\\s+0\\s+${count}\\s+${count}\\s+0`))
  })

  does('kafka-get-offsets', async () => {
    expect(await tool(`${tools}.GetOffsetShell`, at('--topic', 'lines'))).toContain(`lines:0:${count}`)
  })

  does('kafka-configs', async () => {
    const topic = ['--entity-type', 'topics', '--entity-name', 'lines']
    const command = 'kafka.admin.ConfigCommand'
    const altered = await tool(command, at(...topic, '--alter', '--add-config', 'retention.ms=3600000'))
    expect(altered).toContain('Completed updating config for topic lines.')
    expect(await tool(command, at(...topic, '--describe'))).toContain('retention.ms=3600000')
  })

  does('kafka-producer-perf-test and kafka-consumer-perf-test', async () => {
    const load = ['--topic', 'perf', '--num-records', '5000', '--record-size', '100', '--throughput', '-1']
    const config = release.perfConfig.flatMap((flag) => [flag, `bootstrap.servers=${bootstrap()}`])
    expect(await tool(`${tools}.ProducerPerformance`, [...load, ...config])).toContain('5000 records sent')
    const read = await tool(`${tools}.ConsumerPerformance`, at('--topic', 'perf', release.perfCount, '5000'))
    expect(read).toMatch(/, 5000, /)
  })

  does('kafka-verifiable-producer and -consumer', async () => {
    const sent = await tool(`${tools}.VerifiableProducer`, at('--topic', 'verified', '--max-messages', '500'))
    expect(sent).toMatch(/"acked":500|"sent":500/)
    const group = ['--group-id', 'verified', '--max-messages', '500', '--reset-policy', 'earliest']
    const read = await tool(`${tools}.VerifiableConsumer`, at('--topic', 'verified', ...group))
    expect(read).toContain('"name":"offsets_committed"')
  })

  does('kafka-delete-records', async () => {
    const file = join(folder, 'delete.json')
    writeFileSync(file, JSON.stringify({ partitions: [{ topic: 'lines', partition: 0, offset: 10 }], version: 1 }))
    const printed = await tool(`${tools}.DeleteRecordsCommand`, at('--offset-json-file', file))
    expect(printed).toContain('low_watermark: 10')
  })

  does('kafka-leader-election, -reassign-partitions, -features, -acls, -broker-api-versions', async () => {
    const election = ['--election-type', 'preferred', '--all-topic-partitions']
    expect(await tool(`${tools}.LeaderElectionCommand`, at(...election))).not.toContain('Exception')
    const moving = await tool(`${tools}.reassign.ReassignPartitionsCommand`, at('--list'))
    expect(moving).toContain('No partition reassignments found.')
    expect(await tool(`${tools}.FeatureCommand`, at('describe'))).not.toContain('Exception')
    const acls = await tool(release.version < '4' ? 'kafka.admin.AclCommand' : `${tools}.AclCommand`, at('--list'))
    expect(acls).toContain('No Authorizer is configured')
    const versions = await tool(release.version < '4' ? 'kafka.admin.BrokerApiVersionsCommand' : `${tools}.BrokerApiVersionsCommand`, at()) // prettier-ignore
    expect(versions).toMatch(/Produce\(0\): 0 to 1\d/)
  })

  does('kafka-dump-log, on the files that a stop leaves', async () => {
    await stop()
    const partition = join(folder, 'kafka-logs', 'verified-0')
    const files = readdirSync(partition).filter((name) => /\.(log|index|timeindex)$/.test(name))
    const paths = files.map((name) => join(partition, name)).join(',')
    const printed = await tool(`${release.dump}.DumpLogSegments`, ['--deep-iteration', '--files', paths])
    expect(printed).toContain('isvalid: true')
    expect(printed).not.toMatch(/isvalid: false|[Mm]ismatch|Found /)
  })
})

oldTools({ version: '0.10.1.1', scala: '2.11', flag: ['--new-consumer'] })
