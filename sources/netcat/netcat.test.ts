import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeContext, fakeContext } from '../../test/fakes/context.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { FakeTarget } from '../../test/fakes/channel.ts'
import { until } from '../../test/fakes/until.ts'
import { charsetOf } from '../../src/formats/charset.ts'
import { type NetcatOptions, NetcatSource } from './netcat-source.ts'

const utf8 = charsetOf('utf-8')
if (utf8 === undefined) throw new Error('no utf-8')

const defaults: NetcatOptions = {
  host: '127.0.0.1',
  port: 0,
  acks: true,
  charset: utf8,
  maxLineLength: 512,
  batchEvents: 100,
  maxConnections: 10,
}

class Running {
  readonly target = new FakeTarget()
  readonly context: FakeContext
  readonly stop = new AbortController()
  readonly grace = new AbortController()
  readonly ended: Promise<void>
  readonly clients: Socket[] = []

  constructor(options: Partial<NetcatOptions> = {}, clock = new FakeClock()) {
    this.context = fakeContext({ grace: this.grace.signal, clock })
    const source = new NetcatSource({ ...defaults, ...options }, this.context)
    this.ended = source.run(this.target.deliver, this.stop.signal)
  }

  async port(): Promise<number> {
    await until(() => this.context.log.lines.length > 0, 'the listener')
    return Number(this.context.log.lines[0]?.fields['port'])
  }

  async client(): Promise<Client> {
    const socket = connect({ port: await this.port(), host: '127.0.0.1', allowHalfOpen: true })
    this.clients.push(socket)
    await once(socket, 'connect')
    return new Client(socket)
  }
}

class Client {
  readonly socket: Socket
  received = ''
  ended = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')))
    socket.on('end', () => (this.ended = true))
    socket.on('error', () => (this.ended = true))
  }

  send(data: string | Buffer): void {
    this.socket.write(data)
  }

  /** Resolves with all that came, once the source has closed its side. */
  async all(): Promise<string> {
    await until(() => this.ended, 'the end of the replies')
    return this.received
  }
}

let running: Running
const start = (options: Partial<NetcatOptions> = {}, clock?: FakeClock): Running =>
  (running = new Running(options, clock))

afterEach(async () => {
  for (const client of running.clients) client.destroy()
  running.stop.abort()
  running.grace.abort()
  await running.ended
})

const tooLong = 'FAILED: Event exceeds the maximum length (512 chars, including newline)\n'

describe('netcat source', () => {
  it('makes each line an event and answers each', async () => {
    const { target } = start()
    const client = await running.client()
    client.send(Buffer.from('hello\r\nworld\n\né\n'))
    await until(() => client.received.length === 12, 'four replies')
    expect(client.received).toBe('OK\n'.repeat(4))
    expect(target.bodies).toEqual(['hello\r', 'world', '', 'é'])
    expect(target.events.every((event) => Object.keys(event.headers).length === 0)).toBe(true)
  })

  it.each([
    ['511 characters', 'a'.repeat(511), 'OK\n', 1],
    ['511 characters of two bytes', 'é'.repeat(511), 'OK\n', 1],
    ['512 characters', 'a'.repeat(512), tooLong, 0],
    ['512 characters of two bytes', 'é'.repeat(512), tooLong, 0],
    ['256 characters that Java counts twice', '😀'.repeat(256), tooLong, 0],
  ])('measures %s', async (_, line, reply, events) => {
    const { target } = start()
    const client = await running.client()
    client.send(`${line}\n`)
    await until(() => client.received.length === reply.length, 'the reply')
    expect(client.received).toBe(reply)
    expect(target.bodies).toEqual(events === 1 ? [line] : [])
  })

  it('delivers the lines before an overlong one, refuses it and closes', async () => {
    const { target } = start()
    const client = await running.client()
    client.send(`ok\n${'b'.repeat(600)}\nnext\n`)
    expect(await client.all()).toBe(`OK\n${tooLong}`)
    expect(target.bodies).toEqual(['ok'])
    expect(running.context.log.of('warn')).toHaveLength(1)
  })

  it('refuses an overlong line before its newline has come', async () => {
    start()
    const client = await running.client()
    client.send('c'.repeat(512))
    expect(await client.all()).toBe(tooLong)
  })

  it('lets a client that goes on after an overlong line read the answer, then closes on it', async () => {
    const clock = new FakeClock()
    start({}, clock)
    const client = await running.client()
    client.send('d'.repeat(1_000_000))
    expect(await client.all()).toBe(tooLong)
    await until(() => clock.waiting > 0, 'the timer')
    clock.advance(2000)
    await until(() => running.context.counters.values['OpenConnectionCount'] === 0, 'the connection to be closed')
  })

  it('delivers a last line without a newline, answers a half-closed client and closes', async () => {
    const { target } = start()
    const client = await running.client()
    target.hold()
    client.socket.end('one\npartial')
    await until(() => client.socket.writableFinished, 'the end of sending')
    target.release()
    expect(await client.all()).toBe('OK\nOK\n')
    expect(target.bodies).toEqual(['one', 'partial'])
  })

  it('joins lines that come in pieces', async () => {
    const { target } = start()
    const client = await running.client()
    const line = 'x'.repeat(100)
    for (let i = 0; i < 50; i++) for (const piece of [line.slice(0, 30), line.slice(30), '\n']) client.send(piece)
    client.socket.end()
    await client.all()
    expect(target.bodies).toEqual(Array.from({ length: 50 }, () => line))
  })

  it('passes bytes that are not valid UTF-8 unchanged', async () => {
    const { target } = start()
    const client = await running.client()
    client.socket.end(Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a]))
    await client.all()
    expect(target.events.map((event) => Buffer.from(event.body))).toEqual([Buffer.from([0xff, 0x00, 0xc3, 0x28])])
  })

  it.each([
    ['ISO-8859-1', Buffer.from([0xe9, 0x0a])],
    ['UTF-16', Buffer.from([0x00, 0xe9, 0x00, 0x0a])],
    ['UTF-16LE', Buffer.from([0xe9, 0x00, 0x0a, 0x00])],
    ['windows-1252', Buffer.from([0xe9, 0x0a])],
  ])('turns %s into UTF-8', async (encoding, input) => {
    const { target } = start({ charset: charsetOf(encoding) ?? utf8 })
    const client = await running.client()
    for (const byte of input) client.send(Buffer.from([byte]))
    client.socket.end()
    const replies = await client.all()
    expect(target.bodies).toEqual(['é'])
    expect(replies.replaceAll('\0', '')).toBe('OK\n')
  })

  it('answers FAILED with the reason when the channel refuses, and goes on', async () => {
    const { target } = start()
    target.refusals.push(new Error('no room\nat all'))
    const client = await running.client()
    client.send('a\nb\n')
    await until(() => client.received.endsWith('at all\n'.repeat(1)) && client.received.length === 46, 'two refusals')
    expect(client.received).toBe('FAILED: no room at all\n'.repeat(2))
    client.send('c\n')
    await until(() => client.received.endsWith('OK\n'), 'the next answer')
    expect(target.bodies).toEqual(['c'])
    expect(running.context.log.of('warn')).toHaveLength(1)
  })

  it('answers nothing when ack-every-event is off', async () => {
    const { target } = start({ acks: false })
    const client = await running.client()
    client.socket.end('a\nb\n')
    expect(await client.all()).toBe('')
    expect(target.bodies).toEqual(['a', 'b'])
  })

  it('holds the sender back while the channel is full, and loses nothing', async () => {
    const { target } = start({ acks: false, batchEvents: 10 })
    const client = await running.client()
    target.hold()
    const lines = Array.from({ length: 200_000 }, (_, i) => `line ${i} ${'y'.repeat(90)}`)
    client.socket.end(`${lines.join('\n')}\n`)
    await until(() => client.socket.bytesWritten > 0, 'the first bytes')
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(client.socket.writableFinished).toBe(false)
    target.release()
    await client.all()
    expect(target.bodies).toEqual(lines)
  })

  it('turns connections away above its limit, saying so once', async () => {
    start({ maxConnections: 1 })
    const first = await running.client()
    first.send('a\n')
    await until(() => first.received === 'OK\n', 'the first client')
    const replies = await Promise.all([(await running.client()).all(), (await running.client()).all()])
    expect(replies).toEqual(Array.from({ length: 2 }, () => 'FAILED: All 1 connections are taken\n'))
    expect(running.context.log.of('warn')).toHaveLength(1)
  })

  it('delivers what it has read before it stops, and waits for it to settle', async () => {
    const { target } = start()
    const client = await running.client()
    target.settleByHand()
    target.hold()
    client.send(`${'z\n'.repeat(500)}half`)
    await until(() => client.socket.bytesWritten === 1004, 'the bytes to be sent')
    let ended = false
    void running.ended.then(() => (ended = true))
    await until(() => running.context.counters.values['OpenConnectionCount'] === 1, 'the connection')
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    running.stop.abort()
    target.release()
    expect(await client.all()).toBe('OK\n'.repeat(500))
    expect(target.events).toHaveLength(500)
    expect(ended).toBe(false)
    target.settle()
    await running.ended
  })

  it('says that its port is taken', async () => {
    start()
    const port = await running.port()
    const second = new NetcatSource({ ...defaults, port }, fakeContext())
    const failed = second.run(new FakeTarget().deliver, new AbortController().signal)
    await expect(failed).rejects.toMatchObject({ code: 'PORT_IN_USE', message: `127.0.0.1:${port} is already in use` })
  })

  it('serves on when a client resets its connection in the middle of a line', async () => {
    const { target } = start()
    const rude = await running.client()
    rude.send('whole\nbroken')
    await until(() => rude.received === 'OK\n', 'the first reply')
    rude.socket.resetAndDestroy()
    const polite = await running.client()
    polite.send('still here\n')
    await until(() => polite.received === 'OK\n', 'the reply')
    expect(target.bodies).toEqual(['whole', 'still here'])
  })
})
