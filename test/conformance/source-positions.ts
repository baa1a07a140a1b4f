/** Positions lag and never lead: for sources that can read their input again. */
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import type { OpenSource } from './source.ts'
import { SourceRun, texts } from './source-run.ts'

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

export const sourcePositions = (open: OpenSource): void => {
  describe('remembers', () => {
    it('where it was: a clean stop repeats nothing and loses nothing', async () => {
      const input = await open()
      if (!input.readsAgain) return
      const first = await new SourceRun().start(input)
      await input.feed(texts('a', 25))
      await first.delivered(25)
      first.stop()
      await first.ended
      await input.feed(texts('b', 5))
      const second = await new SourceRun().start(input)
      await second.delivered(5)
      expect(second.target.bodies).toEqual(texts('b', 5))
    })

    it('nothing that has not settled: it comes again from the first such event on', async () => {
      const input = await open()
      if (!input.readsAgain) return
      const first = await new SourceRun().start(input)
      await input.feed(texts('a', 5))
      await first.delivered(5)
      first.target.settleByHand()
      await turns(50)
      await input.feed(texts('b', 5))
      await first.delivered(10)
      first.stop()
      first.endGrace()
      await first.ended
      const second = await new SourceRun().start(input)
      await second.delivered(5)
      const bodies = second.target.bodies
      expect(bodies.slice(-5)).toEqual(texts('b', 5))
      expect([...texts('a', 5), ...texts('b', 5)].join()).toMatch(new RegExp(`(^|,)${bodies.join()}$`))
    })

    it('no position beyond a batch that has not settled, even when later ones have', async () => {
      const input = await open()
      if (!input.readsAgain) return
      const first = new SourceRun()
      first.target.settleByHand()
      await first.start(input)
      await input.feed(texts('a', 5))
      await first.delivered(5)
      first.target.settleLater()
      await input.feed(texts('b', 5))
      await first.delivered(10)
      first.stop()
      first.endGrace()
      await first.ended
      const second = await new SourceRun().start(input)
      await second.delivered(10)
      expect(second.target.bodies).toEqual([...texts('a', 5), ...texts('b', 5)])
    })

    it('to run no further ahead of what has settled than it may', async () => {
      const input = await open()
      if (!input.readsAgain || input.batchSize === undefined) return
      const run = new SourceRun()
      run.target.settleByHand()
      const aheadMax = 2 * input.batchSize
      await input.feed(texts('a', 10 * input.batchSize))
      await run.start(input, { aheadMax })
      await run.delivered(aheadMax)
      await turns(200)
      expect(run.target.events.length).toBeLessThan(aheadMax + input.batchSize)
      await until(() => {
        run.target.settle()
        return run.target.events.length === 10 * (input.batchSize ?? 0)
      }, 'the rest, once room is made')
    })
  })
}
