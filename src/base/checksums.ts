/**
 * The checksums of Kafka's formats and of ours, by the processor's own instructions where it has them. The native library is loaded at the first
 * checksum: a start that has none to make is a twentieth shorter.
 */
import { createRequire } from 'node:module'
import type * as Native from '@node-rs/crc32'

let loaded: typeof Native | undefined

const native = (): typeof Native => (loaded ??= createRequire(import.meta.url)('@node-rs/crc32') as typeof Native)

/** CRC-32C (Castagnoli), as an unsigned number; `before` is that of the bytes in front of these, or whatever else it shall depend on. */
export const crc32c = (bytes: Uint8Array, before = 0): number => native().crc32c(bytes, before)

/** CRC-32 as in zip and gzip, as an unsigned number. */
export const crc32 = (bytes: Uint8Array): number => native().crc32(bytes)
