/** Any order of failures: nothing is lost, order is kept, and a receipt settles only when its events are stored. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { Rejected } from '../flow/sink.ts'

interface Run {
  readonly inFlight: number
  readonly batchSize: number
  /** What becomes of each write and commit in turn. */
  readonly writes: readonly ('stored' | 'failed' | 'rejected')[]
  readonly commits: readonly boolean[]
  /** Which of the open writes ends next. */
  readonly ends: readonly number[]
}

const runs: fc.Arbitrary<Run> = fc.record({
  inFlight: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
  writes: fc.array(fc.constantFrom('stored', 'stored', 'failed', 'rejected'), { maxLength: 12 }),
  commits: fc.array(fc.boolean(), { maxLength: 6 }),
  ends: fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
})

/** Which write had each event last, in the order of the events. */
const lastWrites = (writes: readonly string[][]): number[] =>
  numbered(0, 20).map((_, i) => writes.findLastIndex((bodies) => bodies.includes(String(i))))

it('loses nothing and keeps order through any order of failures', async () => {
  await fc.assert(
    fc.asyncProperty(runs, async ({ inFlight, batchSize, writes, commits, ends }) => {
      const channel = new ScriptedChannel()
      channel.commitFailures.push(...commits.map((fails) => (fails ? new Error('Commit failed') : undefined)))
      const receipts = []
      for (let i = 0; i < 20; i += 4) receipts.push(await channel.put(numbered(i, i + 4)))
      const sink = new FakeSink({ inFlight, batchSize })
      sink.byHand = true
      const stored = new Set<string>()
      const early: string[] = []
      receipts.forEach(({ settled }, i) => {
        void settled.then(() => early.push(...bodiesOf(numbered(i * 4, i * 4 + 4)).filter((b) => !stored.has(b))))
      })
      const { clock } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
      for (let step = 0; channel.held > 0; step++) {
        const write = sink.openWrites[(ends[step % ends.length] ?? 0) % Math.max(1, sink.openWrites.length)]
        const outcome = writes[step] ?? 'stored'
        if (write === undefined) await clock.advanceSlowly(1000, 1000)
        else if (outcome === 'stored') {
          for (const body of write.bodies) stored.add(body)
          write.succeed()
        } else write.fail(outcome === 'failed' ? new Error('Down') : new Rejected([0], 'Too large.'))
        await new Promise((resolve) => setImmediate(resolve))
        expect(step).toBeLessThan(2000)
      }
      expect(early).toEqual([])
      expect(new Set(sink.bodies).size).toBe(20)
      const isBlockFree = !writes.includes('rejected')
      const last = lastWrites(sink.tried)
      if (isBlockFree) expect(last).toEqual(last.toSorted((a, b) => a - b))
    }),
    { numRuns: 150 },
  )
})
