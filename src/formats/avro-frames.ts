/**
 * The frames that carry Avro calls over TCP: a serial, a count of buffers, then each buffer behind its length, all as 32-bit big-endian. The buffers
 * together are one message; where one ends and the next begins means nothing.
 */
import { BadAvro } from './avro-reader.ts'

const headBytes = 8
const lengthBytes = 4
/** Java's peers cut messages into buffers of 8 KB, so this many make half a gigabyte. */
const buffersMax = 65_536

export interface Frame {
  readonly serial: number
  /** In one piece. */
  readonly message: Buffer
  /** Bytes of the whole frame. */
  readonly bytes: number
}

/**
 * The frame that `bytes` begin with, or undefined while it is not complete. A message of several buffers is put together where it stands, over
 * their lengths. Throws BadAvro for what cannot be a frame, or is larger than `bytesMax`.
 */
export const readFrame = (bytes: Buffer, bytesMax: number): Frame | undefined => {
  if (bytes.length < headBytes) return undefined
  const count = bytes.readInt32BE(4)
  if (count < 1 || count > buffersMax) throw new BadAvro(`A frame of ${count} buffers was announced`)
  let end = headBytes
  for (let i = 0; i < count; i++) {
    if (bytes.length < end + lengthBytes) return undefined
    const length = bytes.readInt32BE(end)
    end += lengthBytes + length
    if (length < 0 || end > bytesMax) throw new BadAvro(`A frame of more than ${bytesMax} bytes was announced`)
  }
  if (bytes.length < end) return undefined
  return { serial: bytes.readInt32BE(0), message: joined(bytes, count, end), bytes: end }
}

const joined = (bytes: Buffer, count: number, end: number): Buffer => {
  if (count === 1) return bytes.subarray(headBytes + lengthBytes, end)
  let to = headBytes
  for (let from = headBytes; from < end;) {
    const length = bytes.readInt32BE(from)
    from += lengthBytes
    bytes.copyWithin(to, from, from + length)
    from += length
    to += length
  }
  return bytes.subarray(headBytes, to)
}

/** Bytes before a message that goes out as one buffer. */
export const frameHeadBytes = headBytes + lengthBytes

export const putFrameHead = (into: Buffer, serial: number, messageBytes: number): void => {
  into.writeInt32BE(serial, 0)
  into.writeInt32BE(1, 4)
  into.writeInt32BE(messageBytes, headBytes)
}
