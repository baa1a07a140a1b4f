import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'
import { BadFrame, Inbox } from './inbox.ts'

const frameOf = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
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
      const shared = Buffer.alloc(4096)
      const inbox = new Inbox(shared, new BufferPool(), 100_000)
      const frames = given.map((body) => Buffer.from(body))
      const out = feed(inbox, Buffer.concat(frames.map(frameOf)), cuts, (turn) => hold[turn % hold.length] ?? false)
      expect(out.map((f) => f.toString('hex'))).toEqual(frames.map((f) => f.toString('hex')))
      expect(inbox.length).toBe(0)
    }),
  )
})

test('two connections that share the read buffer do not see each other', () => {
  const shared = Buffer.alloc(4096)
  const pool = new BufferPool()
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

test.each([
  [2_000_000_000, 'announced a request of 2000000000 bytes, above socket.request.max.bytes=1000'],
  [-1, 'announced a request of -1 bytes'],
  [0x16030102, 'began a TLS handshake'],
  [0x47455420, 'speaks HTTP'],
])('a size of %d says what it is', (size, says) => {
  const inbox = new Inbox(Buffer.alloc(4096), new BufferPool(), 1000)
  inbox.room(false).writeInt32BE(size)
  inbox.received(4)
  expect(() => inbox.next()).toThrow(BadFrame)
  expect(() => inbox.next()).toThrow(says)
})

test('an announced size takes no memory before its bytes come', () => {
  const inbox = new Inbox(Buffer.alloc(4096), new BufferPool(), 100_000_000)
  inbox.room(false).writeInt32BE(90_000_000)
  inbox.received(100)
  expect(inbox.next()).toBeUndefined()
  inbox.settle()
  expect(inbox.room(false).length).toBeLessThan(10_000)
})
