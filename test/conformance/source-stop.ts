/** How a source ends. */
import { describe, expect, it } from 'vitest'
import { FakeTarget } from '../fakes/channel.ts'
import { fakeContext } from '../fakes/context.ts'
import { isSettled } from './scope.ts'
import type { OpenSource } from './source.ts'
import { SourceRun, texts } from './source-run.ts'

export const sourceStop = (open: OpenSource): void => {
  describe('ends', () => {
    it('at the abort, when everything has settled', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 5))
      await run.delivered(5)
      run.stop()
      await run.ended
    })

    it('without any input', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      run.stop()
      await run.ended
    })

    it('at once when it was stopped before it began, delivering nothing', async () => {
      const input = await open()
      const target = new FakeTarget()
      const source = await input.create(fakeContext({ grace: AbortSignal.abort() }))
      await source.run(target.deliver, AbortSignal.abort())
      expect(target.events).toEqual([])
    })

    it('when the grace period is over, whatever has not settled', async () => {
      const input = await open()
      const run = new SourceRun()
      run.target.settleByHand()
      await run.start(input)
      await input.feed(texts('a', 5))
      await run.delivered(5)
      run.stop()
      run.endGrace()
      await run.ended
    })

    it('when a delivery was under way, which it waits for', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 2))
      await run.delivered(2)
      run.target.hold()
      await input.feed(texts('b', 2))
      run.stop()
      run.target.release()
      await run.ended
      expect(run.target.bodies.slice(0, 2)).toEqual(texts('a', 2))
    })

    it('once its receipts have settled and not before, when it reads again what has not', async () => {
      const input = await open()
      if (!input.readsAgain) return
      const run = new SourceRun()
      run.target.settleByHand()
      await run.start(input)
      await input.feed(texts('a', 5))
      await run.delivered(5)
      run.stop()
      expect(await isSettled(run.ended)).toBe(false)
      run.target.settle()
      await run.ended
    })
  })
}
