import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Batch } from '../../src/flow/event.ts'
import { type ForeignAvroSource, startForeignAvroSource, startServer } from '../../test/fakes/avro-source.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { avro as definition } from './avro.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

const never = new AbortController().signal
const batch = (...bodies: string[]): Batch => bodies.map((body) => ({ headers: { h: 'é' }, body: Buffer.from(body) }))

const listen = async (accept: (socket: Socket) => void): Promise<number> => {
  const server = await startServer(accept)
  cleanUps.push(() => server.close())
  return server.port
}

const foreignSource = async (): Promise<ForeignAvroSource> => {
  const source = await startForeignAvroSource()
  cleanUps.push(() => source.close())
  return source
}

const sinkTo = async (port: number, given: Record<string, string> = {}, clock?: FakeClock) => {
  const context = fakeContext(clock === undefined ? {} : { clock })
  const sink = await definition.create(
    valuesOf(definition.settings, { hostname: '127.0.0.1', port: String(port), ...given }),
    context,
  )
  cleanUps.push(() => sink[Symbol.asyncDispose]())
  return { sink, context }
}

describe('avro sink', () => {
  it('sends batches to a source that speaks the protocol in its own words', async () => {
    const foreign = await foreignSource()
    const { sink, context } = await sinkTo(foreign.port)
    await sink.write(batch('a', ''), never)
    await sink.write(batch('b'), never)
    expect(foreign.events.map(({ body }) => body.toString())).toEqual(['a', '', 'b'])
    expect(foreign.events[0]?.headers).toEqual({ h: 'é' })
    expect(foreign.connections).toBe(1)
    await sink[Symbol.asyncDispose]()
    expect(context.counters.values).toEqual({ ConnectionCreatedCount: 1, ConnectionClosedCount: 1 })
  })

  it('fails the write when the source refuses, and connects anew', async () => {
    const foreign = await foreignSource()
    const { sink } = await sinkTo(foreign.port)
    foreign.status = 'FAILED'
    await expect(sink.write(batch('a'), never)).rejects.toMatchObject({ code: 'AVRO_REFUSED' })
    foreign.status = 'OK'
    await sink.write(batch('a'), never)
    expect(foreign.connections).toBe(2)
  })

  it('says when nobody listens there, and when the connection is lost', async () => {
    const { sink, context } = await sinkTo(1)
    await expect(sink.write(batch('a'), never)).rejects.toMatchObject({ code: 'AVRO_UNREACHABLE' })
    expect(context.counters.values).toEqual({ ConnectionFailedCount: 1 })
    const rude = await sinkTo(await listen((socket) => socket.once('data', () => socket.destroy())))
    await expect(rude.sink.write(batch('a'), never)).rejects.toMatchObject({ code: 'AVRO_LOST' })
    const strange = await sinkTo(
      await listen((socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n'))),
    )
    await expect(strange.sink.write(batch('a'), never)).rejects.toMatchObject({ code: 'AVRO_LOST' })
  })

  it('waits no longer than request-timeout for an answer', async () => {
    const clock = new FakeClock()
    let asked = false
    const { sink } = await sinkTo(await listen((socket) => socket.on('data', () => (asked = true))), {}, clock)
    const write = sink.write(batch('a'), never)
    write.catch(() => undefined)
    await until(() => asked, 'the call')
    clock.advance(20_000)
    await expect(write).rejects.toMatchObject({ code: 'AVRO_TIMED_OUT', details: { seconds: 20 } })
  })

  it('ends a write when its signal aborts', async () => {
    let asked = false
    const { sink } = await sinkTo(await listen((socket) => socket.on('data', () => (asked = true))))
    const abort = new AbortController()
    const write = sink.write(batch('a'), abort.signal)
    write.catch(() => undefined)
    await until(() => asked, 'the call')
    abort.abort()
    await expect(write).rejects.toThrow('closed here')
  })

  it('replaces its connection at the interval', async () => {
    const clock = new FakeClock()
    const foreign = await foreignSource()
    const { sink } = await sinkTo(foreign.port, { 'reset-connection-interval': '5' }, clock)
    await sink.write(batch('a'), never)
    clock.advance(4999)
    await sink.write(batch('b'), never)
    clock.advance(1)
    await sink.write(batch('c'), never)
    expect(foreign.connections).toBe(2)
    expect(foreign.events).toHaveLength(3)
  })

  it('notices a source that went away while nothing was sent', async () => {
    const foreign = await foreignSource()
    const { sink } = await sinkTo(foreign.port)
    await sink.write(batch('a'), never)
    foreign.close()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    await expect(sink.write(batch('b'), never)).rejects.toMatchObject({ code: 'AVRO_UNREACHABLE' })
  })

  it('refuses what is not there yet, and says what becomes of short time-outs', () => {
    const found = (given: Record<string, string>) =>
      definition.check?.(valuesOf(definition.settings, { hostname: 'h', port: '1', ...given })) ?? []
    expect(found({})).toEqual([])
    expect(found({ ssl: 'true' })).toMatchObject([{ level: 'fault', setting: 'ssl' }])
    expect(found({ 'client.type': 'default_loadbalance' })).toMatchObject([{ level: 'fault', setting: 'client.type' }])
    expect(found({ 'connect-timeout': '500' })).toMatchObject([{ level: 'warning', setting: 'connect-timeout' }])
  })
})
