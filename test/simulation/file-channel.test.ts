/**
 * The file channel against a model, life after life on one disk. Whatever happens, every acknowledged event is delivered unless its take was committed,
 * none whose commit was acknowledged comes again, none is invented, none of a refused put is given out by the process that refused it, no open take has
 * what another has, each life gives them in the order of the puts, and a full disk refuses no commit. A failing run names its seed:
 * `npm run simulate -- --seed S` runs that one, `--seeds N` so many fresh ones.
 */
import { afterAll, test } from 'vitest'
import type { Accounts } from './file-channel-ledger.ts'
import { World } from './file-channel-world.ts'

const accounts: Accounts = { put: 0, taken: 0, lost: 0, repeated: 0 }
let worlds = 0
afterAll(() => {
  const { put, taken, lost, repeated } = accounts
  console.log(`File channel, ${worlds} simulations: put ${put}, taken ${taken}, lost ${lost}, repeated ${repeated}`)
})

/** Ends with everything taken. */
const finish = async (world: World): Promise<void> => {
  await world.live()
  await world.drain()
  world.ledger.addTo(accounts)
  worlds++
}

const lives = 4
const stepsOfLife = 60

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed)
  for (let life = 0; life < lives; life++) {
    const kind = world.random.pick(['stop', 'process', 'power'] as const)
    world.plan(kind)
    await world.live()
    for (let i = 0; i < stepsOfLife && !world.disk.isDead; i++) await world.step()
    await world.end(kind)
  }
  await finish(world)
}

const given = process.env['SEED']
const fresh = Number(process.env['SEEDS'] ?? 50)
const fixed = Number(process.env['FIXED_SEEDS'] ?? 200)
const seeds =
  given === undefined
    ? [
        ...Array.from({ length: fixed }, (_, i) => i),
        ...Array.from({ length: fresh }, () => Math.trunc(Math.random() * 2 ** 31)),
      ]
    : [Number(given)]

test(`${seeds.length} seeds`, { timeout: 1_800_000 }, async () => {
  for (const seed of seeds) {
    try {
      await simulate(seed)
    } catch (thrown) {
      throw new Error(`Seed ${seed}: ${String(thrown)}`, { cause: thrown })
    }
  }
})
