/** Our tools against a real Apache Kafka 4.3, and beside Apache Kafka's own: what one writes the other reads, and they print the same. */
import { describe, expect, it } from 'vitest'
import { numberedLines } from '../support/lines.ts'
import { tool, type ToolResult } from '../support/tool.ts'
import { kafkaTool } from './counterparts/apache-kafka.ts'
import { sharedApacheKafka } from './shared-apache-kafka.ts'

const { bootstrap } = sharedApacheKafka()

const at = (...args: string[]): string[] => ['--bootstrap-server', bootstrap(), ...args]
const topics = (...args: string[]): Promise<ToolResult> => tool('kafka-topics', at(...args))
const theirs = (name: string, args: readonly string[], input?: string): Promise<string> =>
  kafkaTool(`org.apache.kafka.tools.${name}`, args, input)

const elrUnknown = /Elr: N\/A\tLastKnownElr: N\/A/g

describe('our tools on Apache Kafka', () => {
  it('create, grow, describe and delete topics, and print what its own print', async () => {
    const created = await topics('--create', '--topic', 'grows', '--partitions', '2', '--config', 'retention.ms=1000')
    expect(created).toMatchObject({ code: 0, out: 'Created topic grows.\n' })
    expect(await topics('--alter', '--topic', 'grows', '--partitions', '3')).toMatchObject({
      code: 0,
      out: '',
      err: '',
    })
    const assigned = ['--partitions', '4', '--replica-assignment', '1,1,1,1']
    expect(await topics('--alter', '--topic', 'grows', ...assigned)).toMatchObject({ code: 0, out: '', err: '' })
    const { out } = await topics('--describe', '--topic', 'grows')
    expect(out).toContain('PartitionCount: 4\t')
    const described = await theirs('TopicCommand', at('--describe', '--topic', 'grows'))
    expect(out.replaceAll(elrUnknown, 'Elr: \tLastKnownElr: ')).toBe(described)
    expect(await topics('--alter', '--topic', 'grows', '--partitions', '4')).toMatchObject({
      code: 1,
      out: 'Error while executing topic command : Topic already has 4 partition(s).\n',
    })
    expect(await topics('--delete', '--topic', 'grows')).toMatchObject({ code: 0, out: '' })
  })

  it('put keys into the partitions that its own producer puts them into', async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => `key${i}\tvalue ${i}\n`).join('')
    for (const topic of ['ours', 'theirs']) await topics('--create', '--topic', topic, '--partitions', '12')
    await tool('kafka-console-producer', at('--topic', 'ours', '--property', 'parse.key=true'), { input: lines })
    await theirs('ConsoleProducer', at('--topic', 'theirs', '--reader-property', 'parse.key=true'), lines)
    const offsets = async (topic: string): Promise<string> =>
      (await tool('kafka-get-offsets', at('--topic', topic))).out.replaceAll(`${topic}:`, '')
    expect(await offsets('ours')).toBe(await offsets('theirs'))
    // Its own tool prints partition 10 before partition 2.
    const own = await theirs('GetOffsetShell', at('--topic', 'ours'))
    expect(new Set((await tool('kafka-get-offsets', at('--topic', 'ours'))).out.split('\n'))).toEqual(
      new Set(own.split('\n')),
    )
  })

  it('print records as its own consumer does', async () => {
    const properties = ['timestamp', 'partition', 'offset', 'headers', 'key'].flatMap((column) => [
      '--formatter-property',
      `print.${column}=true`,
    ])
    const lines = 'h:1,g:2\tk\tv\na:\t\t\nx:y\tk2\tw\n'
    const parse = ['--reader-property', 'parse.key=true', '--reader-property', 'parse.headers=true']
    await tool('kafka-console-producer', at('--topic', 'shown', ...parse), { input: lines })
    const read = at('--topic', 'shown', '--from-beginning', '--max-messages', '3', ...properties)
    const { out } = await tool('kafka-console-consumer', read)
    const own = await theirs('consumer.ConsoleConsumer', read)
    expect(own).toContain(out)
    expect(out.split('\n')).toHaveLength(4)
  })

  it('shrink batches to what a topic takes, and lose only what it refuses', async () => {
    await topics('--create', '--topic', 'small', '--config', 'max.message.bytes=20000')
    await topics('--create', '--topic', 'compacted', '--config', 'cleanup.policy=compact')
    const large = `${numberedLines(0, 20_000)}${'x'.repeat(50_000)}\nend\n`
    const small = await tool('kafka-console-producer', at('--topic', 'small'), { input: large })
    expect(small.err.match(/^ERROR /gm)).toHaveLength(1)
    const count = ['--from-beginning', '--max-messages', '20001']
    const { out } = await tool('kafka-console-consumer', at('--topic', 'small', ...count))
    expect(out === `${numberedLines(0, 20_000)}end\n`).toBe(true)
    const keyed = ['--property', 'parse.key=true', '--property', 'ignore.error=true']
    const mixed = await tool('kafka-console-producer', at('--topic', 'compacted', ...keyed), {
      input: 'a\t1\nnokey\nb\t2\n',
    })
    expect(mixed.err).toMatch(/value: 5 bytes with error: [^\n]*InvalidRecordException: Compacted topic cannot accept/)
    const two = ['--from-beginning', '--max-messages', '2']
    expect((await tool('kafka-console-consumer', at('--topic', 'compacted', ...two))).out).toBe('1\n2\n')
  })

  it('change settings and quotas, and print what its own print', async () => {
    await topics('--create', '--topic', 'set')
    const changes = [
      ['--topic', 'set', '--add-config', 'retention.ms=1000,cleanup.policy=[compact,delete]'],
      ['--broker-defaults', '--add-config', 'message.max.bytes=1000000'],
      ['--user', 'u', '--client', 'c', '--add-config', 'producer_byte_rate=1024'],
    ]
    for (const change of changes) expect(await tool('kafka-configs', at('--alter', ...change))).toMatchObject({ code: 0, err: '' }) // prettier-ignore
    for (const what of [
      ['--topic', 'set'],
      ['--entity-type', 'brokers'],
      ['--user', 'u', '--client', 'c'],
    ]) {
      // prettier-ignore
      const { out } = await tool('kafka-configs', at('--describe', ...what))
      expect(out).toBe(await kafkaTool('kafka.admin.ConfigCommand', at('--describe', ...what)))
    }
    const wrong = ['--alter', '--topic', 'set', '--add-config', 'retention.ms=abc']
    expect((await tool('kafka-configs', at(...wrong))).err).toContain('Invalid value abc for configuration retention.ms: Not a number of type LONG') // prettier-ignore
  })

  it('share a group with its own consumer', async () => {
    await tool('kafka-console-producer', at('--topic', 'shared'), { input: numberedLines(0, 10) })
    const group = at('--topic', 'shared', '--group', 'shared', '--from-beginning')
    expect((await tool('kafka-console-consumer', [...group, '--max-messages', '4'])).out).toBe(numberedLines(0, 4))
    const own = await theirs('consumer.ConsoleConsumer', [...group, '--max-messages', '6'])
    expect(own).toContain(numberedLines(4, 10))
    expect((await tool('kafka-console-consumer', [...group, '--timeout-ms', '4000'])).out).toBe('')
  })

  it('share a group of the newer protocol with its own consumer', async () => {
    await topics('--create', '--topic', 'newer', '--partitions', '4')
    await tool('kafka-console-producer', at('--topic', 'newer'), { input: numberedLines(0, 10) })
    const newer = ['--group-protocol', 'consumer', '--topic', 'newer', '--group-id', 'newer', '--max-messages']
    const ours = await tool('kafka-verifiable-consumer', at(...newer, '4'))
    expect(ours.out).toMatch(/"success":true\}\n[^]*"shutdown_complete"/)
    const own = await theirs('VerifiableConsumer', at(...newer, '6'))
    const countOf = (out: string): number =>
      [...out.matchAll(/"count":(\d+),"partitions"/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    expect([countOf(ours.out), countOf(own)]).toEqual([4, 6])
  })
})
