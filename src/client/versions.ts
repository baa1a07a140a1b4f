/**
 * Which version of each API is spoken: the newest that the broker, our tables and the limits below have in common. The first exchange on every
 * connection asks the broker; one that does not know our version of the question says so, and is asked again in the oldest.
 */
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { fetch } from '../protocol/messages/fetch.ts'
import { produce } from '../protocol/messages/produce.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { AnyApi } from '../protocol/table.ts'

export type VersionRanges = ReadonlyMap<number, readonly [min: number, max: number]>

/** Below these, records come in formats that only the oldest clients use. */
const leastVersion: Readonly<Record<number, number>> = { [produce.key]: 3, [fetch.key]: 4 }

const metadataKey = 3
const offsetCommitKey = 8
const offsetFetchKey = 9
/** Above these, topics go by id: nothing that this client needs. */
const mostVersion: Readonly<Record<number, number>> = {
  [produce.key]: 11,
  [fetch.key]: 12,
  [metadataKey]: 12,
  [offsetCommitKey]: 9,
  [offsetFetchKey]: 8,
}

/** The version to send, or undefined if the broker and we have none in common. Before the broker was asked only ApiVersions may be sent. */
export const chosenVersion = (
  api: AnyApi,
  broker: VersionRanges | undefined,
  versionMax: number,
): number | undefined => {
  const range = broker === undefined ? (api.key === apiVersions.key ? api.versions : undefined) : broker.get(api.key)
  if (range === undefined) return undefined
  const least = Math.max(api.versions[0], range[0], leastVersion[api.key] ?? 0)
  const most = Math.min(api.versions[1], range[1], mostVersion[api.key] ?? Infinity, versionMax)
  return most >= least ? most : undefined
}

const correlationBytes = 4

/** The version that a reply is written in: that of its request, but for the reply by which a broker refuses a too new ApiVersions. */
export const answerVersion = (api: AnyApi, version: number, frame: Buffer): number => {
  const refused =
    api.key === apiVersions.key &&
    frame.length >= correlationBytes + 2 &&
    frame.readInt16BE(correlationBytes) === errorCodes.UNSUPPORTED_VERSION
  return refused ? 0 : version
}
