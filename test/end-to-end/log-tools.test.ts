/** kafka-delete-records.sh and kafka-log-dirs.sh against our broker: the lines they print, where, and their exit codes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import type { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { tool, type ToolResult } from '../support/tool.ts'

const folder = temporaryFolder()
let broker: Child
let server = ''

beforeAll(async () => {
  const port = await freePort()
  server = `127.0.0.1:${port}`
  broker = await startBrokerProcess(writeServerProperties(folder.path, port))
  const args = ['--broker-list', server, '--topic', 'weblog']
  await tool('kafka-console-producer', args, { input: 'a\nb\nc\n' })
})
afterAll(async () => {
  await broker.stop()
  folder[Symbol.dispose]()
})

describe('kafka-delete-records.sh', () => {
  const deleteRecords = (content: unknown): Promise<ToolResult> => {
    const file = join(folder.path, 'offsets.json')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return tool('kafka-delete-records', ['--bootstrap-server', server, '--offset-json-file', file])
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
    const earliest = ['--bootstrap-server', server, '--topic', 'weblog', '--time', '-2']
    expect((await tool('kafka-get-offsets', earliest)).out).toBe('weblog:0:2\n')
    const { version: _, ...withoutVersion } = partitions(['weblog', 0, -1])
    expect((await deleteRecords(withoutVersion)).out).toBe(printed('partition: weblog-0\tlow_watermark: 3'))
  })

  it('prints what is wrong with single partitions', async () => {
    expect(await deleteRecords(partitions(['weblog', 0, 9]))).toMatchObject({
      code: 0,
      out: printed(
        'partition: weblog-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The requested offset is not within the range of offsets maintained by the server.',
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
    const { code, err } = await tool('kafka-delete-records', ['--bootstrap-server', server])
    expect(code).toBe(1)
    expect(err).toContain('Missing required argument "[offset-json-file]"')
    const missing = ['--bootstrap-server', server, '--offset-json-file', join(folder.path, 'nope.json')]
    expect((await tool('kafka-delete-records', missing)).err).toContain('nope.json cannot be read')
  })
})
