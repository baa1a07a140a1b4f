/** kafka-delete-records.sh and kafka-log-dirs.sh against our broker: the lines they print, where, and their exit codes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedBroker } from '../support/broker.ts'
import { tool, type ToolResult } from '../support/tool.ts'

const { bootstrap, folder } = sharedBroker()

beforeAll(async () => {
  const args = ['--broker-list', bootstrap(), '--topic', 'weblog']
  await tool('kafka-console-producer', args, { input: 'a\nb\nc\n' })
})

describe('kafka-delete-records.sh', () => {
  const deleteRecords = (content: unknown): Promise<ToolResult> => {
    const file = join(folder, 'offsets.json')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return tool('kafka-delete-records', ['--bootstrap-server', bootstrap(), '--offset-json-file', file])
  }
  const partitions = (...starts: readonly [topic: string, partition: number, offset: number][]) => ({
    partitions: starts.map(([topic, partition, offset]) => ({ topic, partition, offset })),
    version: 1,
  })
  const printed = (...lines: readonly string[]): string =>
    ['Executing records delete operation', 'Records delete operation completed:', ...lines, ''].join('\n')

  it('deletes before an offset, and everything with -1', async () => {
    expect(await deleteRecords(partitions(['weblog', 0, 2]))).toMatchObject({
      code: 0,
      out: printed('partition: weblog-0\tlow_watermark: 2'),
      err: '',
    })
    const earliest = ['--bootstrap-server', bootstrap(), '--topic', 'weblog', '--time', '-2']
    expect((await tool('kafka-get-offsets', earliest)).out).toBe('weblog:0:2\n')
    const { version: _, ...withoutVersion } = partitions(['weblog', 0, -1])
    expect((await deleteRecords(withoutVersion)).out).toBe(printed('partition: weblog-0\tlow_watermark: 3'))
  })

  it('prints what is wrong with single partitions', async () => {
    expect(await deleteRecords(partitions(['weblog', 0, 9]))).toMatchObject({
      code: 0,
      out: printed(
        'partition: weblog-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The offset is outside the range that the partition holds',
      ),
    })
    expect((await deleteRecords(partitions(['nope', 0, 0]))).out).toContain(
      'partition: nope-0\terror: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: ',
    )
  })

  it.each([
    ['{', 'The input string is not a valid JSON'],
    ['[]', 'The input string is not a valid JSON'],
    ['{"version": 2, "partitions": []}', 'Not supported version field value 2'],
    ['{"version": 1}', 'Missing partitions field'],
    ['{"partitions": [{"topic": "t", "partition": 0}]}', 'Every partition of t needs a "partition" and an "offset"'],
    [partitions(['t', 0, 1], ['t', 0, 2]), 'Offset json file contains duplicate topic partitions: t-0'],
  ])('%j is refused', async (content, message) => {
    const { code, out, err } = await deleteRecords(content)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(message)
  })

  it('needs the file', async () => {
    const { code, err } = await tool('kafka-delete-records', ['--bootstrap-server', bootstrap()])
    expect(code).toBe(1)
    expect(err).toContain('Missing required argument "[offset-json-file]"')
    const missing = ['--bootstrap-server', bootstrap(), '--offset-json-file', join(folder, 'nope.json')]
    expect((await tool('kafka-delete-records', missing)).err).toContain('nope.json cannot be read')
  })
})

describe('kafka-log-dirs.sh', () => {
  const logDirs = (...args: string[]): Promise<ToolResult> =>
    tool('kafka-log-dirs', ['--bootstrap-server', bootstrap(), '--describe', ...args])

  it('prints one line of JSON, as Kafka 4 orders it', async () => {
    const { code, out, err } = await logDirs('--topic-list', 'weblog')
    expect([code, err]).toEqual([0, ''])
    const [querying, received, json, end] = out.split('\n')
    expect([querying, received, end]).toEqual([
      'Querying brokers for log directories information',
      'Received log directory information from brokers 0',
      '',
    ])
    expect(json).toMatch(
      /^\{"brokers":\[\{"broker":0,"logDirs":\[\{"partitions":\[\{"partition":"weblog-0","size":\d+,"offsetLag":0,"isFuture":false\}\],"error":null,"logDir":"\/[^"]+"\}\]\}\],"version":1\}$/,
    )
  })

  it('asks the brokers that are named, and says which are not there', async () => {
    expect((await logDirs('--broker-list', '0', '--topic-list', 'none')).out).toContain('"partitions":[]')
    expect(await logDirs('--broker-list', '0,7,8')).toMatchObject({
      code: 1,
      out: '',
      err: 'ERROR: The given brokers do not exist from --broker-list: 7,8. Current existent brokers: 0\n',
    })
    expect((await logDirs('--broker-list', 'x')).err).toBe("Cannot parse argument 'x' of option broker-list\n")
  })

  it('needs --describe, and is known by the name of its class', async () => {
    const args = ['--bootstrap-server', bootstrap()]
    expect((await tool('kafka-log-dirs', args)).err).toContain('Missing required argument "[describe]"')
    const run = await tool('kafka-run-class', ['kafka.admin.LogDirsCommand', ...args, '--describe'])
    expect(run.out).toContain('"version":1')
  })
})
