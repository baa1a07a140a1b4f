import { describe, expect, it } from 'vitest'
import { frameHeadBytes, putFrameHead, readFrame } from './avro-frames.ts'
import { BadAvro } from './avro-reader.ts'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const frame = (serial: number, ...buffers: string[]): Buffer =>
  Buffer.concat([int(serial), int(buffers.length), ...buffers.flatMap((b) => [int(b.length), Buffer.from(b)])])

describe('Avro frames', () => {
  it('give one message, however many buffers it came in', () => {
    for (const buffers of [['hello'], ['hel', '', 'lo'], ['h', 'e', 'l', 'l', 'o']]) {
      const bytes = frame(7, ...buffers)
      const read = readFrame(Buffer.concat([bytes, Buffer.from('next')]), 1000)
      expect(read).toMatchObject({ serial: 7, bytes: bytes.length })
      expect(read?.message.toString()).toBe('hello')
    }
  })

  it('wait for every byte', () => {
    const bytes = frame(1, 'abc', 'defg')
    for (let length = 0; length < bytes.length; length++)
      expect(readFrame(bytes.subarray(0, length), 1000)).toBeUndefined()
    expect(readFrame(bytes, 1000)?.message.toString()).toBe('abcdefg')
  })

  it.each([
    ['no buffers', Buffer.concat([int(1), int(0)])],
    ['a negative count', Buffer.concat([int(1), int(-1)])],
    ['too many buffers', Buffer.concat([int(1), int(70_000)])],
    ['a negative length', Buffer.concat([int(1), int(1), int(-5)])],
    ['2 GB', Buffer.concat([int(1), int(1), int(0x7fffffff)])],
    ['more than the limit in all', frame(1, 'x'.repeat(600), 'x'.repeat(600))],
    ['a web browser', Buffer.from('GET / HTTP/1.1\r\n')],
  ])('refuse %s', (_, bytes) => {
    expect(() => readFrame(bytes, 1000)).toThrow(BadAvro)
  })

  it('are written as they are read', () => {
    const bytes = Buffer.alloc(frameHeadBytes + 5, 'hello')
    putFrameHead(bytes, -3, 5)
    bytes.write('hello', frameHeadBytes)
    expect(readFrame(bytes, 1000)).toMatchObject({ serial: -3, bytes: bytes.length })
  })
})
