/**
 * The spillable channel against the file channel's model, life after life on one disk: puts that go to memory and to disk in turns, overflow time-outs,
 * memory written down at some stops. What a receipt says is settled is delivered until its take was committed, whatever happens to the process or the power;
 * what was only in memory may be gone after a crash, and only then. Order, and everything else, is as for the file channel. A failing run names its seed:
 * `npm run simulate -- --seed S` runs that one, `--seeds N` so many.
 */
import { SpillableChannel } from '../../channels/spillable/spillable-channel.ts'
import { printedAccounts, testSeeds } from './channel-lives.ts'
import { type MakeChannel, World } from './channel-world.ts'

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

testSeeds({
  worldOf: (seed) => new World(seed, makeChannel),
  ends: ['stop', 'stop', 'process', 'power'],
  fixedSeeds: 150,
  finish: printedAccounts('Spillable channel'),
})
