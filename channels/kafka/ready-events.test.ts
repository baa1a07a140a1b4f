/** How far a partition is settled, whatever the order in which its slices are stored. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { seededRandom } from '../../test/fakes/random.ts'
import { HeldPartition } from './ready-events.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const heapUsed = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const heldFrom = (offset: number): HeldPartition => {
  const held = new HeldPartition('t', 0)
  held.goOn(offset)
  return held
}

it('does not grow behind a sink that hangs, however much others store', () => {
  const held = heldFrom(0)
  const before = heapUsed()
  for (let i = 1; i <= 300_000; i++) held.settle({ from: i * 10, to: (i + 1) * 10 })
  expect(heapUsed() - before).toBeLessThan(1_000_000)
  expect(held.toCommit).toBeUndefined()
  held.settle({ from: 0, to: 10 })
  expect(held.toCommit?.offset).toBe(3_000_010)
})

it('is to be committed up to the first event that is not stored, in whatever order slices of whatever length are', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed)
    const held = heldFrom(100)
    const open: { from: number; to: number }[] = []
    for (let from = 100; open.length < 40;) open.push({ from, to: (from += random.below(4)) })
    const end = open.at(-1)?.to
    while (open.length > 0) {
      const [slice] = open.splice(random.below(open.length), 1)
      if (slice !== undefined) held.settle(slice)
      const first = Math.min(...open.filter(({ from, to }) => from < to).map(({ from }) => from))
      expect(held.toCommit?.offset ?? 100, `seed ${seed}`).toBe(first === Infinity ? end : first)
    }
  }
})
