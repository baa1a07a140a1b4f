import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { consumerOf, createTopic } from '../../test/fakes/kafka-client.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { Outcome } from './outcome.ts'
import { BrokerError } from './errors.ts'
import { clientOptions } from './options.ts'
import type { ClientOptions } from './options.ts'
import { Producer } from './producer.ts'
import type { ProducerOptions } from './producer-options.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

/** A producer of a topic, sending texts of one batch each. */
const producerOf = async (
  port: number,
  options: Partial<ProducerOptions> = {},
  client: Partial<ClientOptions> = {},
  topic = 't',
) => {
  const bootstrap = [{ host: '127.0.0.1', port }]
  const producer = new Producer(
    clientOptions({ bootstrap, retryBackoffMs: 2, retryBackoffMaxMs: 20, ...client }),
    options,
  )
  undo.push(() => producer[Symbol.asyncDispose]())
  await producer.open()
  await producer.lookUp(topic)
  const batch = (values: readonly string[], partition: number) => {
    const records = producer.writer()
    for (const value of values) records.add(1, null, Buffer.from(value), null)
    return { topic, partition, records }
  }
  const send = async (values: readonly string[], partition = 0, signal?: AbortSignal): Promise<Outcome> => {
    const [outcome] = await producer.send([batch(values, partition)], signal)
    return outcome as Outcome
  }
  return { producer, batch, send }
}

/** A relay to the broker which cuts all its connections when it is told to, at the port that the broker advertises. */
const relayTo = async (target: () => number) => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      // prettier-ignore
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close())
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  undo.push(cut)
  return { port: (server.address() as AddressInfo).port, cut }
}

const stored = async (port: number, count: number, topic = 't'): Promise<string[]> => {
  await using reader = await consumerOf(port)
  reader.consumer.readAll([topic])
  return (await reader.read(count)).map(({ value }) => value)
}

describe('a producer', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('stores batches in order (%s)', async (compression) => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port, { compression })
    const values = Array.from({ length: 40 }, (_, i) => [`${i}a`, `${i}b`])
    const outcomes = await Promise.all(values.map((pair) => send(pair)))
    expect(outcomes.map(({ baseOffset }) => baseOffset)).toEqual(values.map((_, i) => 2 * i))
    expect(await stored(bench.port, 80)).toEqual(values.flat())
  })

  it('sends the batches of one call to many partitions', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 8)
    const { producer, batch } = await producerOf(bench.port)
    const outcomes = await producer.send(
      [0, 1, 2, 3, 4, 5, 6, 7].map((partition) => batch([`p${partition}`], partition)),
    )
    expect(outcomes.every(({ error }) => error === undefined)).toBe(true)
    expect((await stored(bench.port, 8)).sort()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'])
  })

  it.each([0, 1, -1] as const)('works with acks=%i', async (acks) => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port, { acks })
    for (const value of ['a', 'b']) expect((await send([value])).error).toBeUndefined()
    expect(await stored(bench.port, 2)).toEqual(['a', 'b'])
  })

  it('uses its writers again, and nothing of what they held comes back', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port)
    const values = Array.from({ length: 60 }, (_, i) => `${i}`.repeat(1 + ((i * 7919) % 5000)))
    for (const value of values) await send([value])
    expect(await stored(bench.port, 60)).toEqual(values)
  })

  it('tells what the broker refuses, and goes on', async () => {
    await using bench = await brokerBench({ 'message.max.bytes': '2000' })
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port)
    expect((await send(['a'])).error).toBeUndefined()
    const { error } = await send(['x'.repeat(5000)])
    expect(error).toBeInstanceOf(BrokerError)
    expect((error as BrokerError).errorCode).toBe(errorCodes.MESSAGE_TOO_LARGE)
    expect((await send(['b'])).error).toBeUndefined()
    expect(await stored(bench.port, 2)).toEqual(['a', 'b'])
  })
})

describe('connections that break', () => {
  it.each([true, false])('lose nothing and mix nothing up (idempotent: %s)', async (idempotent) => {
    const relay = await relayTo(() => bench.port)
    const bench = await brokerBench({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${relay.port}` })
    undo.push(() => bench[Symbol.asyncDispose]())
    await createTopic(bench, 't')
    const { send } = await producerOf(relay.port, { idempotent })
    const values = Array.from({ length: 300 }, (_, i) => `${i}`)
    const open: Promise<Outcome>[] = []
    for (const [i, value] of values.entries()) {
      open.push(send([value]))
      if (i % 37 === 20) relay.cut()
      if (open.length === 5) expect((await open.shift())?.error).toBeUndefined()
    }
    for (const outcome of await Promise.all(open)) expect(outcome.error).toBeUndefined()
    await send(['end'])
    const read: string[] = []
    await using reader = await consumerOf(relay.port)
    reader.consumer.readAll(['t'])
    while (read.at(-1) !== 'end') read.push(...(await reader.read(1)).map(({ value }) => value))
    const once = read.filter((value, i) => value !== read[i - 1])
    expect(once).toEqual([...values, 'end'])
    if (idempotent) expect(read).toEqual(once)
  })

  it('are opened again to a broker that was restarted, and it still knows what it had', async () => {
    const bench = await brokerBench()
    const { port } = bench
    await createTopic(bench, 't')
    const { send } = await producerOf(port)
    await send(['a'])
    const restarted = bench.again({ listeners: `PLAINTEXT://127.0.0.1:${port}` })
    const b = send(['b'])
    await using again = await restarted
    expect((await b).error).toBeUndefined()
    expect(await stored(again.port, 2)).toEqual(['a', 'b'])
  })

  it('are not waited for beyond the delivery time', async () => {
    const bench = await brokerBench()
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port, { deliveryTimeoutMs: 30 })
    await send(['a'])
    await bench[Symbol.asyncDispose]()
    const outcomes = await Promise.all([send(['b']), send(['c'])])
    for (const { error } of outcomes) expect(error).toMatchObject({ code: 'DELIVERY_TIMED_OUT' })
  })

  it('are not waited for beyond the signal', async () => {
    const bench = await brokerBench()
    await createTopic(bench, 't')
    const { send } = await producerOf(bench.port)
    await bench[Symbol.asyncDispose]()
    const stop = new AbortController()
    const outcome = send(['a'], 0, stop.signal)
    stop.abort(new Error('stopped'))
    expect((await outcome).error?.message).toBe('stopped')
  })

  it('end with the producer, which fails what waits', async () => {
    const bench = await brokerBench()
    await createTopic(bench, 't')
    const { producer, send } = await producerOf(bench.port)
    await bench[Symbol.asyncDispose]()
    const outcome = send(['a'])
    await producer[Symbol.asyncDispose]()
    expect((await outcome).error).toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

it('a broker that is away at the start shows when the producer opens', async () => {
  const bench = await brokerBench()
  const { port } = bench
  await bench[Symbol.asyncDispose]()
  await expect(producerOf(port)).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })
})
