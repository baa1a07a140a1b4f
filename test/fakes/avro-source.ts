/** An Avro source as the avsc library serves it, which shares no code with ours: another protocol text, statuses in another order. */
import { createServer, type Socket } from 'node:net'
import avro from 'avsc'

export interface TestServer {
  readonly port: number
  /** Ends the listening and every connection. */
  close(): void
}

/** A TCP server on a free port of the loopback. */
export const startServer = (accept: (socket: Socket) => void): Promise<TestServer> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>()
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      accept(socket)
    })
    const close = (): void => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, close })
    })
  })

export interface ForeignAvroSource extends TestServer {
  readonly events: { headers: Record<string, string>; body: Buffer }[]
  /** Connections so far. */
  readonly connections: number
  /** What it answers; events are kept only with OK. */
  status: 'OK' | 'FAILED'
}

const record = {
  type: 'record',
  name: 'AvroFlumeEvent',
  fields: [
    { name: 'headers', type: { type: 'map', values: 'string' } },
    { name: 'body', type: 'bytes' },
  ],
}

const events = { type: 'array', items: 'AvroFlumeEvent' }

export const startForeignAvroSource = async (): Promise<ForeignAvroSource> => {
  const service = avro.Service.forProtocol({
    protocol: 'AvroSourceProtocol',
    namespace: 'org.apache.flume.source.avro',
    types: [{ type: 'enum', name: 'Status', symbols: ['UNKNOWN', 'FAILED', 'OK'] }, record],
    messages: {
      append: { request: [{ name: 'event', type: 'AvroFlumeEvent' }], response: 'Status' },
      appendBatch: { request: [{ name: 'events', type: events }], response: 'Status' },
    },
  })
  const rpc = service.createServer()
  const kept: ForeignAvroSource['events'] = []
  let connections = 0
  const server = await startServer((socket) => {
    connections++
    rpc.createChannel(socket)
  })
  const source: ForeignAvroSource = {
    ...server,
    events: kept,
    status: 'OK',
    get connections() {
      return connections
    },
  }
  rpc.onMessage(
    'appendBatch',
    (call: { events: ForeignAvroSource['events'] }, done: (error: null, status: string) => void) => {
      if (source.status === 'OK') kept.push(...call.events)
      done(null, source.status)
    },
  )
  return source
}
