import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { until } from '../../test/fakes/until.ts'
import { realClock } from '../io/clock.ts'
import type { Clock } from '../io/clock.ts'
import { encodeResponse } from '../protocol/codec.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { listGroups } from '../protocol/messages/list-groups.ts'
import { metadata } from '../protocol/messages/metadata.ts'
import { produce } from '../protocol/messages/produce.ts'
import { decodeRequestHeader } from '../protocol/request-header.ts'
import type { RequestHeader } from '../protocol/request-header.ts'
import type { Connection, ConnectionOptions } from './connection.ts'
import { openConnection } from './open-connection.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

type OnRequest = (socket: Socket, header: RequestHeader) => void

/** A listener that hands each request to the test. */
const peer = async (onRequest: OnRequest): Promise<number> => {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0)
    undo.push(() => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0)
        const frame = received.subarray(4, end)
        received = received.subarray(end)
        onRequest(socket, decodeRequestHeader(frame))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const apiKeys = [apiVersions, metadata, produce, listGroups].map(({ key, versions: [minVersion, maxVersion] }) => ({
  apiKey: key,
  minVersion,
  maxVersion,
}))

const write = (socket: Socket, pieces: readonly Buffer[]): void => {
  for (const piece of pieces) socket.write(piece)
}

const answerVersions: OnRequest = (socket, { apiVersion, correlationId }) =>
  write(socket, encodeResponse(apiVersions, apiVersion, correlationId, { errorCode: 0, apiKeys }))

/** A broker that says what it speaks; all else is up to the test. */
const brokerThat = (onRequest: OnRequest): Promise<number> =>
  peer((socket, header) => (header.apiKey === apiVersions.key ? answerVersions : onRequest)(socket, header))

const answerGroups = (socket: Socket, { apiVersion, correlationId }: RequestHeader, name: string): void =>
  write(
    socket,
    encodeResponse(listGroups, apiVersion, correlationId, {
      errorCode: 0,
      groups: [{ groupId: name, protocolType: '', groupState: '', groupType: '' }],
    }),
  )

const open = async (port: number, given: Partial<ConnectionOptions> & { clock?: Clock } = {}): Promise<Connection> => {
  const connection = await openConnection(
    { host: '127.0.0.1', port },
    {
      clientId: 'me',
      clock: realClock,
      connectTimeoutMs: 10_000,
      requestTimeoutMs: 10_000,
      receiveChunkBytes: 65_536,
      frameBytesMax: 1_000_000,
      inFlightMax: 100,
      ...given,
    },
  )
  undo.push(() => connection[Symbol.dispose]())
  return connection
}

const groupIds = async (connection: Connection): Promise<string> => {
  const { groups } = await connection.request(listGroups, {})
  return groups.map(({ groupId }) => groupId).join()
}

it('sends a large request at once, and small ones when the turn ends', async () => {
  const connection = await open(await brokerThat(() => undefined))
  const uncork = vi.spyOn(Socket.prototype, 'uncork')
  undo.push(() => uncork.mockRestore())
  const records = Buffer.alloc(100_000)
  const lost = [
    connection.request(listGroups, {}),
    connection.request(produce, {
      acks: 1,
      timeoutMs: 1,
      topics: [{ topic: 't', partitions: [{ partition: 0, records }] }],
    }),
  ].map((request) => request.catch(() => undefined))
  expect(uncork).toHaveBeenCalledTimes(1)
  const third = connection.request(listGroups, {}).catch(() => undefined)
  expect(uncork).toHaveBeenCalledTimes(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(uncork).toHaveBeenCalledTimes(2)
  connection[Symbol.dispose]()
  await Promise.all([...lost, third])
})

describe('the first exchange', () => {
  it('settles the versions of both sides', async () => {
    const connection = await open(await brokerThat(() => undefined))
    expect(connection.versionOf(metadata)).toBe(12)
    expect(connection.versionOf(metadata, 5)).toBe(5)
    expect(connection.supports(listGroups)).toBe(true)
  })

  it('asks in the oldest version where the newer one is not known', async () => {
    const asked: number[] = []
    const port = await peer((socket, header) => {
      asked.push(header.apiVersion)
      const errorCode = header.apiVersion === 0 ? 0 : 35
      write(socket, encodeResponse(apiVersions, 0, header.correlationId, { errorCode, apiKeys }))
    })
    const connection = await open(port)
    expect(asked).toEqual([3, 0])
    expect(connection.versionOf(listGroups)).toBe(listGroups.versions[1])
  })

  it('says what may be wrong with a peer that closes instead of answering', async () => {
    const port = await peer((socket) => socket.destroy())
    await expect(open(port)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('0.10'),
    })
  })

  it('finds out that the peer is no broker', async () => {
    const port = await peer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(open(port)).rejects.toMatchObject({ code: 'NOT_A_BROKER' })
  })

  it('refuses requests that the broker does not know', async () => {
    const port = await peer((socket, { apiVersion, correlationId }) =>
      write(socket, encodeResponse(apiVersions, apiVersion, correlationId, { errorCode: 0, apiKeys: [] })),
    )
    const connection = await open(port)
    await expect(connection.request(listGroups, {})).rejects.toMatchObject({ code: 'BROKER_TOO_OLD' })
  })

  it('does not wait for ever for a peer that only listens', async () => {
    const clock = new FakeClock()
    let isAsked = false
    const port = await peer(() => (isAsked = true))
    const opening = open(port, { clock })
    const refused = expect(opening).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    await until(() => isAsked)
    clock.advance(10_000)
    await refused
  })
})

describe('requests', () => {
  it('are pipelined, and answers find theirs', async () => {
    const waiting: (() => void)[] = []
    let asked = 0
    const port = await brokerThat((socket, header) => {
      const name = `g${asked++}`
      waiting.push(() => answerGroups(socket, header, name))
    })
    const connection = await open(port)
    const answers = [0, 1, 2].map(() => groupIds(connection))
    await until(() => waiting.length === 3, 'three requests at once')
    for (const answer of waiting) answer()
    expect(await Promise.all(answers)).toEqual(['g0', 'g1', 'g2'])
  })

  it('all fail when the broker closes its side, also half', async () => {
    const port = await brokerThat((socket) => void socket.end())
    const connection = await open(port)
    const answers = [groupIds(connection), groupIds(connection)]
    for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(connection.open).toBe(false)
    await expect(groupIds(connection)).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })

  it('fail when the first of them is overdue, and so does the connection', async () => {
    const clock = new FakeClock()
    let asked = 0
    const port = await brokerThat(() => asked++)
    const connection = await open(port, { clock })
    const answer = groupIds(connection)
    await until(() => asked === 1)
    clock.advance(9999)
    expect(connection.open).toBe(true)
    clock.advance(1)
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    expect(connection.open).toBe(false)
  })

  it('are timed one after the other, though one timer serves all', async () => {
    const clock = new FakeClock()
    const sockets: (() => void)[] = []
    const port = await brokerThat((socket, header) => sockets.push(() => answerGroups(socket, header, 'g')))
    const connection = await open(port, { clock })
    const first = groupIds(connection)
    await until(() => sockets.length === 1)
    clock.advance(6000)
    const second = groupIds(connection)
    await until(() => sockets.length === 2)
    sockets[0]?.()
    expect(await first).toBe('g')
    clock.advance(9999)
    expect(connection.open).toBe(true)
    clock.advance(1)
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
  })

  it.each([
    [
      'out of order',
      (socket: Socket, header: RequestHeader) => answerGroups(socket, { ...header, correlationId: 77 }, 'g'),
    ],
    ['too large', (socket: Socket) => void socket.write(Buffer.from([0x7f, 0, 0, 0]))],
    ['cut off inside', (socket: Socket, { correlationId }: RequestHeader) => {
      const frame = Buffer.alloc(9)
      frame.writeInt32BE(5)
      frame.writeInt32BE(correlationId, 4)
      socket.write(frame)
    }], // prettier-ignore
  ])('fail when the answer is %s', async (_, answer) => {
    const connection = await open(await brokerThat(answer))
    await expect(groupIds(connection)).rejects.toMatchObject({ code: 'NOT_A_BROKER' })
    expect(connection.open).toBe(false)
  })

  it('without an answer resolve when their bytes have left', async () => {
    let came = 0
    const port = await brokerThat(() => came++)
    const connection = await open(port)
    await connection.send(produce, { transactionalId: null, acks: 0, timeoutMs: 1, topics: [] })
    await until(() => came === 1)
    expect(connection.open).toBe(true)
  })

  it('fail at once on a connection that this side closed', async () => {
    const connection = await open(await brokerThat(() => undefined))
    const answer = groupIds(connection)
    connection[Symbol.dispose]()
    connection[Symbol.dispose]()
    await expect(answer).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect((await connection.closed).code).toBe('CONNECTION_LOST')
  })
})
