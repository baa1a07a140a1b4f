import { describe, expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { decodeResponse } from '../../protocol/codec.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { handlers, served } from './index.ts'

const named = { clientSoftwareName: 'tester', clientSoftwareVersion: '1.0' }

describe('ApiVersions', () => {
  test.each([0, 1, 2, 3, 4])('version %d tells what is served', async (version) => {
    await using bench = await brokerBench()
    const answer = await (await bench.peer()).call(apiVersions, version, version < 3 ? {} : named)
    expect(answer).toMatchObject({ errorCode: 0, apiKeys: served })
  })

  test('in a version that is still to come is answered with what can be asked for', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    // size, API 18 version 99, correlation id 7, client id, and bytes that nobody here can read
    peer.socket.write(Buffer.from('0000000e00120063000000070002616200ff', 'hex'))
    const answer = decodeResponse(apiVersions, 0, (await peer.frame()) ?? Buffer.alloc(0))
    expect(answer).toMatchObject({ errorCode: 35, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] })
    expect((await peer.call(apiVersions, 4, named)).errorCode).toBe(0)
  })

  test('refuses names of software that are none', async () => {
    await using bench = await brokerBench()
    const answer = await (await bench.peer()).call(apiVersions, 3, { ...named, clientSoftwareName: '-x' })
    expect(answer).toMatchObject({ errorCode: 42, apiKeys: [] })
  })
})

test('every API is served from its first version on, which old clients look for, and no further than its tables go', () => {
  // the newest versions of these belong to a feature, transaction.version 2, that this broker does not tell of
  // (UpdateFeatures: as of Kafka 3.9)
  const last: Readonly<Record<string, number>> = { EndTxn: 4, WriteTxnMarkers: 1, TxnOffsetCommit: 4, UpdateFeatures: 1 } // prettier-ignore
  for (const { api, versions } of handlers)
    expect([api.name, ...versions]).toEqual([api.name, api.versions[0], last[api.name] ?? api.versions[1]])
  expect(served.every(({ minVersion }) => minVersion === 0)).toBe(true)
  expect(served.map(({ apiKey }) => apiKey)).toEqual(served.map(({ apiKey }) => apiKey).toSorted((a, b) => a - b))
})

test('what clients would act upon and is not there is not told: cluster APIs, delegation tokens, telemetry, shares and streams', () => {
  const keys = new Set(served.map(({ apiKey }) => apiKey))
  const absent = [4, 5, 6, 7, 38, 39, 40, 41, 52, 53, 54, 55, 56, 58, 59, 62, 63, 64, 67, 70, 71, 72, 73]
  expect(absent.filter((key) => keys.has(key))).toEqual([])
  expect(Math.max(...keys)).toBeLessThanOrEqual(75)
})
