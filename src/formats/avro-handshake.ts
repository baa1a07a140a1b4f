/** The first exchange of an Avro connection, in which both ends learn the other's protocol. It stands before the first call and its answer. */
import { putVarint, varintBytes } from '../base/varint.ts'
import type { AvroReader } from './avro-reader.ts'
import { BadAvro } from './avro-reader.ts'

const hashBytes = 16

export const matches = ['BOTH', 'CLIENT', 'NONE'] as const

export interface HandshakeRequest {
  readonly clientHash: Buffer
  readonly clientProtocol: string | undefined
  readonly serverHash: Buffer
}

export interface HandshakeResponse {
  readonly match: (typeof matches)[number]
  /** Both or neither. */
  readonly serverProtocol: string | undefined
  readonly serverHash: Buffer | undefined
}

const isNull = Buffer.from([0])
const isThere = Buffer.from([2])

export const avroNumber = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(varintBytes(value))
  putVarint(bytes, 0, value)
  return bytes
}

export const avroString = (text: string): Buffer =>
  Buffer.concat([avroNumber(Buffer.byteLength(text)), Buffer.from(text)])

const optional = (bytes: Uint8Array | undefined): Buffer =>
  bytes === undefined ? isNull : Buffer.concat([isThere, bytes])

/** The value of a union of null and something, which `read` reads. */
const readOptional = <T>(reader: AvroReader, read: () => T): T | undefined => {
  const branch = reader.long()
  if (branch !== 0 && branch !== 1) throw new BadAvro(`A union of two has no branch ${branch}`)
  return branch === 0 ? undefined : read()
}

/** Passes over a map of bytes: metadata that nobody here has a use for. */
export const skipMetadata = (reader: AvroReader): void => {
  for (let count = reader.blockCount(); count > 0; count = reader.blockCount()) {
    for (let i = 0; i < count; i++) {
      reader.binary()
      reader.binary()
    }
  }
}

export const readHandshakeRequest = (reader: AvroReader): HandshakeRequest => {
  const clientHash = reader.fixed(hashBytes)
  const clientProtocol = readOptional(reader, () => reader.string())
  const serverHash = reader.fixed(hashBytes)
  readOptional(reader, () => skipMetadata(reader))
  return { clientHash, clientProtocol, serverHash }
}

export const encodeHandshakeRequest = ({ clientHash, clientProtocol, serverHash }: HandshakeRequest): Buffer => {
  const protocol = clientProtocol === undefined ? undefined : avroString(clientProtocol)
  return Buffer.concat([clientHash, optional(protocol), serverHash, isNull])
}

export const readHandshakeResponse = (reader: AvroReader): HandshakeResponse => {
  const match = matches[reader.long()]
  if (match === undefined) throw new BadAvro('The answer to the handshake is none of BOTH, CLIENT and NONE')
  const serverProtocol = readOptional(reader, () => reader.string())
  const serverHash = readOptional(reader, () => reader.fixed(hashBytes))
  readOptional(reader, () => skipMetadata(reader))
  return { match, serverProtocol, serverHash }
}

export const encodeHandshakeResponse = ({ match, serverProtocol, serverHash }: HandshakeResponse): Buffer => {
  const protocol = serverProtocol === undefined ? undefined : avroString(serverProtocol)
  return Buffer.concat([avroNumber(matches.indexOf(match)), optional(protocol), optional(serverHash), isNull])
}
