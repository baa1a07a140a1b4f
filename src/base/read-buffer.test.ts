import { describe, expect, it } from 'vitest'
import { ReadBuffer } from './read-buffer.ts'

const receive = (buffer: ReadBuffer, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) {
    const room = buffer.room()
    const length = Math.min(room.length, bytes.length - at)
    bytes.copy(room, 0, at, at + length)
    buffer.received(length)
    at += length
  }
}

describe('read buffer', () => {
  it('never writes over what was used, so views of it stay as they were', () => {
    const buffer = new ReadBuffer()
    const views: Buffer[] = []
    const sent: Buffer[] = []
    for (let i = 0; i < 2000; i++) {
      const piece = Buffer.alloc(1 + ((i * 37) % 1500), i % 251)
      sent.push(piece)
      receive(buffer, piece)
      views.push(buffer.unread)
      buffer.use(piece.length)
    }
    expect(Buffer.concat(views).equals(Buffer.concat(sent))).toBe(true)
  })

  it('keeps a piece in one whole, however large it is', () => {
    const buffer = new ReadBuffer(16 * 1024)
    const whole = Buffer.alloc(1_000_003, 'abc')
    receive(buffer, Buffer.from('used'))
    buffer.use(4)
    receive(buffer, whole)
    expect(buffer.unread.equals(whole)).toBe(true)
  })

  it('stays small for a quiet peer and grows with a busy one, up to its limit', () => {
    const quiet = new ReadBuffer()
    const busy = new ReadBuffer(64 * 1024)
    for (let i = 0; i < 100; i++) {
      receive(quiet, Buffer.alloc(10))
      quiet.use(10)
      const room = busy.room()
      busy.received(room.length)
      busy.use(room.length)
    }
    expect(quiet.room().length).toBeLessThanOrEqual(4096)
    expect(busy.room().length).toBe(64 * 1024)
  })
})
