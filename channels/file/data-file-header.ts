/** The first bytes of a data file, and its name: which file of which channel it is, and where its ordinals begin. README.md has both versions. */
import { crc32c } from '../../src/base/checksums.ts'
import type { RecordVersion } from './record-form.ts'

export const fileHeaderBytes = 32
const magics = { 1: Buffer.from('MILLFC1\n'), 2: Buffer.from('MILLFC2\n') } as const
const idAt = 8
const ordinalAt = 16
const channelAt = 24
const checksumAt = { 1: 24, 2: 28 } as const

const namePattern = /^events-(\d{10})\.data$/

export const dataFileName = (id: number): string => `events-${String(id).padStart(10, '0')}.data`
/** The number in a data file's name, or undefined for another file. */
export const dataFileId = (name: string): number | undefined => {
  const digits = namePattern.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export interface FileHeader {
  readonly version: RecordVersion
  readonly id: number
  readonly firstOrdinal: number
  /** 0 in version 1, which does not say it. */
  readonly channel: number
}

/** The bytes of a header; of version 1 for those who read it only. */
export const fileHeaderOf = ({ version, id, firstOrdinal, channel }: FileHeader): Buffer => {
  const header = Buffer.alloc(fileHeaderBytes)
  magics[version].copy(header)
  header.writeBigUInt64BE(BigInt(id), idAt)
  header.writeBigUInt64BE(BigInt(firstOrdinal), ordinalAt)
  if (version === 2) header.writeUInt32BE(channel, channelAt)
  header.writeUInt32BE(crc32c(header.subarray(0, checksumAt[version])), checksumAt[version])
  return header
}

/** Whether bytes begin as a file of this version does. */
export const hasMagic = (bytes: Buffer, version: RecordVersion): boolean =>
  magics[version].equals(bytes.subarray(0, magics[version].length))

/** What a header says; undefined where it is damaged, or cut off. */
export const readFileHeader = (bytes: Buffer): FileHeader | undefined => {
  if (bytes.length < fileHeaderBytes) return undefined
  const version = ([1, 2] as const).find((one) => hasMagic(bytes, one))
  if (version === undefined) return undefined
  const id = Number(bytes.readBigUInt64BE(idAt))
  const firstOrdinal = Number(bytes.readBigUInt64BE(ordinalAt))
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(firstOrdinal)) return undefined
  const header = { version, id, firstOrdinal, channel: version === 1 ? 0 : bytes.readUInt32BE(channelAt) }
  return fileHeaderOf(header).equals(bytes.subarray(0, fileHeaderBytes)) ? header : undefined
}
