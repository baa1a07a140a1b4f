import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'
import { BadFrame, Inbox, SharedBuffer } from './inbox.ts'

const frameOf = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

const inboxOf = (frameBytesMax: number, sharedBytes = 4096): Inbox => {
  const pool = new BufferPool()
  return new Inbox(new SharedBuffer(sharedBytes, pool), pool, frameBytesMax)
}

/** Feeds `bytes` as reads of the given sizes would, and gives the frames that came out, copied. */
const feed = (inbox: Inbox, bytes: Buffer, sizes: readonly number[], held: (turn: number) => boolean): Buffer[] => {
  const frames: Buffer[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const room = inbox.room(held(turn))
    const count = Math.min(room.length, sizes[turn % sizes.length] ?? 1, bytes.length - at)
    bytes.copy(room, 0, at, at + count)
    at += count
    inbox.received(count)
    if (!held(turn)) for (let f = inbox.next(); f !== undefined; f = inbox.next()) frames.push(Buffer.from(f))
    inbox.settle()
  }
  for (let f = inbox.next(); f !== undefined; f = inbox.next()) frames.push(Buffer.from(f))
  return frames
}

test('whatever way the bytes are cut, and whenever a request is held, the same frames come out', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 })
  const bodies = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 12 })
  const holds = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(bodies, sizes, holds, (given, cuts, hold) => {
      const pool = new BufferPool()
      const inbox = new Inbox(new SharedBuffer(4096, pool), pool, 100_000)
      const frames = given.map((body) => Buffer.from(body))
      const out = feed(inbox, Buffer.concat(frames.map(frameOf)), cuts, (turn) => hold[turn % hold.length] ?? false)
      expect(out.map((f) => f.toString('hex'))).toEqual(frames.map((f) => f.toString('hex')))
      expect(inbox.length).toBe(0)
    }),
  )
})

test('two connections that share the read buffer do not see each other', () => {
  const pool = new BufferPool()
  const shared = new SharedBuffer(4096, pool)
  const [a, b] = [new Inbox(shared, pool, 1000), new Inbox(shared, pool, 1000)]
  const first = frameOf(Buffer.from('from a'))
  first.copy(a.room(false), 0, 0, 6)
  a.received(6)
  expect(a.next()).toBeUndefined()
  a.settle()
  const whole = frameOf(Buffer.from('from b'))
  whole.copy(b.room(false))
  b.received(whole.length)
  expect(b.next()?.toString()).toBe('from b')
  b.settle()
  first.copy(a.room(false), 0, 6)
  a.received(first.length - 6)
  expect(a.next()?.toString()).toBe('from a')
})

test('large frames of connections that read in turns come out whole, and all memory comes back', () => {
  const sharedBytes = 512 * 1024
  const pool = new BufferPool()
  const shared = new SharedBuffer(sharedBytes, pool)
  const peers = [1, 2].map((peer) => {
    const frames = Array.from({ length: 9 }, (_, i) => Buffer.alloc(250_000 + i * 20_000, peer * 16 + i))
    const inbox = new Inbox(shared, pool, 1_000_000)
    return { inbox, frames, bytes: Buffer.concat(frames.map(frameOf)), out: [] as Buffer[], at: 0 }
  })
  const cuts = [200_000, 262_000, 524_288, 131_072, 400_000]
  for (let turn = 0; peers.some(({ at, bytes }) => at < bytes.length); turn++) {
    for (const peer of peers) {
      const piece = peer.bytes.subarray(peer.at, peer.at + (cuts[turn % cuts.length] ?? 1))
      peer.at += piece.length
      peer.out.push(...feed(peer.inbox, piece, [piece.length], () => false))
      peer.inbox.settle()
    }
  }
  for (const { out, frames } of peers) {
    expect(out.map(({ length }) => length)).toEqual(frames.map(({ length }) => length))
    expect(Buffer.concat(out).equals(Buffer.concat(frames))).toBe(true)
  }
  expect(pool.lentBytes).toBe(sharedBytes)
})

test.each([
  [2_000_000_000, 'announced a request of 2000000000 bytes, above socket.request.max.bytes=1000'],
  [-1, 'announced a request of -1 bytes'],
  [0x16030102, 'began a TLS handshake'],
  [0x47455420, 'speaks HTTP'],
])('a size of %d says what it is', (size, says) => {
  const inbox = inboxOf(1000)
  inbox.room(false).writeInt32BE(size)
  inbox.received(4)
  expect(() => inbox.next()).toThrow(BadFrame)
  expect(() => inbox.next()).toThrow(says)
})

test('an announced size takes no memory before its bytes come', () => {
  const inbox = inboxOf(100_000_000)
  inbox.room(false).writeInt32BE(90_000_000)
  inbox.received(100)
  expect(inbox.next()).toBeUndefined()
  inbox.settle()
  expect(inbox.room(false).length).toBeLessThan(10_000)
})
