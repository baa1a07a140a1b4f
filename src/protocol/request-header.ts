/** What the broker reads first of every frame: which API, which version, and where the body begins. */
import { hasClientId, isFlexible, isSupported } from './codec.ts'
import { skipTags } from './compile.ts'
import { apis } from './messages/index.ts'
import { Reader } from './reader.ts'
import type { AnyApi } from './table.ts'

const byKey = new Map<number, AnyApi>(apis.map((api) => [api.key, api]))

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** Null when not given; for quotas, logs and member ids only. */
  readonly clientId: string | null
  /** Undefined when the key is unknown: the connection is to be closed. */
  readonly api: AnyApi | undefined
  /** Whether `api` has tables for the version. ApiVersions is answered even if not. */
  readonly supported: boolean
  /** Where the body begins; of no meaning unless `supported`. */
  readonly bodyOffset: number
}

/** Reads the header of a request frame (without its size field). Throws Malformed. */
export const decodeRequestHeader = (frame: Buffer): RequestHeader => {
  const reader = new Reader(frame)
  const apiKey = reader.i16()
  const apiVersion = reader.i16()
  const correlationId = reader.i32()
  const api = byKey.get(apiKey)
  const supported = api !== undefined && isSupported(api, apiVersion)
  const clientId = api !== undefined && hasClientId(apiKey, apiVersion) ? reader.str(false) : null
  if (supported && isFlexible(api, apiVersion)) skipTags(reader)
  return { apiKey, apiVersion, correlationId, clientId, api, supported, bodyOffset: reader.at }
}
