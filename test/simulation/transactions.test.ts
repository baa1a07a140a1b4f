/**
 * Transactions against a model, on a disk that stops at the worst moments: the process is killed, or the power fails, at every single step of a script,
 * and at random steps of random scripts. What was answered as committed is read from every partition and is the group's offset; what was not is read
 * from none; and in the end nothing is left open.
 */
import { test } from 'vitest'
import { KafkaFault } from '../../src/protocol/error-codes.ts'
import { DiskCrashed } from '../fakes/disk.ts'
import { seedsFor } from './seeds.ts'
import { PARTITIONS, Producer, TIMEOUT_MS, World } from './transaction-world.ts'

/** Two producers take turns: commits, aborts, offsets, one that is shut out by its successor, one that takes too long. */
const script = async (world: World): Promise<void> => {
  const one = new Producer(world.running, 'one')
  const two = new Producer(world.running, 'two')
  await one.init()
  await two.init()
  const [a, b] = [world.begin(), world.begin()]
  await one.send(0, 'a0', a)
  await two.send(0, 'b0', b)
  await one.send(1, 'a1', a)
  await one.commitOffset(1, a)
  await one.end('commit', a)
  await two.send(2, 'b2', b)
  await two.end('abort', b)
  const [c, d, e] = [world.begin(), world.begin(), world.begin()]
  await two.send(1, 'c1', c)
  await two.commitOffset(2, c)
  await two.send(2, 'c2', c)
  await one.send(0, 'd0', d)
  const successor = new Producer(world.running, 'one')
  await successor.init()
  await two.end('commit', c)
  await successor.send(0, 'e0', e)
  await successor.commitOffset(3, e)
  await successor.end('commit', e)
  await two.send(0, 'late', world.begin())
  await world.clock.advanceSlowly(TIMEOUT_MS + 20_000, 5000)
}

/** What random producers do, until the dice or the disk end it. */
const randomScript = async (world: World): Promise<void> => {
  const { random } = world
  let values = 0
  for (let rounds = 0; rounds < 12; rounds++) {
    const producer = new Producer(world.running, random.pick(['one', 'two', 'three']))
    await producer.init()
    for (let more = random.below(4); more >= 0; more--) {
      const sent = world.begin()
      for (let sends = random.below(5); sends >= 0; sends--)
        await producer.send(random.below(PARTITIONS), `${world.sent.length}-${values++}`, sent)
      if (random.chance(0.4)) await producer.commitOffset(world.sent.length, sent)
      if (random.chance(0.15)) break
      await producer.end(random.chance(0.6) ? 'commit' : 'abort', sent)
    }
    if (random.chance(0.1)) await world.clock.advanceSlowly(TIMEOUT_MS + 20_000, 10_000)
  }
}

/** Runs a script and gives whether it came to its end. */
const survived = async (world: World, run: (world: World) => Promise<void>): Promise<boolean> => {
  try {
    await run(world)
    return true
  } catch (thrown) {
    if (world.disk.isDead && (thrown instanceof DiskCrashed || thrown instanceof KafkaFault)) return false
    throw thrown
  }
}

const ends = [
  ['the process is killed', 'process', false],
  ['the process is killed where every record is synced', 'process', true],
  ['the power fails where every record is synced', 'power', true],
] as const

test.each(ends)(
  'every transaction is completed when %s at any step',
  async (_, kind, flushes) => {
    let finished = false
    for (let step = 1; !finished; step++) {
      const world = new World(step, flushes)
      await world.start()
      await world.running.topics.settled()
      world.disk.crashIn(step)
      finished = await survived(world, script)
      try {
        await world.restart(kind)
        world.check()
        await world.settle()
      } catch (thrown) {
        throw new Error(`after the end at step ${step}`, { cause: thrown })
      }
      world.broker?.[Symbol.dispose]()
    }
  },
  120_000,
)

const seeds = seedsFor({ suite: 'transactions', fixed: 60, fresh: 15, share: 0.1 })

test.each(ends)(
  `random transactions are all or nothing when %s (${seeds.text})`,
  (_, kind, flushes) =>
    seeds.each(async (seed) => {
      const world = new World(seed, flushes)
      await world.start()
      await world.running.topics.settled()
      for (let lives = 0; lives < 3; lives++) {
        world.disk.crashIn(1 + world.random.below(200))
        await survived(world, randomScript)
        await world.restart(kind)
        world.check()
        if (world.random.chance(0.5)) await world.settle()
      }
      await world.settle()
      world.broker?.[Symbol.dispose]()
    }),
  seeds.timeoutMs,
)
