/** What a source delivers. */
import { describe, expect, it } from 'vitest'
import type { OpenSource } from './source.ts'
import { SourceRun, texts } from './source-run.ts'

export const sourceDelivery = (open: OpenSource): void => {
  describe('delivers', () => {
    it('all of its input, in order, and nothing else', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 300))
      await run.delivered(300)
      expect(run.target.bodies).toEqual(texts('a', 300))
    })

    it('what comes later, after what came before', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 3))
      await run.delivered(3)
      await input.feed(texts('b', 3))
      await run.delivered(6)
      expect(run.target.bodies).toEqual([...texts('a', 3), ...texts('b', 3)])
    })

    it('no empty batch', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 20))
      await run.delivered(20)
      expect(run.target.batches.every((batch) => batch.length > 0)).toBe(true)
    })

    it('bodies that stay as they are while it reads on', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      await input.feed(texts('a', 50))
      await run.delivered(50)
      const before = run.target.bodies
      await input.feed(texts('b', 500))
      await run.delivered(550)
      expect(run.target.bodies.slice(0, 50)).toEqual(before)
    })

    it('in order, when a delivery takes its time', async () => {
      const input = await open()
      const run = await new SourceRun().start(input)
      run.target.hold()
      await input.feed(texts('a', 40))
      run.target.release()
      await run.delivered(40)
      expect(run.target.bodies).toEqual(texts('a', 40))
    })
  })
}
