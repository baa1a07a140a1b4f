/** kafka-console-producer.sh and kafka-console-consumer.sh against our broker: lines in, lines out, what is said beside them, and how they end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bin } from '../support/agent.ts'
import { sharedBroker } from '../support/broker.ts'
import { Child, type ChildOptions } from '../support/child.ts'
import { numberedLines } from '../support/lines.ts'
import { optionTable, tool, type ToolResult } from '../support/tool.ts'

const { bootstrap, folder } = sharedBroker()

const produce = (topic: string, input: ChildOptions['input'], ...args: string[]): Promise<ToolResult> =>
  tool('kafka-console-producer', ['--broker-list', bootstrap(), '--topic', topic, ...args], { input: input ?? '' })

const consumerArgs = (...args: string[]): string[] => ['--bootstrap-server', bootstrap(), ...args]
const consume = (...args: string[]): Promise<ToolResult> => tool('kafka-console-consumer', consumerArgs(...args))
const all = (topic: string, max: number, ...args: string[]): Promise<ToolResult> =>
  consume('--topic', topic, '--from-beginning', '--max-messages', String(max), ...args)

const processed = (count: number): string => `Processed a total of ${count} messages\n`
const silence = { code: 0, out: '', err: '' }
const errorLogged = 'ERROR Error when sending message to topic'
const errors = 'org.apache.kafka.common.errors'

describe('lines go through a topic', () => {
  it('in their order, the last one without its end', async () => {
    const input = numberedLines(0, 200_000).trimEnd()
    expect(await produce('numbered', input)).toMatchObject(silence)
    const { code, out, err } = await all('numbered', 200_000)
    expect(out === `${input}\n`).toBe(true)
    expect([code, err]).toEqual([0, processed(200_000)])
  })

  it('as the bytes they are, without the CR of Windows', async () => {
    const input = Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x0a, 0xc3, 0xa9, 0x0d, 0x0a, 0x80])
    expect(await produce('bytes', input)).toMatchObject(silence)
    expect((await all('bytes', 4)).bytes).toEqual(
      Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0x0a, 0xc3, 0xa9, 0x0a, 0x80, 0x0a]),
    )
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd', ''])('under --compression-codec %s', async (codec) => {
    const topic = `packed-${codec}`
    const packed = await produce(topic, numberedLines(0, 1000), '--compression-codec', ...(codec === '' ? [] : [codec]))
    expect(packed).toMatchObject(silence)
    expect((await all(topic, 1000)).out).toBe(numberedLines(0, 1000))
  })

  it.each([['0'], ['1'], ['all']])('with --request-required-acks %s', async (acks) => {
    await produce(`acks-${acks}`, numberedLines(0, 100), '--request-required-acks', acks)
    expect((await all(`acks-${acks}`, 100)).out).toBe(numberedLines(0, 100))
  })

  it('one at a time with --sync', async () => {
    await produce('one-by-one', numberedLines(0, 50), '--sync')
    expect((await all('one-by-one', 50)).out).toBe(numberedLines(0, 50))
  })

  it('with keys and headers, printed when asked for', async () => {
    const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'].flatMap((p) => ['--property', p])
    expect(await produce('keyed', 'h:1,g:2\tk\tv\nNULL\tNULL\tw\nNULL\tk\tNULL\n', ...properties)).toMatchObject(
      silence,
    )
    const columns = ['key', 'headers', 'partition', 'offset', 'timestamp'].flatMap((c) => [
      '--property',
      `print.${c}=true`,
    ])
    const { out } = await all('keyed', 3, ...columns)
    expect(out.replaceAll(/CreateTime:\d{13}/g, 'CreateTime:T')).toBe(
      'CreateTime:T\tPartition:0\tOffset:0\th:1,g:2\tk\tv\n' +
        'CreateTime:T\tPartition:0\tOffset:1\tNO_HEADERS\tnull\tw\n' +
        'CreateTime:T\tPartition:0\tOffset:2\tNO_HEADERS\tk\tnull\n',
    )
  })
})

describe('the producer', () => {
  it('stops at a line without its key; what came before is stored', async () => {
    const bad = await produce('no-key', 'k\tv\nnokey\nk\tw\n', '--property', 'parse.key=true')
    expect(bad).toMatchObject({
      code: 1,
      out: '',
      err: "org.apache.kafka.common.KafkaException: No key separator found on line number 2: 'nokey'\n",
    })
    expect((await consume('--topic', 'no-key', '--from-beginning', '--timeout-ms', '500')).out).toBe('v\n')
  })

  it('says what is too large, sends the rest, and ends as if all were well, like Kafka', async () => {
    const { code, out, err } = await produce('too-large', `a\n${'x'.repeat(2_000_000)}\nb\n`)
    expect([code, out]).toEqual([0, ''])
    expect(err.split('\n')[0]).toBe(
      `${errorLogged} too-large with key: null, value: 2000000 bytes with error: ${errors}.RecordTooLargeException: ` +
        'The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration. ' +
        '(org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)',
    )
    expect((await all('too-large', 2)).out).toBe('a\nb\n')
  })

  it('sends in smaller batches where the topic takes no large ones', async () => {
    const limit = ['--config', 'max.message.bytes=20000']
    await tool('kafka-topics', ['--bootstrap-server', bootstrap(), '--create', '--topic', 'small', ...limit])
    const input = `${numberedLines(0, 20_000)}${'x'.repeat(50_000)}\nend\n`
    const { code, err } = await produce('small', input)
    expect(code).toBe(0)
    expect(err).toMatch(
      /^ERROR Error when sending message to topic small with key: null, value: 50000 bytes[^\n]*RecordTooLarge/,
    )
    expect((await all('small', 20_001)).out === `${numberedLines(0, 20_000)}end\n`).toBe(true)
  })

  it('creates nothing when there is nothing to send', async () => {
    expect(await produce('never', '')).toMatchObject(silence)
    const { out } = await tool('kafka-topics', ['--bootstrap-server', bootstrap(), '--list', '--topic', 'never'])
    expect(out).toBe('\n')
  })

  it('ends with 1 when it cannot begin', async () => {
    const { code, out, err } = await produce('bad topic', 'a\n')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(
      `${errorLogged} bad topic with key: null, value: 1 bytes with error: ${errors}.InvalidTopicException`,
    )
  })

  it('takes a file and a folder for what they are', async () => {
    const file = join(folder, 'lines')
    writeFileSync(file, 'from a file\n')
    const command = `exec "$0" --broker-list ${bootstrap()} --topic from-file <`
    const shell = (path: string): Child =>
      new Child('sh', ['-c', `${command} '${path}'`, bin('kafka-console-producer.sh')])
    expect(await shell(file).exited).toBe(0)
    expect((await all('from-file', 1)).out).toBe('from a file\n')
    const directory = shell(folder)
    expect(await directory.exited).toBe(1)
    expect(directory.output).toContain('EISDIR')
  })
})

describe('the consumer', () => {
  beforeAll(async () => {
    await produce('ten', numberedLines(0, 10))
    await produce('ten-more', numberedLines(10, 20))
  })

  it('ends when no message came in time, with what Kafka logs and 0', async () => {
    const { code, out, err } = await consume('--topic', 'ten', '--from-beginning', '--timeout-ms', '500')
    expect([code, out]).toEqual([0, numberedLines(0, 10)])
    expect(err).toMatch(
      /^ERROR Error processing message, terminating consumer process: org\.apache\.kafka\.common\.errors\.TimeoutException[^\n]*\nProcessed a total of 10 messages\n$/,
    )
  })

  it('goes on in its group where it ended', async () => {
    const group = ['--topic', 'ten', '--from-beginning', '--consumer-property', 'group.id=g']
    expect(await consume(...group, '--max-messages', '4')).toMatchObject({
      out: numberedLines(0, 4),
      err: processed(4),
    })
    expect(await consume(...group, '--max-messages', '5')).toMatchObject({
      out: numberedLines(4, 9),
      err: processed(5),
    })
    expect((await consume('--topic', 'ten', '--group', 'g', '--timeout-ms', '1000')).out).toBe(numberedLines(9, 10))
  })

  it('misses nothing in its group, though it saw no record before it ended', async () => {
    await produce('quiet', 'before\n')
    expect((await consume('--topic', 'quiet', '--group', 'patient', '--timeout-ms', '1000')).out).toBe('')
    await produce('quiet', numberedLines(0, 3))
    const { out } = await consume(
      '--topic',
      'quiet',
      '--group',
      'patient',
      '--max-messages',
      '3',
      '--timeout-ms',
      '5000',
    )
    expect(out).toBe(numberedLines(0, 3))
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('commits and leaves its group on %s', async (signal, code) => {
    const group = ['--topic', 'ten', '--from-beginning', '--group', `left-by-${signal}`]
    await using child = new Child(bin('kafka-console-consumer.sh'), consumerArgs(...group))
    await child.printed(/line 9 /)
    expect(await child.stop(signal)).toBe(code)
    expect(String(child.stderr)).toBe(processed(10))
    expect((await consume(...group, '--timeout-ms', '1000')).out).toBe('')
  })

  it('reads one partition from an offset', async () => {
    const at = (...args: string[]): Promise<ToolResult> => consume('--topic', 'ten', '--partition', '0', ...args)
    expect((await at('--offset', '7', '--max-messages', '3')).out).toBe(numberedLines(7, 10))
    expect((await at('--offset', 'earliest', '--max-messages', '2')).out).toBe(numberedLines(0, 2))
    expect((await at('--timeout-ms', '500')).out).toBe('')
  })

  it('reads all topics that match', async () => {
    const { out } = await consume('--whitelist', 'ten|ten-mor.', '--from-beginning', '--max-messages', '20')
    expect(out.split('\n').toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      numberedLines(0, 20)
        .split('\n')
        .toSorted((a, b) => (a < b ? -1 : 1)),
    )
  })

  it('ends quietly when its reader has enough', async () => {
    const command = `"$0" --bootstrap-server ${bootstrap()} --topic numbered --from-beginning | head -n 2`
    const child = new Child('sh', ['-c', command, bin('kafka-console-consumer.sh')])
    expect(await child.exited).toBe(0)
    expect(String(child.stdout)).toBe(numberedLines(0, 2))
    expect(String(child.stderr)).toMatch(/^Processed a total of \d+ messages\n$/)
  })

  it('commits nothing that its reader did not take', async () => {
    const group = ['--topic', 'numbered', '--from-beginning', '--group', 'broken-pipe']
    const command = `"$0" ${consumerArgs(...group).join(' ')} | head -n 2`
    await new Child('sh', ['-c', command, bin('kafka-console-consumer.sh')]).exited
    expect((await consume(...group, '--max-messages', '1')).out).toBe(numberedLines(0, 1))
  })

  it('waits for a slow reader to take everything', async () => {
    // More than a pipe holds, and less than the process would wait to be rid of before it goes on.
    const command = `"$0" --bootstrap-server ${bootstrap()} --topic numbered --from-beginning --max-messages 2500 | (read go < "$1"; cat)`
    const gate = join(folder, 'gate')
    await new Child('mkfifo', [gate]).exited
    await using child = new Child('sh', ['-c', command, bin('kafka-console-consumer.sh'), gate])
    // Longer than a command may linger after its end.
    await consume('--topic', 'never-filled', '--timeout-ms', '4000')
    await new Child('sh', ['-c', 'echo go > "$0"', gate]).exited
    expect(await child.exited).toBe(0)
    expect(String(child.stdout) === numberedLines(0, 2500)).toBe(true)
  })

  it('says what is wrong with its options, above the table', async () => {
    const { code, out, err } = await consume('--topic', 'ten', '--offset', '3')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^The partition is required when offset is specified\.\n/)
    expect(err).toMatch(optionTable)
  })

  it('refuses a topic that cannot be', async () => {
    const { code, err } = await consume('--topic', 'bad topic')
    expect(code).toBe(1)
    expect(err).toContain(`${errors}.InvalidTopicException: Invalid topics: [bad topic]`)
    expect(err).toContain(processed(0))
  })
})
