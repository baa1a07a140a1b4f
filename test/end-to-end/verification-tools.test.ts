/** Kafka's verification tools, end-to-end latency, broker-api-versions and leader-election as users type them, against our broker. */
import { expect, it } from 'vitest'
import { sharedBroker } from '../support/broker.ts'
import { tool } from '../support/tool.ts'

const { bootstrap } = sharedBroker()
const server = (): string[] => ['--bootstrap-server', bootstrap()]

type JsonEvent = Readonly<Record<string, unknown>>

const eventsOf = (out: string): JsonEvent[] =>
  out
    .trim()
    .split('\n')
    .map((line) => {
      const { timestamp, ...event } = JSON.parse(line) as JsonEvent
      expect(typeof timestamp).toBe('number')
      return event
    })

it('the verifiable producer tells of each number, and the consumer of what it was given, read and committed', async () => {
  const sent = await tool('kafka-verifiable-producer', [
    ...server(),
    '--topic',
    'numbers',
    '--max-messages',
    '3',
    '--value-prefix',
    '7',
    '--repeating-keys',
    '2',
  ])
  const record = { topic: 'numbers', partition: 0 }
  expect(sent.code).toBe(0)
  expect(eventsOf(sent.out)).toEqual([
    { name: 'startup_complete' },
    { name: 'producer_send_success', ...record, key: '0', value: '7.0', offset: 0 },
    { name: 'producer_send_success', ...record, key: '1', value: '7.1', offset: 1 },
    { name: 'producer_send_success', ...record, key: '0', value: '7.2', offset: 2 },
    { name: 'shutdown_complete' },
    expect.objectContaining({ name: 'tool_data', sent: 3, acked: 3, target_throughput: -1 }),
  ])
  const read = ['--topic', 'numbers', '--group-id', 'g', '--max-messages', '2', '--verbose']
  const consumed = await tool('kafka-verifiable-consumer', [...server(), ...read])
  expect(eventsOf(consumed.out)).toEqual([
    { name: 'startup_complete' },
    { name: 'partitions_assigned', partitions: [record] },
    { name: 'record_data', key: '0', value: '7.0', ...record, offset: 0 },
    { name: 'record_data', key: '1', value: '7.1', ...record, offset: 1 },
    { name: 'records_consumed', count: 2, partitions: [{ ...record, count: 2, minOffset: 0, maxOffset: 1 }] },
    { name: 'offsets_committed', offsets: [{ ...record, offset: 2 }], success: true },
    { name: 'shutdown_complete' },
  ])
  const rest = await tool('kafka-verifiable-consumer', [...server(), ...read.slice(0, 4), '--max-messages', '1'])
  expect(rest.out).toContain('"minOffset":2,"maxOffset":2')
})

it('a number that the topic refuses is an event with the exception', async () => {
  await tool('kafka-topics', [...server(), '--create', '--topic', 'tiny', '--config', 'max.message.bytes=10'])
  const { code, out } = await tool('kafka-verifiable-producer', [...server(), '--topic', 'tiny', '--max-messages', '1'])
  expect(code).toBe(1)
  expect(eventsOf(out)[1]).toMatchObject({
    name: 'producer_send_error',
    value: '0',
    exception: 'org.apache.kafka.common.errors.RecordTooLargeException',
  })
})

it('latency is measured with named options, and with the older words', async () => {
  const lines =
    /^0\t\d+(?:\.\d{1,6})?\nAvg latency: \d+\.\d{4} ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n$/
  const named = ['--topic', 'there-and-back', '--num-records', '50', '--producer-acks', '1', '--record-size', '100']
  expect(await tool('kafka-e2e-latency', [...server(), ...named])).toMatchObject({
    code: 0,
    out: expect.stringMatching(lines),
  })
  const older = [bootstrap(), 'there-and-back', '20', 'all', '64']
  expect(await tool('kafka-run-class', ['kafka.tools.EndToEndLatency', ...older])).toMatchObject({
    code: 0,
    out: expect.stringMatching(lines),
  })
  const unheard = await tool('kafka-e2e-latency', [bootstrap(), 'there-and-back', '20', '0', '64'])
  expect(unheard.err).toMatch(/^Latency testing requires synchronous acknowledgement\./)
})

it('the versions of every API are listed, sorted by key', async () => {
  const { code, out } = await tool('kafka-broker-api-versions', [...server()])
  expect(code).toBe(0)
  const lines = out.split('\n')
  expect(lines[0]).toBe(`${bootstrap()} (id: 0 rack: null isFenced: false) -> (`)
  expect(lines[1]).toMatch(/^\tProduce\(0\): 0 to \d+ \[usable: \d+\],$/)
  expect(lines.at(-2)).toBe(')')
})

it('an election on one broker finds the leaders that are there', async () => {
  const elect = (...args: string[]) =>
    tool('kafka-leader-election', [...server(), '--election-type', 'preferred', ...args])
  expect(await elect('--topic', 'numbers', '--partition', '0')).toMatchObject({
    code: 0,
    out: 'Valid replica already elected for partitions numbers-0\n',
  })
  expect(await elect('--all-topic-partitions')).toMatchObject({ code: 0, out: '' })
  expect(await elect('--topic', 'numbers', '--partition', '9')).toMatchObject({
    code: 1,
    out: 'Error completing leader election (PREFERRED) for partition: numbers-9: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: No such partition as numbers-9\n',
  })
  expect((await elect()).err).toMatch(/^One and only one of the following options is required: topic, /)
})

it.each([
  [
    'kafka-verifiable-consumer',
    [
      '--group-id',
      'newer',
      '--group-protocol',
      'consumer',
      '--group-remote-assignor',
      'range',
      '--session-timeout',
      '9000',
    ],
  ],
  [
    'kafka-console-consumer',
    ['--group', 'newer', '--consumer-property', 'group.protocol=consumer', '--from-beginning'],
  ],
])('%s reads in a group of the newer protocol, and goes on where it was left', async (name, options) => {
  const topic = ['--topic', `newer-${name}`]
  await tool('kafka-verifiable-producer', [...server(), ...topic, '--max-messages', '4'])
  const read = await tool(name, [...server(), ...topic, ...options, '--max-messages', '3'])
  expect(read).toMatchObject({ code: 0 })
  const rest = await tool(name, [...server(), ...topic, ...options, '--max-messages', '1'])
  expect(rest.out).toMatch(/^3\n$|"minOffset":3,"maxOffset":3/)
  const groups = await tool('kafka-consumer-groups', [...server(), '--describe', '--group', 'newer', '--state'])
  expect(groups.out + groups.err).toMatch(/newer.* (?:range|uniform) /)
})
