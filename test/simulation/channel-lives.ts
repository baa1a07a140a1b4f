/**
 * What the simulations of the file channel and of the spillable one do alike: worlds live four lives seed by seed and end with everything taken; a failure
 * names its seed, and the accounts of all worlds of the file are printed at its end.
 */
import { afterAll, test } from 'vitest'
import type { Accounts } from './channel-ledger.ts'
import type { End, World } from './channel-world.ts'

const livesOfWorld = 4
const stepsOfLife = 60

/** A life that ends in the middle of what it does. */
export const live = async (world: World, steps: number, kind: End): Promise<void> => {
  await world.live()
  for (let i = 0; i < steps && !world.disk.isDead; i++) await world.step()
  await world.end(kind)
}

/** Ends a world with everything taken, and adds it to the accounts. */
export type Finish = (world: World) => Promise<void>

/** `title` says whose accounts they are. To be called once in a test file. */
export const printedAccounts = (title: string): Finish => {
  const accounts: Accounts = { put: 0, taken: 0, lost: 0, repeated: 0 }
  let worlds = 0
  afterAll(() => {
    const { put, taken, lost, repeated } = accounts
    console.log(`${title}, ${worlds} simulations: put ${put}, taken ${taken}, lost ${lost}, repeated ${repeated}`)
  })
  return async (world) => {
    await world.live()
    await world.drain()
    world.ledger.addTo(accounts)
    worlds++
  }
}

/** The one seed of SEED, or the first FIXED_SEEDS numbers and so many fresh ones as SEEDS says. */
const seedsOf = ({ SEED, SEEDS = '50', FIXED_SEEDS }: NodeJS.ProcessEnv, fixedUsually: number): number[] => {
  if (SEED !== undefined) return [Number(SEED)]
  const fixed = Array.from({ length: Number(FIXED_SEEDS ?? fixedUsually) }, (_, i) => i)
  return [...fixed, ...Array.from({ length: Number(SEEDS) }, () => Math.trunc(Math.random() * 2 ** 31))]
}

export interface Lives {
  readonly worldOf: (seed: number) => World
  /** How lives end; each draws one of these. */
  readonly ends: readonly End[]
  /** Seeds of every run, where FIXED_SEEDS does not say how many. */
  readonly fixedSeeds: number
  readonly finish: Finish
}

export const testSeeds = ({ worldOf, ends, fixedSeeds, finish }: Lives): void => {
  const simulate = async (seed: number): Promise<void> => {
    const world = worldOf(seed)
    for (let lives = 0; lives < livesOfWorld; lives++) {
      const kind = world.random.pick(ends)
      world.plan(kind)
      await live(world, stepsOfLife, kind)
    }
    await finish(world)
  }
  const seeds = seedsOf(process.env, fixedSeeds)
  test(`${seeds.length} seeds`, { timeout: 1_800_000 }, async () => {
    for (const seed of seeds) {
      try {
        await simulate(seed)
      } catch (thrown) {
        throw new Error(`Seed ${seed}: ${String(thrown)}`, { cause: thrown })
      }
    }
  })
}
