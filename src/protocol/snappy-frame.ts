/**
 * The framing that Java's snappy library puts around raw snappy blocks, and that Kafka's batches have inherited: an eight-byte mark, two version
 * numbers, then blocks with their lengths. Other clients send one raw block without any of it.
 */

/** The part of the snappy library that is used: raw blocks. */
export interface SnappyBlocks {
  compressSync(block: Uint8Array): Buffer
  uncompressSync(block: Uint8Array): Buffer | string
}

const mark = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const headerBytes = 16
const blockBytes = 32_768
/** Snappy cannot say more than about 21 bytes with one. */
const ratioMax = 32

const header = Buffer.concat([mark, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])

/** `bytes` as blocks of 32 KiB in Java's framing. */
export const packSnappy = (bytes: Buffer, library: SnappyBlocks): Buffer => {
  const parts: Buffer[] = [header]
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = library.compressSync(bytes.subarray(at, at + blockBytes))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

/** What a raw block says it holds: a varint at its beginning. */
const claimedBytes = (block: Buffer): number => {
  let claimed = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) break
    claimed += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return claimed
  }
  throw new RangeError('a snappy block without its size')
}

const expandBlock = (block: Buffer, library: SnappyBlocks, limit: number): Buffer => {
  const claimed = claimedBytes(block)
  if (claimed > limit) throw new RangeError(`a snappy block of ${claimed} bytes; the limit leaves ${limit}`)
  if (claimed > block.length * ratioMax) throw new RangeError(`${block.length} bytes that claim to be ${claimed}`)
  return library.uncompressSync(block) as Buffer
}

const isFramed = (bytes: Buffer, at: number): boolean =>
  bytes.length - at >= headerBytes && bytes.compare(mark, 0, mark.length, at, at + mark.length) === 0

/** What the framed or raw stream holds. Throws a RangeError or the library's own error for bytes that are none, or for more than `limit`. */
export const unpackSnappy = (bytes: Buffer, library: SnappyBlocks, limit: number): Buffer => {
  if (!isFramed(bytes, 0)) return expandBlock(bytes, library, limit)
  const parts: Buffer[] = []
  let out = 0
  let at = headerBytes
  while (at < bytes.length) {
    // Streams may be joined, so a second header may stand where a block is due.
    if (isFramed(bytes, at)) {
      at += headerBytes
      continue
    }
    const length = bytes.length - at < 4 ? -1 : bytes.readInt32BE(at)
    if (length < 0 || length > bytes.length - at - 4) throw new RangeError(`a snappy block of ${length} bytes at ${at}`)
    const block = expandBlock(bytes.subarray(at + 4, at + 4 + length), library, limit - out)
    parts.push(block)
    out += block.length
    at += 4 + length
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
