/** Peers of a broker that are no good clients: raw sockets, each from a loopback address of its own, so that each can be told from the others. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeRequest } from '../../src/protocol/codec.ts'
import type { AnyApi, RequestInput } from '../../src/protocol/table.ts'

/** A connection to a port of this machine that comes from `from`, `127.0.0.2` say. */
export const peer = async (port: number, from: string): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  await once(socket, 'connect')
  socket.on('error', () => socket.destroy())
  return socket
}

/** A whole request frame, as its bytes. */
export const frameOf = <A extends AnyApi>(api: A, version: number, id: number, body: RequestInput<A>): Buffer =>
  Buffer.concat(encodeRequest(api, version, id, 'peer', body))

/** Resolves when the connection is over, whichever way it ended; what still comes is dropped. */
export const over = (socket: Socket): Promise<void> => {
  socket.resume()
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
