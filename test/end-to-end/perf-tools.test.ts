/** Kafka's performance tools as users type them, against our broker. */
import { expect, it } from 'vitest'
import { sharedBroker } from '../support/broker.ts'
import { tool, type ToolResult } from '../support/tool.ts'

const { bootstrap } = sharedBroker()
const server = (): string[] => ['--bootstrap-server', bootstrap()]

const produce = (...args: string[]): Promise<ToolResult> => tool('kafka-producer-perf-test', args)
const ends = async (topic: string): Promise<number> => {
  const { out } = await tool('kafka-get-offsets', [...server(), '--topic', topic])
  return out
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.split(':')[2]), 0)
}

it('the producer sends as many records as it was told, through settings as people write them', async () => {
  const { code, out } = await produce(
    '--topic',
    'perf',
    '--num-records',
    '20000',
    '--record-size',
    '100',
    '--throughput',
    '-1',
    '--producer-props',
    `bootstrap.servers=${bootstrap()}`,
    'acks=1',
    'batch.size=8196',
    '--print-metrics',
  )
  expect(code).toBe(0)
  expect(out).toMatch(
    /^20000 records sent, \d+\.\d records\/sec \(\d+\.\d\d MB\/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.\n$/,
  )
  expect(await ends('perf')).toBe(20_000)
})

it('the producer sends in transactions, all of which are committed', async () => {
  const sent = await produce('--topic', 'transacted', '--num-records', '3000', '--record-size', '100', '--throughput', '10000', ...server(), '--transactional-id', 'perf-1', '--transaction-duration-ms', '50') // prettier-ignore
  expect(sent).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^3000 records sent/) })
  const read = [...server(), '--topic', 'transacted', '--from-beginning', '--max-messages', '3000']
  const isolated = await tool('kafka-console-consumer', [...read, '--isolation-level', 'read_committed'])
  expect(isolated.out.trim().split('\n')).toHaveLength(3000)
  const markers = (await ends('transacted')) - 3000
  expect(markers).toBeGreaterThan(1)
  const { out } = await tool('kafka-transactions', [...server(), 'list'])
  expect(out).toMatch(/^perf-1\s.*CompleteCommit/m)
  const wrong = await produce('--topic', 'transacted', '--num-records', '1', '--record-size', '1', '--throughput', '-1', ...server(), '--transaction-duration-ms', '0') // prettier-ignore
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('--transaction-duration-ms should be greater') })
})

it('the consumer reads as many as it was told, and names the columns', async () => {
  const read = [...server(), '--topic', 'perf', '--messages', '15000']
  const { code, out } = await tool('kafka-consumer-perf-test', read)
  expect(code).toBe(0)
  const [header = '', values = '', rest] = out.split('\n')
  const columns = header.split(', ')
  expect(columns.slice(0, 6)).toEqual(
    'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec'.split(', '),
  )
  const row = Object.fromEntries(values.split(', ').map((value, i) => [columns[i], value]))
  expect(row).toMatchObject({ 'data.consumed.in.nMsg': '15000', 'data.consumed.in.MB': '1.4305' })
  expect(rest).toBe('')
})

it('the consumer says when fewer came than it waits for', async () => {
  const { code, out } = await tool('kafka-consumer-perf-test', [
    ...server(),
    '--topic',
    'perf',
    '--messages',
    '30000',
    '--timeout',
    '1500',
    '--hide-header',
  ])
  expect(code).toBe(0)
  expect(out).toMatch(
    /^WARNING: Exiting before consuming the expected number of messages: timeout \(1500 ms\) exceeded/,
  )
})

it('a record above the limit, and options that miss, end the producer with a word', async () => {
  const large = ['--topic', 'perf', '--num-records', '1', '--record-size', '2000000', '--throughput', '-1']
  const refused = await produce(...server(), ...large)
  expect(refused).toMatchObject({ code: 1, err: 'A record of 2000000 bytes is larger than max.request.size\n' })
  const none = await produce(...server(), '--topic', 'perf', '--num-records', '5', '--throughput', '1')
  expect(none.code).toBe(1)
  expect(none.err).toMatch(/^Exactly one of --record-size, --payload-file or --payload-monotonic is required\n/)
})
