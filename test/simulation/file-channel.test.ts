/**
 * The file channel against a model, life after life on one disk. Whatever happens, every acknowledged event is delivered unless its take was committed,
 * none whose commit was acknowledged comes again, none is invented, none of a refused put is given out by the process that refused it, no open take has
 * what another has, each life gives them in the order of the puts, and a full disk refuses no commit. A failing run names its seed:
 * `npm run simulate -- --seed S` runs that one, `--seeds N` so many fresh ones.
 */
import { test } from 'vitest'
import { live, printedAccounts, testSeeds } from './channel-lives.ts'
import { World } from './channel-world.ts'

const finish = printedAccounts('File channel')

testSeeds({ worldOf: (seed) => new World(seed), ends: ['stop', 'process', 'power'], fixedSeeds: 200, finish })

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
