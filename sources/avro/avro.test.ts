import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import avro from 'avsc'
import { afterEach, describe, expect, it } from 'vitest'
import type { Batch } from '../../src/flow/event.ts'
import { openAvroClient } from '../../src/formats/avro-client.ts'
import { FakeTarget } from '../../test/fakes/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { avro as definition } from './avro.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const start = async (given: Record<string, string> = {}) => {
  const target = new FakeTarget()
  const stop = new AbortController()
  const grace = new AbortController()
  const context = fakeContext({ grace: grace.signal })
  const source = await definition.create(
    valuesOf(definition.settings, { bind: '127.0.0.1', port: '0', ...given }),
    context,
  )
  const ended = source.run(target.deliver, stop.signal)
  cleanUps.push(async () => {
    stop.abort()
    grace.abort()
    target.release()
    await ended
  })
  await until(() => context.log.lines.length > 0, 'the listener')
  return { target, context, stop, ended, port: Number(context.log.lines[0]?.fields['port']) }
}

const client = async (port: number, deflateLevel?: number) => {
  const { clock } = fakeContext()
  const opened = await openAvroClient({
    host: '127.0.0.1',
    port,
    connectTimeoutMs: 20_000,
    requestTimeoutMs: 20_000,
    deflateLevel,
    clock,
  })
  cleanUps.push(() => opened[Symbol.asyncDispose]())
  return opened
}

interface Raw {
  readonly socket: Socket
  readonly received: () => Buffer
  readonly bytes: () => number
}

const raw = async (port: number): Promise<Raw> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  cleanUps.push(() => socket.destroy())
  const chunks: Buffer[] = []
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
  })
  await once(socket, 'connect')
  return { socket, received: () => Buffer.concat(chunks), bytes: () => bytes }
}

const batch = (...bodies: string[]): Batch =>
  bodies.map((body, i) => ({ headers: { i: String(i) }, body: Buffer.from(body) }))

/** The protocol as a foreign library speaks it; its text, and so its hash, is not ours. */
const foreign = avro.Service.forProtocol({
  protocol: 'AvroSourceProtocol',
  namespace: 'org.apache.flume.source.avro',
  doc: 'Another text.',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OK', 'FAILED', 'UNKNOWN'] },
    {
      type: 'record',
      name: 'AvroFlumeEvent',
      fields: [
        { name: 'headers', type: { type: 'map', values: 'string' } },
        { name: 'body', type: 'bytes' },
      ],
    },
  ],
  messages: {
    append: { request: [{ name: 'event', type: 'AvroFlumeEvent' }], response: 'Status' },
    appendBatch: {
      request: [{ name: 'events', type: { type: 'array', items: 'AvroFlumeEvent' } }],
      response: 'Status',
    },
  },
})

const foreignCall = (port: number, message: string, parameters: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const transport = connect({ port, host: '127.0.0.1', noDelay: true })
    const caller = foreign.createClient()
    const channel = caller.createChannel(transport)
    caller.emitMessage(message, parameters, (error: Error | null, status: unknown) => {
      channel.destroy()
      transport.destroy()
      if (error === null || error === undefined) resolve(status)
      else reject(error)
    })
  })

describe('avro source', () => {
  it.each([undefined, 6])('takes batches of our client and answers, deflate %s', async (level) => {
    const { target, port } = await start(level === undefined ? {} : { 'compression-type': 'deflate' })
    const sender = await client(port, level)
    const large = 'x'.repeat(300_000)
    await sender.appendBatch(batch('a', '', 'é'))
    await sender.appendBatch(batch(large))
    await sender.appendBatch(batch('z'))
    expect(target.bodies).toEqual(['a', '', 'é', large, 'z'])
    expect(target.batches).toHaveLength(3)
    expect(target.events[1]?.headers).toEqual({ i: '1' })
  })

  it('understands a foreign client, whose protocol it asks for', async () => {
    const { target, port, context } = await start()
    const event = { headers: { k: 'v' }, body: Buffer.from('one') }
    expect(await foreignCall(port, 'append', { event })).toBe('OK')
    expect(await foreignCall(port, 'appendBatch', { events: [event, { headers: {}, body: Buffer.alloc(0) }] })).toBe(
      'OK',
    )
    expect(await foreignCall(port, 'appendBatch', { events: [] })).toBe('OK')
    expect(target.events.map(({ headers }) => headers)).toEqual([{ k: 'v' }, { k: 'v' }, {}])
    expect(context.counters.values).toMatchObject({ AppendReceivedCount: 1, AppendAcceptedCount: 1 })
  })

  it('has the bytes of the reference: an append with its handshake, and later calls without', async () => {
    const { target, port } = await start()
    const first = await raw(port)
    const known = await raw(port)
    const greet = async (to: Raw, serial: number, hash: string): Promise<void> => {
      const message = Buffer.from(`${hash}00${hash}0200000c617070656e6400046869`, 'hex')
      const head = Buffer.alloc(12)
      head.writeInt32BE(serial, 0)
      head.writeInt32BE(1, 4)
      head.writeInt32BE(message.length, 8)
      to.socket.write(Buffer.concat([head, message]))
      await until(() => to.received().length > 12, 'the answer')
    }
    await greet(first, 1, '00'.repeat(16))
    expect(first.received().subarray(0, 8).toString('hex')).toBe('0000000100000001')
    expect(first.received()[12]).toBe(4)
    expect(target.events).toEqual([])
    const { protocolHash } = await import('../../src/formats/avro-protocol.ts')
    await greet(known, 9, protocolHash().toString('hex'))
    expect(known.received().toString('hex')).toBe('00000009000000010000000700000000000000')
    expect(target.bodies).toEqual(['hi'])
    known.socket.write(Buffer.from('0000000a000000010000000c000c617070656e6400046869', 'hex'))
    await until(() => known.received().length > 19, 'the second answer')
    expect(known.received().subarray(19).toString('hex')).toBe('0000000a0000000100000003000000')
    known.socket.write(Buffer.from('0000000b000000010000000400046e6f', 'hex'))
    await until(() => known.received().length > 34, 'the third answer')
    expect(known.received().subarray(34).toString('latin1')).toContain('There is no call no')
  })

  it('answers FAILED when the channel refuses, and goes on', async () => {
    const { target, port, context } = await start()
    target.refusals.push(new Error('no room'), new Error('no room'))
    const sender = await client(port)
    await expect(sender.appendBatch(batch('a'))).rejects.toMatchObject({
      code: 'AVRO_REFUSED',
      details: { status: 'FAILED' },
    })
    expect(sender.isAlive).toBe(false)
    await expect((await client(port)).appendBatch(batch('a'))).rejects.toMatchObject({ code: 'AVRO_REFUSED' })
    await (await client(port)).appendBatch(batch('a'))
    expect(target.bodies).toEqual(['a'])
    expect(context.log.of('warn')).toHaveLength(1)
  })

  it.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['an announced 2 GB', Buffer.from('00000001000000017fffffff', 'hex')],
    ['a message that is none', Buffer.from('000000010000000100000004deadbeef', 'hex')],
    ['a call above the limit', Buffer.from('000000010000000100010001', 'hex')],
  ])('closes a connection that sends %s, with a word, and serves the others', async (_, bytes) => {
    const { target, port, context } = await start({ 'max-frame-size': '65536' })
    const { socket } = await raw(port)
    socket.write(bytes)
    await once(socket, 'close')
    expect(context.log.of('warn')).toHaveLength(1)
    await (await client(port)).appendBatch(batch('a'))
    expect(target.bodies).toEqual(['a'])
  })

  it('says that compression may not fit', async () => {
    const { port, context } = await start({ 'compression-type': 'deflate' })
    await expect((await client(port)).appendBatch(batch('a'))).rejects.toMatchObject({ code: 'AVRO_LOST' })
    expect(context.log.of('warn').join()).toContain('Compression must be the same')
  })

  it('answers open calls at the stop, and waits for them to settle', async () => {
    const { target, port, stop, ended } = await start()
    target.settleByHand()
    target.hold()
    const sender = await client(port)
    const call = sender.appendBatch(batch('a'))
    let isOver = false
    void ended.then(() => (isOver = true))
    const idle = await raw(port)
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await once(idle.socket, 'close')
    target.release()
    await call
    expect(isOver).toBe(false)
    target.settle()
    await ended
  })

  it('holds a client back that sends without waiting for answers', async () => {
    const { target, port } = await start()
    const { protocolHash } = await import('../../src/formats/avro-protocol.ts')
    target.hold()
    const { socket, bytes } = await raw(port)
    const hash = protocolHash().toString('hex')
    const call = (greeting: string): Buffer => {
      const message = Buffer.from(`${greeting}000c617070656e64000c68656c6c6f21`, 'hex')
      const head = Buffer.from(`0000000100000001${message.length.toString(16).padStart(8, '0')}`, 'hex')
      return Buffer.concat([head, message])
    }
    socket.write(call(`${hash}00${hash}00`))
    socket.write(Buffer.concat(Array.from({ length: 500_000 }, () => call(''))))
    for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(socket.bytesWritten - socket.writableLength).toBeLessThan(13_000_000)
    target.release()
    await until(() => target.batches.length === 500_001, 'all calls')
    await until(() => bytes() >= 500_000 * 15, 'all answers')
  })

  it('lets in whom the rules allow', async () => {
    const { port } = await start({ ipFilter: 'true', ipFilterRules: 'deny:ip:127.0.0.1' })
    await expect((await client(port)).appendBatch(batch('a'))).rejects.toMatchObject({ code: 'AVRO_LOST' })
    const open = await start({ ipFilter: 'true', ipFilterRules: 'allow:name:localhost,deny:ip:*' })
    await (await client(open.port)).appendBatch(batch('a'))
    expect(open.target.bodies).toEqual(['a'])
  })

  it('turns connections away above its limit', async () => {
    const { port, context } = await start({ 'max-connections': '1' })
    await (await client(port)).appendBatch(batch('a'))
    const { socket } = await raw(port)
    await once(socket, 'close')
    expect(context.log.of('warn')).toHaveLength(1)
    expect(context.counters.values['OpenConnectionCount']).toBe(1)
  })

  it('refuses what is not there yet', () => {
    const found = (given: Record<string, string>) =>
      definition.check?.(valuesOf(definition.settings, { port: '1', bind: 'x', ...given })) ?? []
    expect(found({})).toEqual([])
    expect(found({ ssl: 'true' })).toMatchObject([{ level: 'fault', setting: 'ssl' }])
    expect(found({ ipFilter: 'true' })).toMatchObject([{ level: 'fault', setting: 'ipFilter' }])
  })
})
