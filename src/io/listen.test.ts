import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listen, readInto } from './listen.ts'

describe('listen', () => {
  it('reads into the buffer of the reader, answers, and sees the end', async () => {
    const own = Buffer.alloc(64)
    let read = 0
    const sockets: Socket[] = []
    const accept = (accepted: Socket): void => {
      const reader = { room: () => own.subarray(read), received: (length: number) => (read += length) > 0 }
      const socket = readInto(accepted, reader)
      sockets.push(socket)
      socket.on('end', () => socket.end('bye'))
    }
    await using listener = await listen({ host: '127.0.0.1', port: 0, accept })
    const client = connect(listener.port, '127.0.0.1')
    client.end('hello')
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(own.subarray(0, read).toString()).toBe('hello')
    expect(answer.toString()).toBe('bye')
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close')
  })

  it('stops reading when the reader says so, until resumed', async () => {
    const received: number[] = []
    let socket: Socket | undefined
    const room = Buffer.alloc(4)
    const accept = (accepted: Socket): void => {
      const reader = { room: () => room, received: (length: number) => received.push(length) > 1 }
      socket = readInto(accepted, reader)
    }
    await using listener = await listen({ host: '127.0.0.1', port: 0, accept })
    const client = connect(listener.port, '127.0.0.1')
    client.end('12345678')
    await once(client, 'finish')
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(received).toEqual([4])
    socket?.resume()
    while (received.length < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(received).toEqual([4, 4])
    socket?.destroy()
    client.destroy()
  })

  it('names the address that is taken, and one that cannot be had', async () => {
    await using taken = await listen({ host: '127.0.0.1', port: 0, accept: (socket) => socket.destroy() })
    const again = listen({ host: '127.0.0.1', port: taken.port, accept: (socket) => socket.destroy() })
    await expect(again).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    const foreign = listen({ host: '192.0.2.1', port: 0, accept: (socket) => socket.destroy() })
    await expect(foreign).rejects.toMatchObject({ code: 'CANNOT_BIND' })
  })

  it('may be disposed twice', async () => {
    const listener = await listen({ host: '127.0.0.1', port: 0, accept: (socket) => socket.destroy() })
    await listener[Symbol.asyncDispose]()
    await listener[Symbol.asyncDispose]()
  })
})
