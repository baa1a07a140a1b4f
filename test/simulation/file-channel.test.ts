/**
 * The file channel against a model: puts, takes, commits and roll-backs at random, several at once, over a disk that writes short, refuses, fails syncs, fills up,
 * and on which the process is killed or the power fails at a random step; then the channel is opened again, and the next life goes on. Whatever happens,
 * every acknowledged event is delivered once its take is not committed, none whose commit was acknowledged comes again, none is invented, and each life
 * gives them in the order of the puts. A failing run names its seed: `SEED=n` runs that one, `SEEDS=n` so many fresh ones.
 */
import { expect, test } from 'vitest'
import { FileChannel } from '../../channels/file/file-channel.ts'
import { InvariantBroken } from '../../src/base/assert.ts'
import type { Take } from '../../src/flow/channel.ts'
import { bodiesOf, eventOf } from '../conformance/events.ts'
import { FakeClock } from '../fakes/clock.ts'
import { fakeContext } from '../fakes/context.ts'
import { FakeDisk } from '../fakes/disk.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'

const never = new AbortController().signal
const folders = ['/checkpoint', '/data1', '/data2']
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What became of one event: how far its put came, and its take. */
interface Fate {
  put: 'tried' | 'refused' | 'acknowledged'
  take: 'none' | 'tried' | 'acknowledged'
}

class World {
  readonly random: SeededRandom
  readonly disk: FakeDisk
  readonly clock = new FakeClock()
  readonly fates: Fate[] = []
  #channel: FileChannel
  #open = new Set<Take>()
  #work: Promise<void>[] = []
  #lastTaken = -1
  /** Events that come again in this life, because they were rolled back. */
  #backTo = Infinity

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.disk = new FakeDisk({ seed, shortWrites: this.random.chance(0.3) ? 0.2 : 0 })
    this.#channel = this.#make()
  }

  #make(): FileChannel {
    const options = {
      name: 'c1',
      capacity: 200,
      transactionCapacity: 20,
      keepAliveMs: 1000,
      checkpointFolder: '/checkpoint',
      dataFolders: folders.slice(1),
      requiredSpaceBytes: 0,
      fileBytesMax: this.random.pick([300, 1000, 5000]),
      syncEveryMs: undefined,
      memoryBytesMax: this.random.pick([0, 200, 10_000]),
    }
    return new FileChannel(options, fakeContext({ clock: this.clock, disk: this.disk }))
  }

  /** The first start of a process, or one after an end: what cannot be opened now is opened when the disk works again. */
  async live(): Promise<void> {
    for (const folder of folders) this.disk.remove(`${folder}/in_use.lock`)
    this.#channel = this.#make()
    this.#open.clear()
    this.#work = []
    this.#lastTaken = -1
    this.#backTo = Infinity
    await this.#channel.open()
  }

  async step(): Promise<void> {
    const { random } = this
    const what = random.below(20)
    if (what < 7) this.#work.push(this.#put())
    else if (what < 12) this.#work.push(this.#take())
    else if (what < 16) this.#work.push(this.#commit())
    else if (what < 17) await this.#rollBack()
    else if (what < 18) this.clock.advance(random.below(2000))
    else if (what < 19 && random.chance(0.2)) this.#trouble()
    else await turn()
  }

  /** The end of the process, or of the machine, while everything is under way. */
  async end(kind: 'stop' | 'process' | 'power'): Promise<void> {
    this.disk.heal()
    this.disk.capacityBytes = Infinity
    if (kind === 'stop' && !this.disk.isDead) {
      for (const take of this.#open) this.#back(take)
      for (const take of this.#open) await take[Symbol.asyncDispose]()
      await this.#channel[Symbol.asyncDispose]()
    }
    this.disk.kill()
    this.clock.advance(5000)
    await Promise.all(this.#work)
    this.disk.restart(kind === 'power' ? 'power' : 'process')
  }

  /** Everything that is held comes out, in order, and it is what must be there. */
  async drain(): Promise<void> {
    const came = new Set<number>()
    let last = -1
    while (this.#channel.held > 0) {
      const take = this.#channel.take(20, never)
      this.clock.advance(1500)
      const { events } = await take
      for (const number of bodiesOf(events).map((body) => Number.parseInt(body, 10))) {
        expect(number).toBeGreaterThan(last)
        last = number
        came.add(number)
      }
      await (await take).commit()
    }
    for (const [number, { put, take }] of this.fates.entries()) {
      if (take === 'acknowledged') expect([number, came.has(number)]).toEqual([number, false])
      else if (put === 'acknowledged' && take === 'none') expect([number, came.has(number)]).toEqual([number, true])
    }
    for (const number of came) {
      expect(this.fates[number]).toBeDefined()
      const fate = this.fates[number] as Fate
      fate.put = 'acknowledged'
      fate.take = 'acknowledged'
    }
  }

  #trouble(): void {
    const { random, disk } = this
    const what = random.below(4)
    if (what === 0) disk.fail('sync', 'EIO', { times: 1 + random.below(3), path: random.pick(['data', 'taken']) })
    else if (what === 1) disk.fail('write', 'EIO', { times: 1 + random.below(3), path: random.pick(['data', 'taken']) })
    else if (what === 2) disk.fail('unlink', 'EACCES', { times: 2 })
    else disk.capacityBytes = disk.capacityBytes === Infinity ? 2_100_000 + random.below(4000) : Infinity
  }

  async #put(): Promise<void> {
    const first = this.fates.length
    const numbers = Array.from({ length: 1 + this.random.below(6) }, (_, i) => first + i)
    const fates = numbers.map((): Fate => ({ put: 'tried', take: 'none' }))
    this.fates.push(...fates)
    const headers = this.random.chance(0.3) ? { k: `v${first}` } : {}
    const batch = numbers.map((number) => eventOf(`${number} ${'.'.repeat(number % 40)}`, headers))
    const put = await this.#try(() => this.#channel.put(batch))
    for (const fate of fates) fate.put = put ? 'acknowledged' : 'refused'
  }

  async #take(): Promise<void> {
    const taken = await this.#try(async () => {
      const take = await this.#channel.take(1 + this.random.below(12), never)
      if (take.events.length > 0) this.#open.add(take)
      const numbers = bodiesOf(take.events).map((body) => Number.parseInt(body, 10))
      if (numbers.length === 0) return
      if ((numbers[0] ?? 0) <= this.#lastTaken) expect(numbers[0]).toBeGreaterThanOrEqual(this.#backTo)
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
      this.#lastTaken = Math.max(this.#lastTaken, numbers.at(-1) ?? 0)
    })
    if (!taken) await turn()
  }

  async #commit(): Promise<void> {
    const [take] = this.#open
    if (take === undefined) return
    this.#open.delete(take)
    const fates = bodiesOf(take.events).map((body) => this.fates[Number.parseInt(body, 10)] as Fate)
    for (const fate of fates) fate.take = 'tried'
    if (await this.#try(() => take.commit())) for (const fate of fates) fate.take = 'acknowledged'
    else this.#back(take)
    await take[Symbol.asyncDispose]()
  }

  async #rollBack(): Promise<void> {
    const take = [...this.#open].at(-1)
    if (take === undefined) return
    this.#open.delete(take)
    this.#back(take)
    await take[Symbol.asyncDispose]()
  }

  #back({ events }: Take): void {
    this.#backTo = Math.min(this.#backTo, ...bodiesOf(events).map((body) => Number.parseInt(body, 10)))
  }

  /** Whether it worked; refusals are part of the world, broken invariants are not. */
  async #try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (thrown) {
      if (thrown instanceof InvariantBroken || (thrown as Error).name === 'AssertionError') throw thrown
      return false
    }
  }
}

const lives = 4

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed)
  for (let life = 0; life < lives; life++) {
    await world.live()
    const kind = world.random.pick(['stop', 'process', 'power'] as const)
    if (kind !== 'stop') world.disk.crashIn(1 + world.random.below(60))
    for (let i = 0; i < 60 && !world.disk.isDead; i++) await world.step()
    await world.end(kind)
  }
  await world.live()
  await world.drain()
}

const given = process.env['SEED']
const fresh = Number(process.env['SEEDS'] ?? 50)
const fixed = 200
const seeds =
  given === undefined
    ? [
        ...Array.from({ length: fixed }, (_, i) => i),
        ...Array.from({ length: fresh }, () => Math.trunc(Math.random() * 2 ** 31)),
      ]
    : [Number(given)]

test(`${seeds.length} seeds`, { timeout: 600_000 }, async () => {
  for (const seed of seeds) {
    try {
      await simulate(seed)
    } catch (thrown) {
      throw new Error(`Seed ${seed}: ${String(thrown)}`, { cause: thrown })
    }
  }
})
