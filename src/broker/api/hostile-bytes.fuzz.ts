/**
 * Requests of every API that this build has a table for, in every version, damaged: cut short, with lengths and counts that lie, bits turned, bytes
 * behind the end. Whatever comes, it is answered or its connection ends; nothing inside fails, memory does not grow with what was claimed, and
 * others are served. The fixed seed makes a failure come back; FUZZ_SEED tries another one.
 */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { requestsOf, versionsOf } from '../../../test/fakes/message-values.ts'
import { encodeRequest } from '../../protocol/codec.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { apis } from '../../protocol/messages/index.ts'
import type { AnyApi, RequestInput } from '../../protocol/table.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_101)
const runs = 60
/** Behind size, key, version and correlation id, which other tests damage. */
const headBytes = 12

let bench: BrokerBench
const clock = new FakeClock()

beforeAll(async () => {
  bench = await brokerBench({ 'offsets.topic.num.partitions': '2' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
})

afterAll(() => bench[Symbol.asyncDispose]())

type Damage = (frame: Buffer, at: number) => Buffer

const overwritten = (hex: string): Damage => {
  const bytes = Buffer.from(hex, 'hex')
  return (frame, at) => {
    bytes.copy(frame, at)
    return frame
  }
}

const damages: readonly Damage[] = [
  (frame, at) => frame.subarray(0, at),
  (frame, at) => Buffer.concat([frame.subarray(0, at), Buffer.alloc(300, 0xff), frame.subarray(at)]),
  (frame, at) => Buffer.concat([frame, Buffer.alloc(1 + (at % 50))]),
  (frame, at) => {
    frame[at] = (frame[at] ?? 0) ^ (1 << (at % 8))
    return frame
  },
  overwritten('7fffffff'),
  overwritten('80000000'),
  overwritten('ffffffff'),
  overwritten('ffff'),
  overwritten('7fff'),
  overwritten('ffffffff0f'),
  overwritten('ffffffffffffffffff7f'),
  overwritten('00'),
]

interface Hostile {
  readonly version: number
  readonly body: unknown
  readonly damage: number
  readonly place: number
}

/** A frame whose size field is right, so that what is inside is looked at. */
const frameOf = (api: AnyApi, { version, body, damage, place }: Hostile): Buffer => {
  const whole = Buffer.concat(encodeRequest(api, version, 1, 'fuzz', body as RequestInput<AnyApi>))
  const at = headBytes + Math.floor(place * Math.max(1, whole.length - headBytes))
  const damaged = Buffer.from((damages[damage] as Damage)(whole, Math.min(at, whole.length)))
  damaged.writeInt32BE(damaged.length - 4, 0)
  return damaged
}

test.each(apis.map((api) => [api.name, api] as const))('%s', async (_, api) => {
  const hostile = fc.constantFrom(...versionsOf(api)).chain((version) =>
    fc.record({
      version: fc.constant(version),
      body: requestsOf(api, version),
      damage: fc.nat({ max: damages.length - 1 }),
      place: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  )
  const before = process.memoryUsage().arrayBuffers
  await fc.assert(
    fc.asyncProperty(hostile, async (one) => {
      const peer = await bench.peer()
      peer.socket.end(frameOf(api, one))
      await peer.closed
    }),
    { numRuns: runs, seed },
  )
  clock.advance(600_000)
  expect(bench.said.of('error')).toEqual([])
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 1024 * 1024)
  const other = await bench.peer()
  expect((await other.call(apiVersions, 0, {})).errorCode).toBe(0)
})
