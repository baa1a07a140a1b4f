/**
 * The four codecs of record batches and message sets. All work on whole byte ranges at once, in this thread: batches are small. Every decompression
 * has a limit on what may come out, so that a few bytes cannot claim gigabytes. The snappy and lz4 libraries load when first needed.
 */
import { createRequire } from 'node:module'
import { zlib } from '../base/builtins.ts'
import { reasonOf } from '../base/faults.ts'
import { KafkaFault } from './error-codes.ts'
import { breakHeaderChecksum, frameLimit, mendHeaderChecksum } from './lz4-frame.ts'
import { packSnappy, unpackSnappy } from './snappy-frame.ts'
import type { SnappyBlocks } from './snappy-frame.ts'

/** The codecs' numbers in a batch's attributes. */
export const codecs = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const
export type CodecName = keyof typeof codecs

/** Most bytes that one batch may decompress to, unless the caller says less or more. */
export const decompressedBytesMax = 128 * 1024 * 1024

interface Lz4 {
  compressFrameSync(data: Uint8Array): Buffer
  decompressFrameSync(data: Uint8Array): Buffer
}

export interface CompressOptions {
  /** Of gzip (1 to 9) and zstd (1 to 22); the codec's own default when left out. */
  readonly level?: number | undefined
  /** Format of what is compressed; 0 asks for the wrong lz4 header checksum that the oldest consumers expect. */
  readonly magic?: 0 | 1 | 2
}

export interface DecompressOptions {
  /** Most bytes that may come out; `decompressedBytesMax` by default. */
  readonly limit?: number
  /** Format of what was compressed; in magic 0 the header checksum of lz4 is wrong by convention and not looked at. */
  readonly magic?: 0 | 1 | 2
}

const require = createRequire(import.meta.url)
let lz4Library: Lz4 | undefined
let snappyLibrary: SnappyBlocks | undefined
const lz4 = (): Lz4 => (lz4Library ??= require('lz4-napi') as Lz4)
const snappy = (): SnappyBlocks => (snappyLibrary ??= require('snappy') as SnappyBlocks)

const unknown = (codec: number): KafkaFault =>
  new KafkaFault('UNSUPPORTED_COMPRESSION_TYPE', `There is no compression type ${codec}`)

const gzip = (bytes: Uint8Array, level: number | undefined): Buffer =>
  zlib().gzipSync(bytes, level === undefined ? {} : { level })

const zstd = (bytes: Uint8Array, level: number | undefined): Buffer =>
  zlib().zstdCompressSync(
    bytes,
    level === undefined ? {} : { params: { [zlib().constants.ZSTD_c_compressionLevel]: level } },
  )

/** Compresses `bytes` into one stream. Throws UNSUPPORTED_COMPRESSION_TYPE for a number that is no codec. */
export const compress = (codec: number, bytes: Buffer, options: CompressOptions = {}): Buffer => {
  if (codec === codecs.none) return bytes
  if (codec === codecs.gzip) return gzip(bytes, options.level)
  if (codec === codecs.snappy) return packSnappy(bytes, snappy())
  if (codec === codecs.zstd) return zstd(bytes, options.level)
  if (codec !== codecs.lz4) throw unknown(codec)
  const frame = lz4().compressFrameSync(bytes)
  if (options.magic === 0) breakHeaderChecksum(frame)
  return frame
}

/** Node's zstd stops after one frame; a stream may hold several, as long as all of them fit the limit. */
const unzstd = (bytes: Buffer, limit: number): Buffer => {
  const parts: Buffer[] = []
  let at = 0
  let out = 0
  do {
    const frame = zlib().zstdDecompressSync(bytes.subarray(at), {
      maxOutputLength: limit - out + 1,
      info: true,
    }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    parts.push(frame.buffer)
    out += frame.buffer.length
    at += frame.engine.bytesWritten
    if (out > limit) throw new RangeError(`more than ${limit} bytes`)
  } while (at < bytes.length)
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

const unlz4 = (bytes: Buffer, limit: number, magic: number): Buffer => {
  const most = frameLimit(bytes)
  if (most > limit) throw new RangeError(`up to ${most} bytes; the limit is ${limit}`)
  return lz4().decompressFrameSync(magic === 0 ? mendHeaderChecksum(bytes) : bytes)
}

const expand = (codec: number, bytes: Buffer, limit: number, magic: number): Buffer => {
  if (codec === codecs.gzip) return zlib().gunzipSync(bytes, { maxOutputLength: limit })
  if (codec === codecs.snappy) return unpackSnappy(bytes, snappy(), limit)
  if (codec === codecs.lz4) return unlz4(bytes, limit, magic)
  return unzstd(bytes, limit)
}

/**
 * What `bytes` decompress to; the same bytes for codec 0. Throws CORRUPT_MESSAGE for bytes that are no such stream or that would
 * give more than the limit, UNSUPPORTED_COMPRESSION_TYPE for a number that is no codec.
 */
export const decompress = (codec: number, bytes: Buffer, options: DecompressOptions = {}): Buffer => {
  if (codec === codecs.none) return bytes
  if (codec < 0 || codec > codecs.zstd) throw unknown(codec)
  try {
    return expand(codec, bytes, options.limit ?? decompressedBytesMax, options.magic ?? 2)
  } catch (problem) {
    throw new KafkaFault('CORRUPT_MESSAGE', `The compressed records cannot be read: ${reasonOf(problem)}`)
  }
}
