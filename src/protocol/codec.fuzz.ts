/** Every API in every version: what is encoded is decoded again, and bytes that are wrong give Malformed and nothing else. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestsOf, responsesOf, versionsOf } from '../../test/fakes/message-values.ts'
import { correlationIdOf, decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './codec.ts'
import { Malformed } from './malformed.ts'
import { apis } from './messages/index.ts'
import { decodeRequestHeader } from './request-header.ts'

const frameOf = (pieces: readonly Buffer[]): Buffer => {
  const whole = Buffer.concat(pieces)
  expect(whole.readInt32BE(0)).toBe(whole.length - 4)
  return whole.subarray(4)
}

/** Runs `decode`, which may refuse with Malformed only. */
const refusesOnlyAsMalformed = (decode: () => unknown): void => {
  try {
    decode()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Malformed)
  }
}

/** A frame with some of its bytes overwritten, or cut off. */
const damaged = (frame: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(Math.max(0, frame.length - 1)), fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff)), {
        maxLength: 6,
      }),
      fc.nat(frame.length),
    )
    .map(([edits, cut]) => {
      const copy = Buffer.from(frame)
      for (const [at, byte] of edits) copy[at] = byte
      return cut % 3 === 0 ? copy.subarray(0, cut) : copy
    })

describe.each(apis.map((api) => [api.name, api] as const))('%s', (_, api) => {
  it.each(versionsOf(api))('version %i comes back as it was sent', (version) => {
    fc.assert(
      fc.property(requestsOf(api, version), responsesOf(api, version), fc.integer(), (request, response, id) => {
        const sent = frameOf(encodeRequest(api, version, id, 'client', request as never))
        const header = decodeRequestHeader(sent)
        expect(header).toMatchObject({ apiKey: api.key, apiVersion: version, correlationId: id, api, supported: true })
        expect(decodeRequest(api, version, sent, header.bodyOffset)).toEqual(request)
        const answer = frameOf(encodeResponse(api, version, id, response as never))
        expect(correlationIdOf(answer)).toBe(id)
        expect(decodeResponse(api, version, answer)).toEqual(response)
      }),
      { numRuns: 15 },
    )
  })

  it.each(versionsOf(api))('version %i refuses damaged frames as malformed', (version) => {
    const frames = fc
      .tuple(requestsOf(api, version), responsesOf(api, version))
      .chain(([request, response]) =>
        fc.tuple(
          damaged(frameOf(encodeRequest(api, version, 1, null, request as never))),
          damaged(frameOf(encodeResponse(api, version, 1, response as never))),
        ),
      )
    fc.assert(
      fc.property(frames, ([request, response]) => {
        refusesOnlyAsMalformed(() => decodeRequestHeader(request))
        refusesOnlyAsMalformed(() => decodeRequest(api, version, request, 8))
        refusesOnlyAsMalformed(() => decodeResponse(api, version, response))
      }),
      { numRuns: 15 },
    )
  })

  it('refuses random bytes as malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...versionsOf(api)), (bytes, version) => {
        const frame = Buffer.from(bytes)
        refusesOnlyAsMalformed(() => decodeRequest(api, version, frame, 0))
        refusesOnlyAsMalformed(() => decodeResponse(api, version, frame))
      }),
    )
  })
})
