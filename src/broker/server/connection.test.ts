import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { batchOf } from '../../../test/fakes/batches.ts'
import { until } from '../../../test/fakes/until.ts'
import { correlationIdOf, decodeResponse, encodeRequest } from '../../protocol/codec.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { produce } from '../../protocol/messages/produce.ts'
import { READ_AHEAD_BYTES_MAX } from './connection.ts'
import { UNSENT_BYTES_MAX } from './outbox.ts'

const fetchOf = (topic: string, maxWaitMs: number, fetchOffset = 0) => ({
  maxWaitMs,
  minBytes: 1,
  topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1024 * 1024 }] }],
  sessionId: 0,
})

const frameOf = (body: Buffer): Buffer => {
  const frame = Buffer.alloc(4 + body.length)
  frame.writeInt32BE(body.length)
  body.copy(frame, 4)
  return frame
}

test.each([
  [
    'two gigabytes announced',
    Buffer.from('7fffffff0003000100000001', 'hex'),
    'announced a request of 2147483647 bytes',
  ],
  ['a negative size', Buffer.from('ffffffff', 'hex'), 'announced a request of -1 bytes'],
  ['a TLS hello', Buffer.from('16030102000100', 'hex'), 'began a TLS handshake'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'speaks HTTP'],
  ['an API that nobody knows', frameOf(Buffer.from('7fff000000000001ffff', 'hex')), 'API 32767 version 0'],
  ['a version that is not served', frameOf(Buffer.from('0003007f00000001ffff', 'hex')), 'Metadata version 127'],
  ['a body cut short', frameOf(Buffer.from('0003000100000001ffff7f', 'hex')), 'cannot be read'],
  ['a count beyond the frame', frameOf(Buffer.from('0003000100000001ffff7fffffff', 'hex')), 'cannot be read'],
  ['a frame of nothing', Buffer.alloc(4), 'cannot be read'],
])('%s closes that connection only, and is said once', async (_, bytes, says) => {
  await using bench = await brokerBench()
  const other = await bench.peer()
  for (let i = 0; i < 3; i++) {
    const hostile = await bench.peer()
    hostile.socket.write(bytes)
    await hostile.closed
  }
  expect(bench.said.of('warn').filter((line) => line.includes(says))).toHaveLength(1)
  expect((await other.call(apiVersions, 0, {})).errorCode).toBe(0)
})

test('bytes of chance never do more than close their connection', async () => {
  await using bench = await brokerBench()
  let state = 7
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => (state = (state * 75 + 74) % 65537) & 255)) // prettier-ignore
  for (let i = 0; i < 50; i++) {
    const hostile = await bench.peer()
    hostile.socket.write(frameOf(Buffer.concat([Buffer.from([0, i, 0, i % 5]), noise(40 + i)])))
    hostile.socket.end()
    await hostile.closed
  }
  const peer = await bench.peer()
  expect((await peer.call(apiVersions, 3, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })).errorCode).toBe(0)
  expect(bench.said.of('error')).toEqual([])
})

test('a request that comes in two halves is what its peer sent, whatever others send in between', async () => {
  await using bench = await brokerBench()
  const [slow, other] = [await bench.peer(), await bench.peer()]
  await slow.createTopic('t')
  const records = batchOf(['x'.repeat(400_000)])
  const body = { acks: 1, timeoutMs: 1000, topics: [{ topic: 't', partitions: [{ partition: 0, records }] }] }
  for (let round = 0; round < 5; round++) {
    const frame = Buffer.concat(encodeRequest(produce, 7, round, 'tester', body))
    slow.socket.write(frame.subarray(0, 200_000))
    for (let i = 0; i < 3; i++) expect((await other.call(apiVersions, 0, {})).errorCode).toBe(0)
    slow.socket.write(frame.subarray(200_000))
    const answer = decodeResponse(produce, 7, (await slow.frame()) ?? Buffer.alloc(0))
    expect(answer.topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, baseOffset: round })
  }
})

test('answers come in the order of the requests, also behind one that waits', async () => {
  await using bench = await brokerBench()
  const [reader, writer] = [await bench.peer(), await bench.peer()]
  await writer.createTopic('t')
  const waiting = reader.send(fetch, 4, fetchOf('t', 30_000))
  const second = reader.send(apiVersions, 0, {})
  const third = reader.send(apiVersions, 0, {})
  await writer.call(apiVersions, 0, {})
  await writer.produce('t', batchOf(['a']))
  const ids = [await reader.frame(), await reader.frame(), await reader.frame()].map((f) => correlationIdOf(f ?? Buffer.alloc(4))) // prettier-ignore
  expect(ids).toEqual([waiting, second, third])
})

test('a request that arrives byte by byte is answered, and so are a hundred that arrive at once', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const request = frameOf(Buffer.from('0012000000000009ffff', 'hex'))
  peer.socket.setNoDelay(true)
  for (const byte of request) peer.socket.write(Buffer.from([byte]))
  expect(correlationIdOf((await peer.frame()) ?? Buffer.alloc(4))).toBe(9)
  peer.socket.write(Buffer.concat(Array.from({ length: 100 }, () => request)))
  for (let i = 0; i < 100; i++) expect(await peer.frame()).toBeDefined()
})

test('what is read ahead of a request that waits is bounded, and nothing of it is lost', async () => {
  await using bench = await brokerBench()
  const [reader, writer] = [await bench.peer(), await bench.peer()]
  await writer.createTopic('t')
  await writer.createTopic('u')
  reader.send(fetch, 4, fetchOf('t', 30_000))
  const records = batchOf(['x'.repeat(100_000)])
  // Far more than the system's own buffers take.
  const count = Math.ceil((120 * READ_AHEAD_BYTES_MAX) / records.length)
  for (let i = 0; i < count; i++)
    reader.send(produce, 9, {
      acks: 1,
      timeoutMs: 1,
      topics: [{ topic: 'u', partitions: [{ partition: 0, records }] }],
    })
  for (let i = 0; i < 200; i++) await writer.call(apiVersions, 0, {})
  expect(reader.socket.writableLength).toBeGreaterThan(READ_AHEAD_BYTES_MAX)
  await writer.produce('t', batchOf(['a']))
  for (let i = 0; i <= count; i++) expect(await reader.frame()).toBeDefined()
  expect((await writer.produce('u', batchOf(['b']))).baseOffset).toBe(count)
})

test('a peer that does not read its answers gets no more of them until it does', async () => {
  await using bench = await brokerBench()
  const [slow, writer] = [await bench.peer(), await bench.peer()]
  await writer.createTopic('t')
  await writer.produce('t', batchOf(['x'.repeat(900_000)]))
  slow.socket.pause()
  const count = 64
  for (let i = 0; i < count; i++) slow.send(fetch, 4, fetchOf('t', 0))
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 20; i++) await writer.call(apiVersions, 0, {})
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * UNSENT_BYTES_MAX)
  slow.socket.resume()
  for (let i = 0; i < count; i++) expect((await slow.frame())?.length).toBeGreaterThan(900_000)
})

test('a peer that closes its side gets the answers to what it asked', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  peer.send(apiVersions, 0, {})
  peer.send(apiVersions, 0, {})
  peer.socket.end()
  expect([await peer.frame(), await peer.frame()].every((frame) => frame !== undefined)).toBe(true)
  await peer.closed
})

test('a peer that hangs up ends its long poll', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench({}, { clock })
  const [reader, writer] = [await bench.peer(), await bench.peer()]
  await writer.createTopic('t')
  const timers = clock.waiting
  reader.send(fetch, 4, fetchOf('t', 3_000_000))
  await until(() => clock.waiting > timers, 'the poll to begin')
  reader[Symbol.dispose]()
  await until(() => clock.waiting === timers, 'the poll to end')
})

test('idle connections are closed, waiting ones are not', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench({ 'connections.max.idle.ms': '10000' }, { clock })
  const [idle, waiting] = [await bench.peer(), await bench.peer()]
  await waiting.createTopic('t')
  await idle.call(apiVersions, 0, {})
  const timers = clock.waiting
  waiting.send(fetch, 4, fetchOf('t', 60_000))
  await until(() => clock.waiting > timers, 'the poll to begin')
  clock.advance(15_000)
  await idle.closed
  clock.advance(60_000)
  expect(await waiting.frame()).toBeDefined()
})

test('connections beyond the limits are turned away', async () => {
  await using bench = await brokerBench({ 'max.connections.per.ip': '2' })
  const [first] = [await bench.peer(), await bench.peer()]
  const third = await bench.peer()
  await third.closed
  expect((await first.call(apiVersions, 0, {})).errorCode).toBe(0)
  expect(bench.said.of('warn').join()).toContain('max.connections.per.ip')
  first[Symbol.dispose]()
  await first.closed
  await until(async () => (await (await bench.peer()).call(apiVersions, 0, {}).catch(() => undefined)) !== undefined)
})

test('500 idle connections cost little and hold nobody up', async () => {
  await using bench = await brokerBench()
  const peers = await Promise.all(Array.from({ length: 500 }, () => bench.peer()))
  const busy = await bench.peer()
  await busy.createTopic('t')
  expect((await busy.produce('t', batchOf(['a']))).errorCode).toBe(0)
  const answers = await Promise.all(peers.map((peer) => peer.call(apiVersions, 0, {})))
  expect(answers.every((answer) => answer.errorCode === 0)).toBe(true)
})
