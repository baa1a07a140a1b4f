/**
 * What must be known of lz4's frame beside the library: how much a frame can hold at most, before it is expanded, and its header checksum, which
 * Kafka computed over the wrong bytes in its first message format (the frame's mark included). Readers of that format do not look at it, old
 * consumers of it want it wrong.
 */

const mark = 0x184d2204
const contentSizeBit = 0x08
const blockChecksumBit = 0x10
const dictionaryBit = 0x01
const uncompressedBit = 0x8000_0000
const ratioMax = 255

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

/** xxHash-32, seed 0. */
export const xxh32 = (bytes: Buffer): number => {
  let at = 0
  let hash = prime5
  if (bytes.length >= 16) {
    const lanes = [prime1 + prime2, prime2, 0, -prime1]
    for (; at + 16 <= bytes.length; at += 16)
      for (let i = 0; i < 4; i++)
        lanes[i] = Math.imul(
          rotate((lanes[i] as number) + Math.imul(bytes.readInt32LE(at + 4 * i), prime2), 13),
          prime1,
        )
    hash = [1, 7, 12, 18].reduce((sum, bits, i) => (sum + rotate(lanes[i] as number, bits)) | 0, 0)
  }
  hash = (hash + bytes.length) | 0
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(bytes.readInt32LE(at), prime3)) | 0, 17), prime4)
  for (; at < bytes.length; at++)
    hash = Math.imul(rotate((hash + Math.imul(bytes.readUInt8(at), prime5)) | 0, 11), prime1)
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Where the checksum byte of a frame's header stands. Throws a RangeError for bytes that are no frame. */
const checksumAt = (frame: Buffer): number => {
  if (frame.length < 7 || frame.readUInt32LE(0) !== mark) throw new RangeError('bytes that are no lz4 frame')
  const flags = frame.readUInt8(4)
  const at = 6 + ((flags & contentSizeBit) === 0 ? 0 : 8) + ((flags & dictionaryBit) === 0 ? 0 : 4)
  if (at >= frame.length) throw new RangeError('an lz4 frame cut off in its header')
  return at
}

/** Gives a frame the checksum of the first message format, in place: over the mark and the descriptor. */
export const breakHeaderChecksum = (frame: Buffer): void => {
  const at = checksumAt(frame)
  frame[at] = (xxh32(frame.subarray(0, at)) >>> 8) & 0xff
}

/** A copy of a frame with the checksum that the standard asks for. */
export const mendHeaderChecksum = (frame: Buffer): Buffer => {
  const at = checksumAt(frame)
  const mended = Buffer.from(frame)
  mended[at] = (xxh32(frame.subarray(4, at)) >>> 8) & 0xff
  return mended
}

/** The most that a frame can expand to, from the sizes of its blocks; never less than it does. Throws a RangeError for bytes that are no frame. */
export const frameLimit = (frame: Buffer): number => {
  const checksum = (frame.readUInt8(4) & blockChecksumBit) === 0 ? 0 : 4
  const blockMax = 2 ** (8 + 2 * ((frame.readUInt8(5) >>> 4) & 0x07))
  let most = 0
  let at = checksumAt(frame) + 1
  while (at + 4 <= frame.length) {
    const word = frame.readUInt32LE(at)
    if (word === 0) break
    const length = word >= uncompressedBit ? word - uncompressedBit : word
    most += Math.min(blockMax, word >= uncompressedBit ? length : length * ratioMax)
    at += 4 + length + checksum
  }
  return most
}
