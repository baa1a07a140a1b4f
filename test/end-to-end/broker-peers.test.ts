/** Peers that do the broker no good: it says who they are, once, and goes on serving the others with no more memory than before. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { bin, readTopic, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { type Child, run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { frameOf, over, peer } from '../support/peers.ts'
import { freePort } from '../support/port.ts'

const produce = (port: number, from: number, to: number): Promise<string> =>
  run(bin('kafka-console-producer.sh'), ['--bootstrap-server', `127.0.0.1:${port}`, '--topic', 'weblog'], {
    input: numberedLines(from, to),
  })

const peakMb = (child: Child): number => {
  const status = readFileSync(`/proc/${child.process.pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

const uint32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(n)
  return bytes
}

const hello = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Buffer.alloc(508, 7)])

const senders: readonly (readonly [string, Buffer, RegExp])[] = [
  ['announces a request of 2 GB', uint32(0x7fffffff), /announced a request of 2147483647 bytes, above socket\.request/],
  ['announces a negative request', uint32(0xfffffff0), /announced a request of -16 bytes/],
  ['speaks HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /speaks HTTP, but this port speaks the Kafka/],
  ['begins a TLS handshake', hello, /began a TLS handshake, but this listener is PLAINTEXT/],
  ['sends garbage', Buffer.alloc(100_000, 'no kafka at all '), /announced a request of \d+ bytes/],
  [
    'asks for what nobody serves',
    Buffer.concat([uint32(40), Buffer.alloc(40, 0xee)]),
    /asked for API -4370 version -4370, which this broker does not serve/,
  ],
  ['sends an empty frame', uint32(0), /sent a request that cannot be read/],
  [
    'asks for the metadata of two thousand million topics',
    Buffer.concat([uint32(14), Buffer.from([0, 3, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])]),
    /sent a request that cannot be read/,
  ],
]

describe('a peer of the broker', () => {
  it('that sends what it should not is named in one WARN and let go; the others are served', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    await produce(port, 0, 100)
    const before = peakMb(broker)
    for (const [n, [, bytes, says]] of senders.entries()) {
      const from = `127.0.0.${n + 2}`
      for (let times = 0; times < 5; times++) {
        const socket = await peer(port, from)
        socket.write(bytes)
        await over(socket)
      }
      await broker.printed(new RegExp(`WARN ${from} .*${says.source}`))
    }
    await produce(port, 100, 200)
    expect(arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 200)).toMatchObject({ lost: [], repeated: 0 })
    expect(broker.times(/(WARN|ERROR) /), broker.output).toBe(senders.length)
    expect(peakMb(broker) - before).toBeLessThan(40)
  })

  it('that announces 90 MB and sends little costs as much as it sends', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    await produce(port, 0, 100)
    const before = peakMb(broker)
    const sockets = []
    for (let n = 0; n < 50; n++) {
      const socket = await peer(port, '127.0.0.2')
      socket.write(Buffer.concat([uint32(90_000_000), Buffer.alloc(10_000)]))
      sockets.push(socket)
    }
    await produce(port, 100, 200)
    expect(peakMb(broker) - before).toBeLessThan(40)
    for (const socket of sockets) socket.destroy()
    expect(await broker.stop()).toBe(0)
  })

  it('that is one of 500 that say nothing, beside a producer and a reader', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    await produce(port, 0, 100)
    const before = peakMb(broker)
    const sockets = await Promise.all(Array.from({ length: 500 }, () => peer(port, '127.0.0.2')))
    await produce(port, 100, 20_000)
    expect(arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 20_000)).toMatchObject({ lost: [], repeated: 0 })
    expect(peakMb(broker) - before).toBeLessThan(60)
    expect(broker.times(/(WARN|ERROR) /), broker.output).toBe(0)
    expect(await broker.stop()).toBe(0)
    for (const socket of sockets) socket.destroy()
  })

  it('that asks for ever and reads nothing is not answered beyond a limit', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    for (let from = 0; from < 1_000_000; from += 250_000) await produce(port, from, from + 250_000)
    const before = peakMb(broker)
    const read = frameOf(fetch, 4, 1, {
      replicaId: -1,
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 50_000_000,
      isolationLevel: 0,
      topics: [{ topic: 'weblog', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 50_000_000 }] }],
    })
    const sockets = []
    for (let n = 0; n < 20; n++) {
      const socket = await peer(port, '127.0.0.2')
      socket.pause()
      for (let times = 0; times < 200; times++) socket.write(read)
      sockets.push(socket)
    }
    await produce(port, 1_000_000, 1_001_000)
    const found = arrivals(await readTopic(`127.0.0.1:${port}`, 'weblog'), 1_001_000)
    expect(found).toMatchObject({ lost: [], repeated: 0 })
    console.log(`20 readers that read nothing: ${Math.round(peakMb(broker) - before)} MB more at the peak`)
    expect(peakMb(broker) - before).toBeLessThan(200)
    expect(await broker.stop()).toBe(0)
    for (const socket of sockets) socket.destroy()
  })

  it('that closes its side gets the answers to what it asked', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using broker = await startBrokerProcess(writeServerProperties(folder.path, port))
    const socket = await peer(port, '127.0.0.2')
    let got = Buffer.alloc(0)
    socket.on('data', (chunk) => (got = Buffer.concat([got, chunk])))
    socket.end(Buffer.concat([1, 2, 3].map((id) => frameOf(apiVersions, 0, id, {}))))
    await over(socket)
    const ids = []
    for (let at = 0; at < got.length; at += 4 + got.readInt32BE(at)) ids.push(got.readInt32BE(at + 4))
    expect(ids).toEqual([1, 2, 3])
    expect(broker.times(/(WARN|ERROR) /), broker.output).toBe(0)
    expect(await broker.stop()).toBe(0)
  })
})
