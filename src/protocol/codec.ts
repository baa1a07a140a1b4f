/**
 * Whole frames, both ways: a request from the client to the broker, a response back. A frame is a four-byte size and that many bytes, which begin
 * with a header. Encoding gives the frame with its size, ready for the socket; decoding takes a frame without it.
 */
import { assert } from '../base/assert.ts'
import { compileStruct, skipTags } from './compile.ts'
import { Malformed } from './malformed.ts'
import { Reader } from './reader.ts'
import type { AnyApi, RequestInput, RequestOf, ResponseInput, ResponseOf, Rows } from './table.ts'
import { Writer } from './writer.ts'

type Compiled = ReturnType<typeof compileStruct>

const apiVersionsKey = 18
const controlledShutdownKey = 7
const compiled = new WeakMap<Rows, Compiled[]>()
const writer = new Writer()

/** Whether this build has tables for that version. */
export const isSupported = (api: AnyApi, version: number): boolean =>
  version >= api.versions[0] && version <= api.versions[1]

export const isFlexible = (api: AnyApi, version: number): boolean => version >= api.flexibleFrom

/** ControlledShutdown 0 alone has a request header without a client id. */
export const hasClientId = (apiKey: number, version: number): boolean => apiKey !== controlledShutdownKey || version > 0

/** ApiVersions responses keep the oldest header, so that a client can read them before it knows what the broker speaks. */
const responseHeaderHasTags = (api: AnyApi, version: number): boolean =>
  api.key !== apiVersionsKey && isFlexible(api, version)

const codecFor = (api: AnyApi, rows: Rows, version: number): Compiled => {
  let versions = compiled.get(rows)
  if (versions === undefined) compiled.set(rows, (versions = []))
  return (versions[version] ??= compileStruct(rows, version, isFlexible(api, version)))
}

/** The frame of a request, as pieces to write in order. Throws CannotEncode when the version cannot say what `body` says. */
export const encodeRequest = <A extends AnyApi>(
  api: A,
  version: number,
  correlationId: number,
  clientId: string | null,
  body: RequestInput<A>,
): Buffer[] => {
  assert(isSupported(api, version), `${api.name} has no version ${version}`)
  writer.begin()
  writer.i32(0)
  writer.i16(api.key)
  writer.i16(version)
  writer.i32(correlationId)
  if (hasClientId(api.key, version)) writer.str(clientId, false)
  if (isFlexible(api, version)) writer.uvarint(0)
  codecFor(api, api.request, version).write(writer, body)
  return writer.finishFrame()
}

/** The body of a request that begins at `offset` of `frame`, which comes from decodeRequestHeader. Bytes after it are ignored. Throws Malformed. */
export const decodeRequest = <A extends AnyApi>(
  api: A,
  version: number,
  frame: Buffer,
  offset: number,
): RequestOf<A> => {
  if (!isSupported(api, version)) throw new Malformed(`${api.name} has no version ${version}`)
  return codecFor(api, api.request, version).read(new Reader(frame, offset)) as RequestOf<A>
}

/** The frame of a response, as pieces to write in order. Throws CannotEncode when the version cannot say what `body` says. */
export const encodeResponse = <A extends AnyApi>(
  api: A,
  version: number,
  correlationId: number,
  body: ResponseInput<A>,
): Buffer[] => {
  assert(isSupported(api, version), `${api.name} has no version ${version}`)
  writer.begin()
  writer.i32(0)
  writer.i32(correlationId)
  if (responseHeaderHasTags(api, version)) writer.uvarint(0)
  codecFor(api, api.response, version).write(writer, body)
  return writer.finishFrame()
}

/** The correlation id of a response frame, by which the client finds the request. Throws Malformed when there is none. */
export const correlationIdOf = (frame: Buffer): number => new Reader(frame).i32()

/** The body of a response frame, header skipped. Throws Malformed. */
export const decodeResponse = <A extends AnyApi>(api: A, version: number, frame: Buffer): ResponseOf<A> => {
  if (!isSupported(api, version)) throw new Malformed(`${api.name} has no version ${version}`)
  const reader = new Reader(frame, 4)
  if (responseHeaderHasTags(api, version)) skipTags(reader)
  return codecFor(api, api.response, version).read(reader) as ResponseOf<A>
}
