import { expect, test } from 'vitest'
import { Flusher } from './flusher.ts'

/** A flusher whose syncs end when the test says so. */
const byHand = () => {
  const syncs: PromiseWithResolvers<void>[] = []
  const flusher = new Flusher(() => {
    const sync = Promise.withResolvers<void>()
    syncs.push(sync)
    return sync.promise
  })
  return { flusher, syncs }
}

test('all who ask while a sync runs share the next one', async () => {
  const { flusher, syncs } = byHand()
  const first = flusher.flush()
  const others = [flusher.flush(), flusher.flush(), flusher.flush()]
  expect(syncs.length).toBe(1)
  syncs[0]?.resolve()
  await first
  await Promise.resolve()
  expect(syncs.length).toBe(2)
  syncs[1]?.resolve()
  await Promise.all(others)
  expect(syncs.length).toBe(2)
  void flusher.flush()
  expect(syncs.length).toBe(3)
})

test('a sync that fails is told to those who waited for it, and to nobody else', async () => {
  const { flusher, syncs } = byHand()
  const first = flusher.flush()
  const second = flusher.flush()
  syncs[0]?.reject(new Error('EIO'))
  await expect(first).rejects.toThrow('EIO')
  syncs[1]?.resolve()
  await second
})
