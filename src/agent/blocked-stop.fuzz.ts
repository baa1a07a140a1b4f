/** Whatever a sink rejects when it is stopped: only what is stored leaves the channel, and all of it does. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { until } from '../../test/fakes/until.ts'
import type { Batch } from '../flow/event.ts'
import { Rejected } from '../flow/sink.ts'

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

it('settles exactly what is stored', async () => {
  const given = fc.record({
    inFlight: fc.integer({ min: 1, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 7 }),
    rejected: fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 6 }),
    isSlow: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ inFlight, batchSize, rejected, isSlow }) => {
      const channel = new ScriptedChannel({ durable: true })
      for (let i = 0; i < 20; i += 4) await channel.put(numbered(i, i + 4))
      const sink = new FakeSink({ inFlight, batchSize })
      const store = sink.write.bind(sink)
      sink.write = async (batch: Batch, signal) => {
        const indexes = [...bodiesOf(batch).keys()].filter((i) => rejected.includes(Number(bodiesOf(batch)[i])))
        if (indexes.length === 0) return store(batch, signal)
        if (isSlow) await turn()
        throw new Rejected(indexes, 'Too large.')
      }
      const { agent, clock, log } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
      await until(() => log.of('error').length > 0)
      const over = Symbol('over')
      const stopped = agent.stop()
      const ended = stopped.then(() => over)
      while ((await Promise.race([ended, clock.advanceSlowly(1000, 100)])) !== over);
      const { total } = await stopped
      const committed = channel.ends.filter((end) => end.startsWith('commit')).flatMap((end) => end.split(' ').slice(1))
      expect(committed.toSorted()).toEqual(sink.bodies.toSorted())
      expect(total).toEqual({ in: 20, out: committed.length, dropped: 0, held: 20 - committed.length })
    }),
    { numRuns: 100 },
  )
})
