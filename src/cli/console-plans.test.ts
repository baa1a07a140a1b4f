import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { temporaryFolder } from '../../test/support/agent.ts'
import { consumerOptions } from './console-consumer-options.ts'
import { type ConsumerPlan, consumerPlan } from './console-consumer-plan.ts'
import { producerOptions, type ProducerPlan, producerPlan } from './console-producer-plan.ts'
import { parseJopt } from './jopt.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const config = (text: string): string => {
  const file = join(folder.path, 'client.properties')
  writeFileSync(file, text)
  return file
}

const server = ['--bootstrap-server', 'h:9092']

describe('the console producer', () => {
  const plan = (argv: readonly string[], log = new RecordingLog()): ProducerPlan =>
    producerPlan(parseJopt({ purpose: '', options: producerOptions }, [...server, ...argv]), log)

  it('is what Kafka calls console-producer, and waits for all replicas', () => {
    const { client, producer, topic } = plan(['--topic', 't'])
    expect(client).toMatchObject({ clientId: 'console-producer', bootstrap: [{ host: 'h', port: 9092 }] })
    expect(topic).toBe('t')
    expect(producer.acks ?? -1).toBe(-1)
  })

  it('takes the options that mean something', () => {
    const argv = '--request-required-acks 1 --compression-codec --max-block-ms 5 --request-timeout-ms 7'.split(' ')
    expect(plan(['--topic', 't', ...argv])).toMatchObject({
      producer: { acks: 1, compression: 'gzip', maxBlockMs: 5, ackTimeoutMs: 7 },
      client: { requestTimeoutMs: 7 },
    })
    expect(plan(['--topic', 't', '--compression-codec', 'zstd']).producer.compression).toBe('zstd')
  })

  it.each([
    '--batch-size 200 --timeout 1000 --message-send-max-retries 3 --queue-size 1 --socket-buffer-size 1',
    '--max-memory-bytes 99999999999 --max-partition-memory-bytes 1 --old-producer --key-serializer a.B',
    '--line-reader kafka.tools.ConsoleProducer$LineMessageReader',
    '--line-reader org.apache.kafka.tools.LineMessageReader',
  ])('accepts %s', (argv) => {
    const log = new RecordingLog()
    plan(['--topic', 't', ...argv.split(' ')], log)
    expect(log.lines).toEqual([])
  })

  it('lets an option win over a property, and that over the file', () => {
    const file = config('acks=0\nmax.block.ms=1\nclient.id=mine\nbootstrap.servers=other:1\n')
    const given = ['--topic', 't', '--producer.config', file, '--producer-property', 'max.block.ms=2']
    expect(plan(given)).toMatchObject({ producer: { acks: 0, maxBlockMs: 2 }, client: { clientId: 'mine' } })
    expect(plan([...given, '--max-block-ms', '3']).producer.maxBlockMs).toBe(3)
    expect(plan(given).client.bootstrap).toEqual([{ host: 'h', port: 9092 }])
  })

  it.each([
    [[], 'Missing required argument "[topic]"'],
    [['--topic', 't', '--batch-size', 'x'], "Cannot parse argument 'x' of option batch-size"],
    [['--topic', 't', '--compression-codec', 'rar'], 'Invalid value rar for configuration compression.type'],
    [['--topic', 't', '--request-required-acks', '2'], 'Invalid value 2 for configuration acks'],
    [['--topic', 't', '--producer-property', 'security.protocol=SSL'], 'Invalid value SSL for configuration security'],
    [['--topic', 't', '--producer.config', '/no/such/file'], '/no/such/file cannot be read'],
    [['--topic', 't', '--line-reader', 'com.example.Mine'], 'Java classes cannot be loaded'],
  ])('refuses %j', (argv, message) => {
    expect(() => plan(argv)).toThrow(message)
  })

  it('warns of settings that nobody knows, and only of those', () => {
    const log = new RecordingLog()
    plan(['--topic', 't', '--producer-property', 'linger.ms=5', '--producer-property', 'ackz=1'], log)
    expect(log.lines).toHaveLength(1)
    expect(log.of('warn')[0]).toMatch(/^ackz: .*did you mean acks/)
  })
})

describe('the console consumer', () => {
  const plan = (argv: readonly string[]): ConsumerPlan =>
    consumerPlan(parseJopt({ purpose: '', options: consumerOptions }, [...server, ...argv]), new RecordingLog())

  it('reads from the end, alone, for ever', () => {
    expect(plan(['--topic', 't'])).toMatchObject({
      client: { clientId: 'console-consumer' },
      consumer: { offsetReset: 'latest', groupId: undefined },
      start: { topics: ['t'], inGroup: false },
      messagesMax: Infinity,
      timeoutMs: Infinity,
      commitEveryMs: undefined,
    })
  })

  it('reads from the beginning, in a group that keeps offsets', () => {
    const argv = ['--topic', 't', '--from-beginning', '--max-messages', '5', '--timeout-ms', '99999999999']
    expect(plan([...argv, '--consumer-property', 'group.id=g'])).toMatchObject({
      consumer: { offsetReset: 'earliest', groupId: 'g' },
      start: { inGroup: true },
      messagesMax: 5,
      timeoutMs: 99_999_999_999,
      commitEveryMs: 5000,
    })
    expect(plan([...argv, '--group', 'g', '--consumer-property', 'group.id=g']).consumer.groupId).toBe('g')
    const without = ['--group', 'g', '--consumer-property', 'enable.auto.commit=false']
    expect(plan([...argv, ...without]).commitEveryMs).toBeUndefined()
    const often = ['--group', 'g', '--consumer-property', 'auto.commit.interval.ms=10']
    expect(plan([...argv, ...often]).commitEveryMs).toBe(10)
  })

  it.each([
    ['--include', 'a.*', ['a', 'abc'], ['ba']],
    ['--whitelist', 'a,b', ['a', 'b'], ['a,b', 'ab']],
    ['--include', 'a{1,2}', ['a', 'aa'], ['aaa', '1']],
  ])('%s %s', (option, pattern, fitting, others) => {
    const { start } = plan([option, pattern])
    const topics = 'topics' in start && start.topics instanceof RegExp ? start.topics : /never/
    expect(fitting.filter((topic) => !topics.test(topic))).toEqual([])
    expect(others.filter((topic) => topics.test(topic))).toEqual([])
  })

  it.each([
    [['--offset', '5'], { start: { topic: 't', partition: 1, offset: 5 } }],
    [['--offset', 'earliest'], { consumer: { offsetReset: 'earliest' } }],
    [['--offset', 'LATEST'], { consumer: { offsetReset: 'latest' } }],
    [['--from-beginning'], { consumer: { offsetReset: 'earliest' } }],
    [[], { consumer: { offsetReset: 'latest' } }],
    [['--consumer-property', 'group.id=g'], { consumer: { groupId: undefined }, commitEveryMs: undefined }],
  ])('--partition with %j', (argv, expected) => {
    expect(plan(['--topic', 't', '--partition', '1', ...argv])).toMatchObject(expected)
  })

  const t = ['--topic', 't']
  it.each([
    [[], 'Exactly one of the following arguments is required: [topic], [include]'],
    [[...t, '--include', 'x'], 'Exactly one of the following arguments is required: [topic], [include]'],
    [[...t, '--offset', '3'], 'The partition is required when offset is specified.'],
    [['--include', 'x', '--partition', '0'], 'The topic is required when partition is specified.'],
    [[...t, '--partition', '0', '--group', 'g'], 'Options group and partition cannot be specified together.'],
    [[...t, '--partition', '0', '--offset', 'x'], "The provided offset value 'x' is incorrect."],
    [[...t, '--partition', '0', '--offset', '-3'], "The provided offset value '-3' is incorrect."],
    [
      [...t, '--partition', '0', '--offset', '1', '--from-beginning'],
      'Options from-beginning and offset cannot be specified together.',
    ],
    [[...t, '--group', 'g', '--consumer-property', 'group.id=h'], "do not match. Detected group ids: 'g', 'h'"],
    [
      [...t, '--from-beginning', '--consumer-property', 'auto.offset.reset=latest'],
      "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest'",
    ],
    [[...t, '--consumer-property', 'auto.offset.reset=x'], 'Invalid value x for configuration auto.offset.reset'],
    [[...t, '--isolation-level', 'x'], 'Invalid value x for configuration isolation.level'],
    [[...t, '--formatter', 'a.B'], '--formatter a.B cannot be loaded'],
    [[...t, '--max-messages', 'x'], "Cannot parse argument 'x' of option max-messages"],
    [['--include', '['], '[ is an invalid regex.'],
    [['--blacklist', 'x'], 'old consumer'],
  ])('refuses %j', (argv, message) => {
    expect(() => plan(argv)).toThrow(message)
  })
})
