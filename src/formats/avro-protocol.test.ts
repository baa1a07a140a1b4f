import { describe, expect, it } from 'vitest'
import {
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  readHandshakeRequest,
  readHandshakeResponse,
} from './avro-handshake.ts'
import { hasFlumeEvents, protocolHash, protocolText, statusesOf } from './avro-protocol.ts'
import { AvroReader } from './avro-reader.ts'

/** As Flume's compiler writes it: doc texts, Java's strings, full names. */
const flumes = JSON.stringify({
  protocol: 'AvroSourceProtocol',
  namespace: 'org.apache.flume.source.avro',
  doc: '* Licensed to the Apache Software Foundation',
  types: [
    { type: 'enum', name: 'Status', symbols: ['OK', 'FAILED', 'UNKNOWN'] },
    {
      type: 'record',
      name: 'AvroFlumeEvent',
      fields: [
        { name: 'headers', type: { type: 'map', values: { type: 'string', 'avro.java.string': 'String' } } },
        { name: 'body', type: 'bytes' },
      ],
    },
  ],
})

const withFields = (fields: unknown): string =>
  JSON.stringify({ types: [{ type: 'record', name: 'a.b.AvroFlumeEvent', fields }] })

describe('AvroSourceProtocol', () => {
  it('knows events of Flume by their shape and not by the text', () => {
    expect(hasFlumeEvents(flumes)).toBe(true)
    expect(hasFlumeEvents(protocolText)).toBe(true)
  })

  it.each([
    '{}',
    '[]',
    '{"types":[null,1]}',
    withFields(undefined),
    withFields([null]),
    withFields([
      { name: 'body', type: 'bytes' },
      { name: 'headers', type: { type: 'map', values: 'string' } },
    ]),
    withFields([
      { name: 'headers', type: { type: 'map', values: 'bytes' } },
      { name: 'body', type: 'bytes' },
    ]),
  ])('knows others: %s', (text) => {
    expect(hasFlumeEvents(text)).toBe(false)
  })

  it('takes statuses in the order of the peer', () => {
    expect(statusesOf(flumes)).toEqual(['OK', 'FAILED', 'UNKNOWN'])
    expect(statusesOf(flumes.replace('"OK","FAILED"', '"FAILED","OK"'))).toEqual(['FAILED', 'OK', 'UNKNOWN'])
    expect(statusesOf('{}')).toEqual(['OK', 'FAILED', 'UNKNOWN'])
  })
})

describe('handshake', () => {
  it('has the bytes of the first call of a Flume client', () => {
    const hash = Buffer.alloc(16, 1)
    const request = { clientHash: hash, clientProtocol: undefined, serverHash: hash }
    expect(encodeHandshakeRequest(request).toString('hex')).toBe(`${hash.toString('hex')}00${hash.toString('hex')}00`)
    const javas = Buffer.concat([hash, Buffer.from([0]), hash, Buffer.from([2, 0])])
    expect(readHandshakeRequest(new AvroReader(javas))).toEqual(request)
  })

  it('goes there and back', () => {
    const request = { clientHash: protocolHash(), clientProtocol: protocolText, serverHash: Buffer.alloc(16) }
    expect(readHandshakeRequest(new AvroReader(encodeHandshakeRequest(request)))).toEqual(request)
    const both = { match: 'BOTH', serverProtocol: undefined, serverHash: undefined } as const
    expect(encodeHandshakeResponse(both).toString('hex')).toBe('00000000')
    const none = { match: 'NONE', serverProtocol: protocolText, serverHash: protocolHash() } as const
    for (const response of [both, none]) {
      expect(readHandshakeResponse(new AvroReader(encodeHandshakeResponse(response)))).toEqual(response)
    }
  })

  it('passes over metadata and refuses what is none', () => {
    const hash = Buffer.alloc(16, 1)
    const metadata = Buffer.from([2, 2, 2, 0x61, 2, 0x62, 0])
    const reader = new AvroReader(Buffer.concat([hash, Buffer.from([0]), hash, metadata]))
    readHandshakeRequest(reader)
    expect(reader.left).toBe(0)
    expect(() => readHandshakeRequest(new AvroReader(Buffer.concat([hash, Buffer.from([4]), hash])))).toThrow(
      'no branch',
    )
    expect(() => readHandshakeResponse(new AvroReader(Buffer.from([8])))).toThrow('none of BOTH')
  })
})
