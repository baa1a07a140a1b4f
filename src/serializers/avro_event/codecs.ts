/** Compression of blocks in an Avro container file. `deflate` is raw, without zlib's header; `snappy` adds a CRC-32 of the plain bytes. */
import { zlib } from '../../base/builtins.ts'

export const codecNames = ['null', 'deflate', 'snappy', 'zstandard'] as const
export type CodecName = (typeof codecNames)[number]

export type Compress = (block: Uint8Array) => Uint8Array

const snappy = async (): Promise<Compress> => {
  const { compressSync } = await import('snappy')
  return (block) => {
    const packed = compressSync(Buffer.from(block))
    const check = Buffer.alloc(4)
    check.writeUInt32BE(zlib().crc32(block))
    return Buffer.concat([packed, check])
  }
}

/** By name; libraries load only when they are needed. */
export const codecs: Readonly<Record<CodecName, () => Compress | Promise<Compress>>> = {
  null: () => (block) => block,
  deflate: () => zlib().deflateRawSync,
  snappy,
  zstandard: () => zlib().zstdCompressSync,
}
