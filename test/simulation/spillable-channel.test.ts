/**
 * The spillable channel against the file channel's model, life after life on one disk: puts that go to memory and to disk in turns, overflow time-outs,
 * memory written down at some stops. What a receipt says is settled is delivered until its take was committed, whatever happens to the process or the power;
 * what was only in memory may be gone after a crash, and only then. Order, and everything else, is as for the file channel. A failing run names its seed:
 * `npm run simulate -- --seed S` runs that one, `--seeds N` so many.
 */
import { afterAll, test } from 'vitest'
import { SpillableChannel } from '../../channels/spillable/spillable-channel.ts'
import type { Accounts } from './channel-ledger.ts'
import { type MakeChannel, World } from './channel-world.ts'

const accounts: Accounts = { put: 0, taken: 0, lost: 0, repeated: 0 }
let worlds = 0
afterAll(() => {
  const { put, taken, lost, repeated } = accounts
  console.log(
    `Spillable channel, ${worlds} simulations: put ${put}, taken ${taken}, lost ${lost}, repeated ${repeated}`,
  )
})

const makeChannel: MakeChannel = ({ capacity, transactionCapacity, keepAliveMs, ...disk }, context, random) =>
  new SpillableChannel(
    {
      name: disk.name,
      transactionCapacity,
      memory: { events: random.pick([0, 5, 20]), bytes: random.pick([2000, 1e9]), slotBytes: 100 },
      overflowCapacity: random.pick([30, capacity]),
      disk,
      overflowTimeoutMs: random.pick([0, 500]),
      keepAliveMs,
      memoryAgainPercent: random.pick([0, 5, 50]),
    },
    context,
  )

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed, makeChannel)
  for (let lives = 0; lives < 4; lives++) {
    const kind = world.random.pick(['stop', 'stop', 'process', 'power'] as const)
    world.plan(kind)
    await world.live()
    for (let i = 0; i < 60 && !world.disk.isDead; i++) await world.step()
    await world.end(kind)
  }
  await world.live()
  await world.drain()
  world.ledger.addTo(accounts)
  worlds++
}

const given = process.env['SEED']
const fresh = Number(process.env['SEEDS'] ?? 50)
const fixed = Number(process.env['FIXED_SEEDS'] ?? 150)
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
