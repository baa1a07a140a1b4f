import { expect, test } from 'vitest'
import { seedsFor } from './seeds.ts'

const usual = { suite: 'log', fixed: 3, fresh: 2, share: 0.25 }
const run = async (env: NodeJS.ProcessEnv): Promise<number[]> => {
  const ran: number[] = []
  await seedsFor(usual, env).each(async (seed) => void ran.push(seed))
  return ran
}

test('every run has the same seeds, and some that no run had before', async () => {
  const [one, other] = [await run({}), await run({})]
  expect([one.slice(0, 3), other.slice(0, 3)]).toEqual([[1, 2, 3], [1, 2, 3]]) // prettier-ignore
  expect([one.length, other.length]).toEqual([5, 5])
  expect(new Set([...one, ...other]).size).toBe(7)
})

test('the name of the test says which ones they are', async () => {
  const seeds = seedsFor(usual, {})
  const first = Number(/^3 seeds from 1, 2 from (\d+)$/.exec(seeds.text)?.[1])
  const ran: number[] = []
  await seeds.each(async (seed) => void ran.push(seed))
  expect(ran.slice(3)).toEqual([first, first + 1])
})

test('a simulation that is slow takes its share of the seeds that are asked for', async () => {
  expect(await run({ FIXED_SEEDS: '4', SEEDS: '0' })).toEqual([1])
  expect(await run({ FIXED_SEEDS: '40', SEEDS: '9' })).toHaveLength(13)
})

test('one seed is run alone, and a failure says how', async () => {
  expect(await run({ SEED: '77' })).toEqual([77])
  const failing = seedsFor(usual, { FIXED_SEEDS: '8', SEEDS: '0' }).each(async (seed) => {
    if (seed === 2) throw new Error('a record is gone')
  })
  await expect(failing).rejects.toThrow('npm run simulate -- log --seed 2 shows it again: a record is gone')
})
