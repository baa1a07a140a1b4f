import { type AvroClient, openAvroClient } from '../../src/formats/avro-client.ts'
import { sourceConformance } from '../../test/conformance/source.ts'
import type { FakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { avro } from './avro.ts'

for (const compression of ['none', 'deflate']) {
  sourceConformance(`avro, compression ${compression}`, ({ defer }) => {
    let context: FakeContext | undefined
    let client: AvroClient | undefined
    let sending: Promise<unknown> = Promise.resolve()
    const open = async (): Promise<AvroClient> => {
      await until(() => (context?.log.lines.length ?? 0) > 0, 'the listener')
      const opened = await openAvroClient({
        host: '127.0.0.1',
        port: Number(context?.log.lines[0]?.fields['port']),
        connectTimeoutMs: 20_000,
        requestTimeoutMs: 20_000,
        deflateLevel: compression === 'none' ? undefined : 6,
        clock: (context as FakeContext).clock,
      })
      defer(() => opened[Symbol.asyncDispose]())
      return opened
    }
    const send = async (bodies: readonly string[]): Promise<void> => {
      const batch = bodies.map((body) => ({ headers: {}, body: Buffer.from(body) }))
      await client?.appendBatch(batch).catch(() => undefined)
    }
    return {
      create: (given) => {
        context = given as FakeContext
        return avro.create(
          valuesOf(avro.settings, { bind: '127.0.0.1', port: '0', 'compression-type': compression }),
          given,
        )
      },
      ready: async () => {
        client = await open()
      },
      feed: (bodies) => {
        sending = sending.then(() => send(bodies))
      },
      readsAgain: false,
    }
  })
}
