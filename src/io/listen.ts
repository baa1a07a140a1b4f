/**
 * Listening sockets for every part that answers peers. An accepted socket reads into buffers that its reader chooses (`onread`), which spares a
 * copy and an allocation for each packet: events then point straight into what the kernel filled.
 */
import { type AddressInfo, createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import { assert } from '../base/assert.ts'
import { Fault, reasonOf, systemCode } from '../base/faults.ts'

/** Where a socket's bytes go. */
export interface SocketReader {
  /** The room for the next read. Asked for right after the one before, and kept until bytes come: meanwhile others may read into the same. */
  room(): Uint8Array
  /** `length` bytes stand at the beginning of the last `room`. False stops reading until `socket.resume()`. */
  received(length: number): boolean
}

export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Connections that may wait to be accepted; what the runtime has where it is left out. */
  readonly backlog?: number
  /** Gets each accepted socket, not yet reading. It must pass it to `readInto`, or destroy it, before it returns. */
  readonly accept: (socket: Socket) => void
}

export interface Listener extends AsyncDisposable {
  readonly host: string
  readonly port: number
}

/**
 * Binds and listens. Disposing stops the listening and leaves accepted sockets alone: they are their owner's.
 * Throws PORT_IN_USE or CANNOT_BIND.
 */
export const listen = async ({ host, port, backlog, accept }: ListenOptions): Promise<Listener> => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, accept)
  await bound(server, host, port, backlog)
  const address = server.address() as AddressInfo
  return {
    host: address.address,
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

const bound = (server: Server, host: string, port: number, backlog: number | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    server.on('error', (cause) => {
      const address = `${host}:${port}`
      if (systemCode(cause) === 'EADDRINUSE') reject(new Fault('PORT_IN_USE', { address }, cause))
      else reject(new Fault('CANNOT_BIND', { address, problem: reasonOf(cause) }, cause))
    })
    server.listen({ host, port, exclusive: true, ...(backlog === undefined ? {} : { backlog }) }, resolve)
  })

/** What the runtime's own types leave out: the connection inside a socket. */
interface Shell {
  _handle: object | null
}

/**
 * The same connection as a socket that reads through `reader`. The runtime offers `onread` only for outgoing connections, so the accepted socket
 * hands its connection over and is thrown away. Half-open is allowed: the peer may end its side and still get replies.
 */
export const readInto = (accepted: Socket, reader: SocketReader): Socket => {
  const shell = accepted as unknown as Shell
  const handle = shell._handle
  assert(handle !== null, 'An accepted socket had no connection to hand over')
  shell._handle = null
  accepted.destroy()
  const options = {
    handle,
    allowHalfOpen: true,
    onread: { buffer: () => reader.room(), callback: (length: number) => reader.received(length) },
  }
  return new Socket(options as unknown as SocketConstructorOpts)
}
