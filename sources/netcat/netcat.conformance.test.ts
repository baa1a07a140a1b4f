import { connect } from 'node:net'
import { charsetOf } from '../../src/formats/charset.ts'
import { sourceConformance } from '../../test/conformance/source.ts'
import type { FakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { NetcatSource } from './netcat-source.ts'

for (const acks of [true, false]) {
  sourceConformance(`netcat ${acks ? 'with' : 'without'} answers`, ({ defer }) => {
    let port = 0
    let context: FakeContext | undefined
    let pending = Promise.resolve()
    const charset = charsetOf('utf-8')
    if (charset === undefined) throw new Error('no utf-8')
    const options = {
      host: '127.0.0.1',
      port: 0,
      acks,
      charset,
      maxLineLength: 512,
      batchEvents: 10,
      maxConnections: 10,
    }

    /** One connection at a time, so that the order over all is that of the calls. */
    const send = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const client = connect({ host: '127.0.0.1', port })
        client.on('error', () => resolve())
        client.on('close', () => resolve())
        client.resume()
        client.end(text)
        defer(() => client.destroy())
      })

    return {
      create: (given) => {
        context = given as FakeContext
        return new NetcatSource(options, given)
      },
      ready: async () => {
        await until(() => (context?.log.lines.length ?? 0) > 0, 'the listener')
        port = Number(context?.log.lines[0]?.fields['port'])
      },
      feed: (bodies) => {
        pending = pending.then(() => send(bodies.map((body) => `${body}\n`).join('')))
      },
      readsAgain: false,
    }
  })
}
