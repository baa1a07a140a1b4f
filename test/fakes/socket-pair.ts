/** Both ends of a real connection over loopback. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Disposing ends both, and what listened for them. */
export const socketPair = async (): Promise<{ near: Socket; far: Socket } & Disposable> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const far = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  const [near] = (await once(server, 'connection')) as [Socket]
  const close = (): void => {
    for (const socket of [near, far]) socket.on('error', () => undefined).destroy()
    server.close()
  }
  return { near, far, [Symbol.dispose]: close }
}
