/** Whatever a request of any API says, in any version, it is answered or its connection is closed: nothing inside fails, and other peers go on. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BrokerBench, brokerBench } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { requestsOf, versionsOf } from '../../../test/fakes/message-values.ts'
import { batchOf } from '../../../test/fakes/batches.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import type { RequestInput } from '../../protocol/table.ts'
import { handlers } from './index.ts'

let bench: BrokerBench
const clock = new FakeClock()

beforeAll(async () => {
  bench = await brokerBench({ 'offsets.topic.num.partitions': '2' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
})

afterAll(() => bench[Symbol.asyncDispose]())

test.each(handlers.map(({ api }) => [api.name, api] as const))('%s', async (_, api) => {
  const asked = fc.constantFrom(...versionsOf(api)).chain((version) => requestsOf(api, version).map((body) => ({ version, body }))) // prettier-ignore
  await fc.assert(
    fc.asyncProperty(asked, async ({ version, body }) => {
      const peer = await bench.peer()
      peer.send(api, version, body as RequestInput<typeof api>)
      peer.socket.end()
      await peer.closed
    }),
    { numRuns: 100 },
  )
  clock.advance(600_000)
  expect(bench.said.of('error')).toEqual([])
  const peer = await bench.peer()
  expect((await peer.call(apiVersions, 0, {})).errorCode).toBe(0)
})
