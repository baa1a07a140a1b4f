/**
 * The file channel against a model, life after life on one disk. Whatever happens, every acknowledged event is delivered unless its take was committed,
 * none whose commit was acknowledged comes again, none is invented, none of a refused put is given out by the process that refused it, no open take has
 * what another has, each life gives them in the order of the puts, and a full disk refuses no commit. A failing run names its seed:
 * `npm run simulate -- --seed S` runs that one, `--seeds N` so many fresh ones.
 */
import { afterAll, test } from 'vitest'
import type { Accounts } from './channel-ledger.ts'
import { type End, World } from './channel-world.ts'

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

/** A life that ends in the middle of what it does. */
const live = async (world: World, steps: number, kind: End): Promise<void> => {
  await world.live()
  for (let i = 0; i < steps && !world.disk.isDead; i++) await world.step()
  await world.end(kind)
}

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed)
  for (let lives = 0; lives < 4; lives++) {
    const kind = world.random.pick(['stop', 'process', 'power'] as const)
    world.plan(kind)
    await live(world, 60, kind)
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

const stepsOfScript = 30

test.each([
  ['the process is killed in it', 'process', (world: World, step: number) => world.disk.crashIn(step)],
  ['the power fails in it', 'power', (world: World, step: number) => world.disk.crashIn(step)],
  ['it fails', 'process', (world: World, step: number) => world.refuseIn(step, 'EIO')],
  ['the disk is full for it', 'stop', (world: World, step: number) => world.refuseIn(step, 'ENOSPC')],
] as const)('every write, sync, rename and unlink from the first start on, when %s', async (_what, kind, plan) => {
  for (const seed of [1, 2]) {
    const whole = new World(seed)
    await live(whole, stepsOfScript, 'process')
    for (let step = 1; step <= whole.disk.changes; step++) {
      const world = new World(seed)
      plan(world, step)
      await live(world, stepsOfScript, kind)
      await finish(world)
    }
  }
})

/** A start on what a process left changes the disk no more often, its first changes being the locks. */
const changesOfStart = 14
const changesOfLocks = 6

test('every two steps of two starts in a row: the process is killed in one, the power fails in the next', async () => {
  for (let first = changesOfLocks; first <= changesOfStart; first++)
    for (let second = changesOfLocks; second <= changesOfStart; second++) {
      const world = new World(first * 100 + second)
      await live(world, 60, 'process')
      world.disk.crashIn(first)
      await live(world, 0, 'process')
      world.disk.crashIn(second)
      await live(world, 0, 'power')
      await finish(world)
    }
})
