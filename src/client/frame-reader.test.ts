import { describe, expect, it } from 'vitest'
import { Malformed } from '../protocol/malformed.ts'
import { FrameReader } from './frame-reader.ts'

const frameOf = (text: string): Buffer => {
  const frame = Buffer.alloc(4 + text.length)
  frame.writeInt32BE(text.length)
  frame.write(text, 4, 'latin1')
  return frame
}

const reading = ({ chunkBytes = 65_536, frameBytesMax = 1_000_000, keeps = false } = {}) => {
  const frames: Buffer[] = []
  const seen: string[] = []
  const onFrame = (frame: Buffer): void => {
    frames.push(frame)
    seen.push(String(frame))
    if (keeps) reader.pin()
  }
  const reader = new FrameReader({ chunkBytes, frameBytesMax, onFrame })
  /** As a socket does it: into the space offered, at most so many bytes at once. */
  const feed = (bytes: Buffer, atOnce = Infinity): void => {
    for (let at = 0; at < bytes.length;) {
      const space = reader.space()
      expect(space.length).toBeGreaterThan(0)
      const length = Math.min(space.length, atOnce, bytes.length - at)
      bytes.copy(space, 0, at, at + length)
      reader.received(length)
      at += length
    }
  }
  return { reader, frames, feed, seen }
}

describe('frames', () => {
  it.each([1, 3, 7, Infinity])('are told apart however they arrive (%i bytes at once)', (atOnce) => {
    const { feed, seen } = reading()
    feed(Buffer.concat([frameOf('first'), frameOf('the second'), frameOf('third')]), atOnce)
    expect(seen).toEqual(['first', 'the second', 'third'])
  })

  it('larger than a chunk get one of their own', () => {
    const { feed, seen } = reading({ chunkBytes: 20_000 })
    const large = 'x'.repeat(300_000)
    feed(Buffer.concat([frameOf('small'), frameOf(large), frameOf('after')]), 9000)
    expect(seen).toEqual(['small', large, 'after'])
  })

  it('that are kept are never written over', () => {
    const { feed, frames } = reading({ chunkBytes: 20_000, keeps: true })
    const kept = Array.from({ length: 50 }, (_, i) => `${i}`.repeat(1500))
    for (const text of kept) feed(frameOf(text), 700)
    expect(frames.map(String)).toEqual(kept)
  })

  it('that are not kept share one chunk', () => {
    const { reader, feed, frames } = reading()
    feed(frameOf('some'))
    const chunk = frames[0]?.buffer
    for (let i = 0; i < 1000; i++) feed(frameOf('more'))
    expect(frames.every((frame) => frame.buffer === chunk)).toBe(true)
    expect(reader.space().buffer).toBe(chunk)
  })

  it.each([-1, 0, 3, 1_000_001, 369_295_616])('that announce %i bytes are refused', (size) => {
    const { feed } = reading()
    const announced = Buffer.alloc(4)
    announced.writeInt32BE(size)
    expect(() => feed(announced)).toThrow(Malformed)
  })
})
