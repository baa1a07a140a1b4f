/** Frames written by hand from the protocol's description, byte by byte: what the tables must say on the wire. */
import { describe, expect, it } from 'vitest'
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './codec.ts'
import { apiVersions } from './messages/api-versions.ts'
import { controlledShutdown } from './messages/controlled-shutdown.ts'
import { fetch } from './messages/fetch.ts'
import { metadata } from './messages/metadata.ts'
import { produce } from './messages/produce.ts'
import { stopReplica } from './messages/stop-replica.ts'
import { decodeRequestHeader } from './request-header.ts'
import type { AnyApi } from './table.ts'

/** Hex with blanks and `|` between fields, and text in quotes. */
const bytes = (text: string): Buffer =>
  Buffer.concat(
    (text.match(/'[^']*'|[0-9a-f]{2}/g) ?? []).map((part) =>
      part.startsWith("'") ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, 'hex'),
    ),
  )

const framed = (body: Buffer): string => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body]).toString('hex')
}

const expectRequest = (api: AnyApi, version: number, body: object, text: string): void => {
  const frame = bytes(text)
  expect(Buffer.concat(encodeRequest(api, version, 7, 'me', body as never)).toString('hex')).toBe(framed(frame))
  const header = decodeRequestHeader(frame)
  expect(header).toMatchObject({ apiKey: api.key, apiVersion: version, correlationId: 7, api, supported: true })
  expect(decodeRequest(api, version, frame, header.bodyOffset)).toMatchObject(body)
}

const expectResponse = (api: AnyApi, version: number, body: object, text: string): void => {
  const frame = bytes(text)
  expect(Buffer.concat(encodeResponse(api, version, 7, body as never)).toString('hex')).toBe(framed(frame))
  expect(decodeResponse(api, version, frame)).toMatchObject(body)
}

describe('ApiVersions', () => {
  it('asks with nothing but a header in version 0', () => {
    expectRequest(apiVersions, 0, {}, "0012 0000 00000007 0002'me'")
  })

  it('names the client in version 3, whose header keeps the long client id', () => {
    const body = { clientSoftwareName: 'millrace', clientSoftwareVersion: '1' }
    expectRequest(apiVersions, 3, body, "0012 0003 00000007 0002'me' 00 | 09'millrace' 02'1' 00")
  })

  it('answers without tags in the header, whatever the version', () => {
    const body = { errorCode: 0, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] }
    expectResponse(apiVersions, 0, body, '00000007 | 0000 00000001 0012 0000 0004')
    expectResponse(apiVersions, 3, body, '00000007 | 0000 02 0012 0000 0004 00 00000000 00')
  })

  it('puts features into tags, in order', () => {
    const body = {
      errorCode: 0,
      apiKeys: [],
      finalizedFeaturesEpoch: 5,
      finalizedFeatures: [{ name: 'f', maxVersionLevel: 2, minVersionLevel: 1 }],
    }
    const tags = "02 | 01 08 0000000000000005 | 02 08 02 02'f' 0002 0001 00"
    expectResponse(apiVersions, 3, body, `00000007 | 0000 01 00000000 ${tags}`)
  })
})

describe('Metadata', () => {
  it('asks for all topics with an empty list in version 0, and with null from 1 on', () => {
    expectRequest(metadata, 0, { topics: [] }, "0003 0000 00000007 0002'me' | 00000000")
    expectRequest(metadata, 1, { topics: null }, "0003 0001 00000007 0002'me' | ffffffff")
    expectRequest(metadata, 1, { topics: [] }, "0003 0001 00000007 0002'me' | 00000000")
  })

  it('is compact from version 9 on', () => {
    const body = { topics: [{ topic: 'log' }], allowAutoTopicCreation: false }
    expectRequest(metadata, 9, body, "0003 0009 00000007 0002'me' 00 | 02 04'log' 00 00 00 00 00")
  })

  it('asks by id from version 10 on', () => {
    const id = '00112233445566778899aabbccddeeff'
    const body = { topics: [{ topicId: 'ABEiM0RVZneImaq7zN3u_w', topic: null }] }
    expectRequest(metadata, 12, body, `0003 000c 00000007 0002'me' 00 | 02 ${id} 00 00 01 00 00`)
  })

  it('answers in the oldest version', () => {
    const partitions = [{ errorCode: 0, partition: 3, leader: 1, replicas: [1], isr: [1] }]
    const body = {
      brokers: [{ nodeId: 1, host: 'h', port: 9092 }],
      topics: [{ errorCode: 0, topic: 't', partitions }],
    }
    const broker = "00000001 00000001 0001'h' 00002384"
    const partition = '00000001 0000 00000003 00000001 00000001 00000001 00000001 00000001'
    expectResponse(metadata, 0, body, `00000007 | ${broker} | 00000001 0000 0001't' ${partition}`)
  })
})

describe('Produce', () => {
  const records = Buffer.from('abc')
  const body = { acks: -1, timeoutMs: 1000, topics: [{ topic: 't', partitions: [{ partition: 2, records }] }] }

  it('carries records in versions 0, 3 and 9', () => {
    const rest = "ffff 000003e8 00000001 0001't' 00000001 00000002 00000003'abc'"
    expectRequest(produce, 0, body, `0000 0000 00000007 0002'me' | ${rest}`)
    expectRequest(produce, 3, body, `0000 0003 00000007 0002'me' | ffff ${rest}`)
    const flexible = "00 | 00 ffff 000003e8 02 02't' 02 00000002 04'abc' 00 00 00"
    expectRequest(produce, 9, body, `0000 0009 00000007 0002'me' ${flexible}`)
  })

  it('names topics by id from version 13 on', () => {
    const byId = { ...body, topics: [{ topicId: 'ABEiM0RVZneImaq7zN3u_w', partitions: [{ partition: 2, records }] }] }
    const id = '00112233445566778899aabbccddeeff'
    expectRequest(
      produce,
      13,
      byId,
      `0000 000d 00000007 0002'me' 00 | 00 ffff 000003e8 02 ${id} 02 00000002 04'abc' 00 00 00`,
    )
  })

  it('answers with more fields the later the version', () => {
    const answer = { topics: [{ topic: 't', partitions: [{ partition: 2, errorCode: 0, baseOffset: 2 ** 33 }] }] }
    const head = "00000007 | 00000001 0001't' 00000001 00000002 0000 0000000200000000"
    expectResponse(produce, 0, answer, head)
    expectResponse(produce, 1, answer, `${head} 00000000`)
    expectResponse(produce, 2, answer, `${head} ffffffffffffffff 00000000`)
    expectResponse(produce, 5, answer, `${head} ffffffffffffffff ffffffffffffffff 00000000`)
  })

  it('tells of a new leader in tags', () => {
    const currentLeader = { leaderId: 1, leaderEpoch: 4 }
    const partition = { partition: 2, errorCode: 6, baseOffset: -1, currentLeader }
    const none = 'ffffffffffffffff'
    const rest = `00000002 0006 ${none} ${none} ${none} 01 00 | 01 00 09 00000001 00000004 00`
    const answer = { topics: [{ topic: 't', partitions: [partition] }] }
    expectResponse(produce, 10, answer, `00000007 00 | 02 02't' 02 ${rest} 00 00000000 00`)
  })
})

describe('Fetch', () => {
  it('sends no records as length 0, never as null', () => {
    const partition = { partition: 0, errorCode: 0, highWatermark: 9 }
    const none = 'ffffffffffffffff'
    const answer = { topics: [{ topic: 't', partitions: [partition] }] }
    const v4 = `00000000 0000 0000000000000009 ${none} ffffffff 00000000`
    expectResponse(fetch, 4, answer, `00000007 | 00000000 00000001 0001't' 00000001 ${v4}`)
    const v12 = `00000000 0000 0000000000000009 ${none} ${none} 00 ffffffff 01 00`
    expectResponse(fetch, 12, answer, `00000007 00 | 00000000 0000 00000000 02 02't' 02 ${v12} 00 00`)
  })

  it('leaves the raft fields of version 18 out when they say nothing', () => {
    const request = { maxWaitMs: 1, minBytes: 2, topics: [], sessionId: 3 }
    const rest = '00000001 00000002 7fffffff 00 00000003 ffffffff 01 01 01 00'
    expectRequest(fetch, 18, request, `0001 0012 00000007 0002'me' 00 | ${rest}`)
  })
})

describe('ControlledShutdown', () => {
  it('has no client id in version 0', () => {
    expectRequest(controlledShutdown, 0, { brokerId: 5 }, '0007 0000 00000007 | 00000005')
    expectRequest(controlledShutdown, 1, { brokerId: 5 }, "0007 0001 00000007 0002'me' | 00000005")
  })
})

describe('StopReplica', () => {
  it('says in version 4 between id and epoch of the controller what kind it is', () => {
    const body = { controllerId: 1, isKRaftController: true, controllerEpoch: 2, brokerEpoch: 3, topics: [] }
    const rest = '00000001 01 00000002 0000000000000003 01 00'
    expectRequest(stopReplica, 4, body, `0005 0004 00000007 0002'me' 00 | ${rest}`)
  })
})
