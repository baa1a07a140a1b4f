import { describe, expect, it } from 'vitest'
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './codec.ts'
import { CannotEncode, Malformed } from './malformed.ts'
import { apiVersions } from './messages/api-versions.ts'
import { createTopics } from './messages/create-topics.ts'
import { fetch } from './messages/fetch.ts'
import { joinGroup } from './messages/join-group.ts'
import { metadata } from './messages/metadata.ts'
import { produce } from './messages/produce.ts'
import { elementsMax } from './reader.ts'
import { decodeRequestHeader } from './request-header.ts'

const request = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('a field that the version lacks', () => {
  it('has its default after decoding', () => {
    const frame = Buffer.concat(encodeRequest(metadata, 0, 1, null, { topics: [] })).subarray(4)
    const body = decodeRequest(metadata, 0, frame, decodeRequestHeader(frame).bodyOffset)
    expect(body).toMatchObject({ allowAutoTopicCreation: true, includeTopicAuthorizedOperations: false })
  })

  it('is left out when it may be', () => {
    const body = { topics: [], timeoutMs: 1, acks: 1 } as const
    expect(encodeRequest(produce, 2, 1, null, { ...body, transactionalId: null })).toEqual(
      encodeRequest(produce, 2, 1, null, body),
    )
  })

  it('fails where leaving it out would change the meaning', () => {
    const group = { groupId: 'g', sessionTimeoutMs: 1, memberId: '', protocolType: 'consumer', protocols: [] }
    expect(() => encodeRequest(joinGroup, 4, 1, null, { ...group, groupInstanceId: 'i' })).toThrow(CannotEncode)
    expect(() => encodeRequest(createTopics, 0, 1, null, { topics: [], timeoutMs: 1, validateOnly: true })).toThrow(
      'version 0 has no field validateOnly',
    )
    expect(() =>
      encodeRequest(createTopics, 0, 1, null, { topics: [], timeoutMs: 1, validateOnly: false }),
    ).not.toThrow()
  })
})

describe('null', () => {
  it('is written as empty in a version that has no null', () => {
    expect(encodeRequest(metadata, 0, 1, null, { topics: null })).toEqual(
      encodeRequest(metadata, 0, 1, null, { topics: [] }),
    )
  })

  it('is refused where the version has none', () => {
    expect(() => decodeRequest(metadata, 0, request('ffffffff'), 0)).toThrow(Malformed)
    expect(decodeRequest(metadata, 1, request('ffffffff'), 0).topics).toBeNull()
  })
})

describe('tagged fields', () => {
  it('are stepped over when unknown', () => {
    const tags = '02 05 03 aabbcc 09 00'
    expect(decodeResponse(apiVersions, 3, request(`00000001 0000 01 00000000 ${tags}`))).toMatchObject({ errorCode: 0 })
  })

  it.each([
    ['twice', '02 05 00 05 00'],
    ['out of order', '02 05 00 04 00'],
    ['longer than the frame', '01 05 7f'],
    ['of another size than their value', '01 01 09 000000000000000500'],
  ])('are malformed when they come %s', (_, tags) => {
    expect(() => decodeResponse(apiVersions, 3, request(`00000001 0000 01 00000000 ${tags}`))).toThrow(Malformed)
  })
})

describe('hostile counts', () => {
  it('are refused before memory is taken for them', () => {
    expect(() => decodeRequest(metadata, 1, request('7fffffff 0001'), 0)).toThrow('2147483647 elements claimed')
    expect(() => decodeRequest(metadata, 9, request('ffffffff0f 01'), 0)).toThrow(Malformed)
    expect(() => decodeRequest(metadata, 1, request('fffffffe'), 0)).toThrow(Malformed)
  })

  it('cannot ask for more elements than a message may have, even where the bytes are there', () => {
    const frame = Buffer.alloc(elementsMax * 3)
    frame.writeInt32BE(elementsMax + 1)
    expect(() => decodeRequest(metadata, 1, frame, 0)).toThrow(/more than 2000000/)
  })
})

describe('a request header', () => {
  it('names no API for a key that is unknown', () => {
    expect(decodeRequestHeader(request('7fff 0000 00000001 ffff'))).toMatchObject({ api: undefined, supported: false })
  })

  it('is read as far as the client id when the version is unknown', () => {
    const header = decodeRequestHeader(request('0012 00ff 00000001 0001 61 deadbeef'))
    expect(header).toMatchObject({ api: apiVersions, supported: false, correlationId: 1, clientId: 'a' })
  })

  it.each(['', '0012', '0012 0000 0000', '0012 0000 00000001 0005 61', '0003 0009 00000001 ffff 01'])(
    'is malformed when it ends early: %s',
    (text) => {
      expect(() => decodeRequestHeader(request(text))).toThrow(Malformed)
    },
  )
})

describe('large records', () => {
  it('are sent as they are, not copied, in one piece or several', () => {
    const records = Buffer.alloc(10_000, 1)
    const partition = { partition: 0, errorCode: 0, highWatermark: 1 }
    const answer = (records: Buffer | Buffer[]): Buffer[] =>
      encodeResponse(fetch, 12, 1, { topics: [{ topic: 't', partitions: [{ ...partition, records }] }] })
    const pieces = answer(records)
    expect(pieces).toHaveLength(3)
    expect(pieces[1]).toBe(records)
    const parts = answer([records.subarray(0, 6000), records.subarray(6000)])
    expect(Buffer.concat(parts)).toEqual(Buffer.concat(pieces))
  })

  it('come back as views of the frame', () => {
    const body = {
      acks: 1,
      timeoutMs: 1,
      topics: [{ topic: 't', partitions: [{ partition: 0, records: Buffer.from('x') }] }],
    }
    const frame = Buffer.concat(encodeRequest(produce, 9, 1, null, body)).subarray(4)
    const decoded = decodeRequest(produce, 9, frame, decodeRequestHeader(frame).bodyOffset)
    expect(decoded.topics[0]?.partitions[0]?.records?.buffer).toBe(frame.buffer)
  })
})
