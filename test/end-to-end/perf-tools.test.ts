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
    /^20000 records sent, \d+\.\d{6} records\/sec \(\d+\.\d\d MB\/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.\n\nMetric Name /,
  )
  expect(out).toMatch(
    /^producer-topic-metrics:record-send-total:\{client-id=perf-producer-client, topic=perf\} +: 20000\.000\n$/m,
  )
  expect(await ends('perf')).toBe(20_000)
})

it('the producer has a second summary after a warm-up, and lines as often as asked for', async () => {
  const load = ['--topic', 'warm', '--num-records', '3000', '--record-size', '50', '--throughput', '5000']
  const { code, out } = await produce(...server(), ...load, '--warmup-records', '1000', '--reporting-interval', '50')
  expect(code).toBe(0)
  const lines = out.trim().split('\n')
  expect(lines[0]).toBe('Warmup first 1000 records. Steady state results will print after the complete test summary.')
  expect(lines.filter((line) => line === 'In steady state.')).toHaveLength(1)
  expect(lines.slice(-2)).toEqual([
    expect.stringMatching(/^3000 records sent, .* 99\.9th\.$/),
    expect.stringMatching(/^2000 steady state records sent, .* 99\.9th\.$/),
  ])
  for (const [option, value, says] of [
    ['--warmup-records', '3000', 'must be strictly fewer than'],
    ['--reporting-interval', '0', 'should be greater than zero'],
  ])
    expect(await produce(...server(), ...load, String(option), String(value))).toMatchObject({
      code: 1,
      err: expect.stringContaining(String(says)),
    })
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
  const read = [...server(), '--topic', 'perf', '--messages', '15000', '--print-metrics']
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
  expect(out).toMatch(
    /^consumer-fetch-manager-metrics:records-consumed-total:\{client-id=perf-consumer-client\} +: 15000\.000$/m,
  )
  expect(out).toMatch(/^consumer-coordinator-metrics:rebalance-total:\S+ +: 1\.000$/m)
})

it.each([
  ['keeps where it ended for its group', [], /^kept +perf +0 +5000 /m],
  ['keeps nothing without automatic commits', ['--consumer-property', 'enable.auto.commit=false'], /^$/],
])('the consumer %s', async (_, settings, offsets) => {
  const group = ['--group', settings.length === 0 ? 'kept' : 'forgotten']
  const read = [...server(), '--topic', 'perf', '--messages', '5000', ...group, ...settings]
  expect((await tool('kafka-consumer-perf-test', read)).code).toBe(0)
  const { out } = await tool('kafka-consumer-groups', [...server(), '--describe', ...group])
  expect(out).toMatch(offsets)
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
