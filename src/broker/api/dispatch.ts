/**
 * From a frame to its reply: finds the handler by the header, decodes, lets it answer, encodes. Here alone stands the rule for versions: an API or
 * a version that is not served closes the connection, but ApiVersions is answered with what it could have asked for.
 */
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { produce } from '../../protocol/messages/produce.ts'
import { decodeRequest, encodeResponse } from '../../protocol/codec.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { decodeRequestHeader, type RequestHeader } from '../../protocol/request-header.ts'
import { NO_REPLY, type Outcome, type Peer, Refused, type Serve } from '../server/connection.ts'
import { type Answer, type AnyHandler, noAnswer, type RequestContext, type Services } from './handler.ts'
import type { AnyApi } from '../../protocol/table.ts'

const { key: produceKey } = produce
/** What the field of the answer holds. */
const THROTTLE_MS_MAX = 2_147_483_647

/** The answer that a client newer than this broker can read, whatever version it asked in. */
const apiVersionsUnsupported = (correlationId: number, [min, max]: readonly [number, number]): Outcome => ({
  pieces: encodeResponse(apiVersions, 0, correlationId, {
    errorCode: errorCodes.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: apiVersions.key, minVersion: min, maxVersion: max }],
  }),
})

const refusal = (header: RequestHeader, peer: Peer): Refused =>
  new Refused(
    `${peer.address}${header.clientId === null ? '' : ` (${header.clientId})`} asked for ${header.api?.name ?? `API ${header.apiKey}`} version ${header.apiVersion}, which this broker does not serve`,
  )

/** The answer to whoever is over a quota goes out at once; then its connection keeps still. */
const throttled = (
  handler: AnyHandler,
  header: RequestHeader,
  { release, throttleMs: muteMs }: RequestContext,
  answer: Answer<AnyApi>,
): Outcome => {
  if (answer === noAnswer) return { pieces: [], muteMs }
  const told = { ...answer, throttleTimeMs: Math.min(muteMs, THROTTLE_MS_MAX) }
  const pieces = encodeResponse(handler.api, header.apiVersion, header.correlationId, told)
  return release === undefined ? { pieces, muteMs } : { pieces, release, muteMs }
}

/** Counts what the request cost so far against the quotas of its client. */
const charge = (
  handler: AnyHandler,
  context: RequestContext,
  frameBytes: number,
  sinceMs: number | undefined,
): void => {
  const { quotas, clock } = context.broker
  const client = context.clientId ?? ''
  if (handler.api.key === produceKey)
    context.throttleMs = Math.max(context.throttleMs, quotas.produced(client, frameBytes))
  if (sinceMs !== undefined)
    context.throttleMs = Math.max(context.throttleMs, quotas.worked(client, clock.monotonic() - sinceMs))
}

const replyOf = (
  handler: AnyHandler,
  header: RequestHeader,
  context: RequestContext,
  answer: Answer<AnyApi>,
): Outcome => {
  const { release, throttleMs } = context
  if (throttleMs > 0) return throttled(handler, header, context, answer)
  if (answer === noAnswer) return NO_REPLY
  const pieces = encodeResponse(handler.api, header.apiVersion, header.correlationId, answer)
  return release === undefined ? { pieces } : { pieces, release }
}

/** What connections call for each frame. */
export const dispatcher = (handlers: readonly AnyHandler[], broker: Services): Serve => {
  const byKey = new Map(handlers.map((handler) => [handler.api.key, handler]))
  return (frame, peer) => {
    const header = decodeRequestHeader(frame)
    const version = header.apiVersion
    const handler = byKey.get(header.apiKey)
    if (handler === undefined || version < handler.versions[0] || version > handler.versions[1]) {
      if (handler !== undefined && header.apiKey === apiVersions.key)
        return apiVersionsUnsupported(header.correlationId, handler.versions)
      throw refusal(header, peer)
    }
    const bytes = handler.borrows === true ? frame : Buffer.from(frame)
    const request = decodeRequest(handler.api, version, bytes, header.bodyOffset)
    const { clientId } = header
    const context: RequestContext = { version, clientId, peer, broker, release: undefined, throttleMs: 0 }
    const sinceMs = broker.quotas.timesRequests ? broker.clock.monotonic() : undefined
    const answer = handler.handle(request, context)
    charge(handler, context, frame.length, sinceMs)
    if (!(answer instanceof Promise)) return replyOf(handler, header, context, answer)
    return answer.then((late) => replyOf(handler, header, context, late))
  }
}
