import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { socketPair } from '../../../test/fakes/socket-pair.ts'
import { until } from '../../../test/fakes/until.ts'
import { BufferPool } from './buffer-pool.ts'
import { Outbox, type Reply, UNSENT_BYTES_MAX } from './outbox.ts'

/** How much has come, and which bytes, each told once until another follows. */
const arrivalsAt = (far: Socket): { readonly length: number; readonly seen: readonly number[] } => {
  const arrived = { length: 0, seen: [] as number[] }
  far.on('data', (chunk: Buffer) => {
    arrived.length += chunk.length
    for (const byte of new Set(chunk)) if (arrived.seen.at(-1) !== byte) arrived.seen.push(byte)
  })
  return arrived
}

const replyOf = (pool: BufferPool, bytes: number): Reply => {
  const piece = pool.take(bytes)
  return { pieces: [piece], release: () => pool.give(piece) }
}

test.each([
  ['were read', 1000],
  ['are far more than the peer reads', 8 * 1024 * 1024],
])('memory comes back when the connection ends, where answers %s', async (_, bytes) => {
  const pool = new BufferPool()
  using both = await socketPair()
  const outbox = new Outbox(pool, () => undefined)
  outbox.attach(both.near)
  both.far.pause()
  outbox.send(replyOf(pool, bytes))
  outbox.flush()
  outbox.send(replyOf(pool, bytes))
  expect(pool.lentBytes).toBeGreaterThanOrEqual(bytes)
  both.near.destroy()
  outbox.close()
  await until(() => pool.lentBytes === 0, 'all memory to be back')
})

test('the memory of an answer that a slow peer has not taken is nobody else’s', async () => {
  const pool = new BufferPool()
  using both = await socketPair()
  const outbox = new Outbox(pool, () => undefined)
  outbox.attach(both.near)
  both.far.pause()
  const pieces = Array.from({ length: 4 }, (_, i) => pool.take(4 * 1024 * 1024).fill(i + 1))
  const release = (): void => pieces.forEach((piece) => pool.give(piece))
  outbox.send({ pieces, release })
  outbox.send({ pieces: [Buffer.of(5)] })
  outbox.flush()
  expect(both.near.writableLength).toBeGreaterThan(0)
  const others = pieces.map(({ length }) => pool.take(length).fill(9))
  const arrived = arrivalsAt(both.far)
  both.far.resume()
  await until(() => arrived.length === 16 * 1024 * 1024 + 1, 'all of it to arrive')
  expect(arrived.seen).toEqual([1, 2, 3, 4, 5])
  await until(() => pool.lentBytes === others.length * 4 * 1024 * 1024, 'its memory to be back')
})

test('a large answer is handed over at once, behind what waits before it', async () => {
  const pool = new BufferPool()
  using both = await socketPair()
  const outbox = new Outbox(pool, () => undefined)
  outbox.attach(both.near)
  const arrived = arrivalsAt(both.far)
  const sizes = [100, 300_000, 50, 200_000, 7]
  const sent = sizes.map((bytes, i) => {
    const reply = replyOf(pool, bytes)
    for (const piece of reply.pieces) piece.fill(i + 1)
    outbox.send(reply)
    return both.near.bytesWritten + both.near.writableLength
  })
  expect(sent[0]).toBe(0)
  expect(sent[1]).toBeGreaterThan(300_000)
  expect(sent[3]).toBeGreaterThan(500_000)
  const whole = sizes.reduce((sum, bytes) => sum + pool.take(bytes).length, 0)
  await until(() => arrived.length === whole, 'all of it to arrive')
  expect(arrived.seen).toEqual([1, 2, 3, 4, 5])
  await until(() => pool.lentBytes === whole, 'its memory to be back')
})

test('a peer that reads nothing is full before many short answers, each sent by itself, take much memory', async () => {
  const pool = new BufferPool()
  using both = await socketPair()
  const outbox = new Outbox(pool, () => undefined)
  outbox.attach(both.near)
  both.far.pause()
  for (let sent = 0; !outbox.full && sent < 100_000; sent++) {
    outbox.send({ pieces: [Buffer.alloc(2000)] })
    outbox.flush()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(outbox.full).toBe(true)
  expect(pool.lentBytes).toBeLessThan(2 * UNSENT_BYTES_MAX)
})

test('the short answer to a large request is handed over at once, but not to a peer that reads nothing', async () => {
  using both = await socketPair()
  const outbox = new Outbox(new BufferPool(), () => undefined)
  outbox.attach(both.near)
  const sent = [1000, 1_000_000].map((requestBytes) => {
    outbox.send({ pieces: [Buffer.alloc(50)] }, requestBytes)
    return both.near.bytesWritten
  })
  expect(sent).toEqual([0, 100])
  both.far.pause()
  outbox.send({ pieces: [Buffer.alloc(16 * 1024 * 1024)] })
  expect(both.near.writableNeedDrain).toBe(true)
  const before = both.near.bytesWritten
  outbox.send({ pieces: [Buffer.alloc(50)] }, 1_000_000)
  expect(both.near.bytesWritten).toBe(before)
})

test('a large answer to a peer that is gone gives its memory back', async () => {
  const pool = new BufferPool()
  using both = await socketPair()
  const outbox = new Outbox(pool, () => undefined)
  outbox.attach(both.near)
  both.near.destroy()
  outbox.send(replyOf(pool, 300_000))
  outbox.close()
  await until(() => pool.lentBytes === 0, 'all memory to be back')
})
