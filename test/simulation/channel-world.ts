/**
 * A channel with a disk, the file channel or the spillable one, that lives several lives on one fake disk: puts, takes, commits, roll-backs and aborts at random, several at once, over a disk that writes
 * short, refuses any call, fails syncs, fills up, and on which the process is killed or the power fails at a random step, the start of a life included. Some bodies hold records of the channel's own.
 */
import { expect } from 'vitest'
import type { DiskQueueOptions } from '../../channels/file/disk-queue.ts'
import { FileChannel } from '../../channels/file/file-channel.ts'
import { InvariantBroken } from '../../src/base/assert.ts'
import type { Channel, Take } from '../../src/flow/channel.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Receipt } from '../../src/flow/receipt.ts'
import { bodiesOf } from '../conformance/events.ts'
import { FakeClock } from '../fakes/clock.ts'
import { fakeContext } from '../fakes/context.ts'
import { FakeDisk } from '../fakes/disk.ts'
import { freeLocks } from '../fakes/file-channel.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'
import { Ledger } from './channel-ledger.ts'
import { recordBytes } from './record-bodies.ts'

export type End = 'stop' | 'process' | 'power'

const never = new AbortController().signal
const empty = Buffer.alloc(0)
const folders = ['/checkpoint', '/data1', '/data2']
const opensMax = 4
const emptyTakesMax = 100
/** A put waits twice at most. */
const waitsMax = 2
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const numbersOf = ({ events }: Take): number[] => bodiesOf(events).map((body) => Number.parseInt(body, 10))

/** What every channel of a world has. */
interface WorldOptions extends DiskQueueOptions {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
}

export type MakeChannel = (options: WorldOptions, context: Context, random: SeededRandom) => Channel

export class World {
  readonly random: SeededRandom
  readonly disk: FakeDisk
  readonly clock = new FakeClock()
  readonly ledger = new Ledger()
  /** Syncs come by time: a loss of power is not survived then, and not tried. */
  readonly #syncEveryMs: number | undefined
  readonly #makeChannel: MakeChannel
  #channel: Channel
  #open = new Set<Take>()
  #aborts: AbortController[] = []
  #work: Promise<void>[] = []
  /** Of 22 steps so many are puts: with few of them the channel runs empty, and its files go. */
  #puts = 7
  /** Something was refused in this life, so commits may be. */
  #isSick = false

  constructor(seed: number, makeChannel: MakeChannel = (options, context) => new FileChannel(options, context)) {
    this.#makeChannel = makeChannel
    this.random = seededRandom(seed)
    const shortWrites = this.random.chance(0.3) ? 0.2 : 0
    const slowSyncs = this.random.pick([0, 0.3, 1])
    this.disk = new FakeDisk({ seed, shortWrites, slowSyncs, volumes: folders })
    this.#syncEveryMs = this.random.chance(0.15) ? 500 : undefined
    this.#channel = this.#make()
  }

  #make(): Channel {
    const options = {
      name: 'c1',
      capacity: 200,
      transactionCapacity: 20,
      keepAliveMs: 1000,
      checkpointFolder: '/checkpoint',
      dataFolders: folders.slice(1),
      requiredSpaceBytes: 0,
      fileBytesMax: this.random.pick([300, 1000, 5000]),
      syncEveryMs: this.#syncEveryMs,
      memoryBytesMax: this.random.pick([0, 200, 10_000]),
      readBytes: this.random.pick([1, 200, 10_000]),
      bytesUnderWayMax: this.random.pick([1, 300, 1_000_000]),
    }
    return this.#makeChannel(
      options,
      fakeContext({ clock: this.clock, disk: this.disk, random: this.random }),
      this.random,
    )
  }

  /** What the next life meets, before its channel is open perhaps. */
  plan(kind: End): void {
    const { random, disk } = this
    if (kind !== 'stop') disk.crashIn(1 + random.below(random.chance(0.3) ? 15 : 80))
    this.#puts = random.pick([2, 4, 7])
    this.#isSick = random.chance(0.2)
    if (this.#isSick) this.refuseIn(1 + random.below(15), random.pick(['EIO', 'ENOSPC']))
    else if (random.chance(0.1)) disk.fail('read', 'EIO', { path: random.pick(['data', 'taken']) })
  }

  /** The `count`-th change from now on is refused. */
  refuseIn(count: number, code: string): void {
    this.#isSick = true
    this.disk.failIn(count, code)
  }

  /** The start of a process. What cannot be opened is tried again when the disk works, unless the process dies of it. */
  async live(): Promise<void> {
    this.ledger.begin()
    this.#open.clear()
    this.#aborts = []
    this.#work = []
    for (let tries = 1; !this.disk.isDead; tries++) {
      this.#channel = this.#make()
      if (await this.#try(async () => this.#channel.open?.())) return
      if (!this.disk.isDead) expect(this.disk.openFiles, 'open files of a channel that is not open').toBe(0)
      this.disk.heal()
      if (!this.disk.isDead) await this.#try(async () => this.#freeLocks())
      expect(tries).toBeLessThan(opensMax)
    }
  }

  async step(): Promise<void> {
    const { random } = this
    const what = random.below(22)
    if (what < this.#puts) this.#work.push(this.#put())
    else if (what < 12) this.#work.push(this.#take())
    else if (what < 16) this.#work.push(this.#commit())
    else if (what < 17) await this.#rollBack()
    else if (what < 18) this.clock.advance(random.below(2000))
    else if (what < 19) this.#aborts.shift()?.abort()
    else if (what < 20 && random.chance(0.3)) this.trouble()
    else await turn()
  }

  /** The end of the process, or of the machine, while everything is under way. */
  async end(kind: End): Promise<void> {
    this.disk.heal()
    this.disk.capacityBytes = Infinity
    if (kind === 'stop' && !this.disk.isDead) {
      if (this.random.chance(0.2)) this.disk.crashIn(1 + this.random.below(5))
      for (const take of this.#open) await this.#leave(take)
      if (this.#channel.writeDown !== undefined && this.random.chance(0.5)) await this.#writeDown()
      await this.#try(async () => this.#channel[Symbol.asyncDispose]())
      await turn()
      if (!this.#isSick && !this.disk.isDead) this.ledger.stopped()
    }
    this.disk.kill()
    for (let waits = 0; waits < waitsMax; waits++) {
      this.clock.advance(5000)
      await turn()
    }
    await Promise.all(this.#work)
    this.disk.restart(kind === 'power' && this.#syncEveryMs === undefined ? 'power' : 'process')
    this.#freeLocks()
    this.#isSick = false
  }

  /** Everything that is held comes out, and with it all that must. */
  async drain(): Promise<void> {
    for (let empty = 0; this.#channel.held > 0;) {
      const taking = this.#channel.take(20, never)
      this.clock.advance(1500)
      const take = await taking
      this.ledger.taken(numbersOf(take))
      await take.commit()
      this.ledger.committed(numbersOf(take))
      if (take.events.length === 0)
        expect(++empty, 'empty takes of a channel that holds events').toBeLessThan(emptyTakesMax)
    }
    this.ledger.end()
    await this.#channel[Symbol.asyncDispose]()
    expect(this.disk.openFiles).toBe(0)
  }

  /** The disk begins to refuse something, or fills up; or it is well again. */
  trouble(): void {
    const { random, disk } = this
    const what = random.below(9)
    const path = random.pick(['data', 'taken'])
    const times = 1 + random.below(3)
    this.#isSick ||= what < 7
    if (what === 0) disk.fail('sync', 'EIO', { times, path })
    else if (what === 1) disk.fail('write', random.pick(['EIO', 'ENOSPC', 'EROFS']), { times, path })
    else if (what === 2) disk.fail('unlink', 'EACCES', { times: 2, path: '.data' })
    else if (what === 3) disk.fail('read', 'EIO', { times, path })
    else if (what === 4) disk.fail('open', 'EMFILE', { times, path })
    else if (what === 5) disk.fail('syncFolder', 'EIO', { times })
    else if (what === 6) disk.failIn(1 + random.below(8), 'EIO')
    else if (what === 7)
      disk.capacityBytes = disk.capacityBytes === Infinity ? 2_100_000 + random.below(4000) : Infinity
    else disk.heal()
  }

  /** An owner that is dead leaves its locks behind, as do those that the disk would not let go. */
  #freeLocks(): void {
    freeLocks(this.disk, folders)
  }

  async #put(): Promise<void> {
    const { random } = this
    const numbers = this.ledger.next(1 + random.below(6))
    const headers = random.chance(0.3) ? { k: `v${numbers[0]}` } : {}
    const records = random.chance(0.4) && !this.disk.isDead ? recordBytes(this.disk, folders.slice(1), random) : empty
    const batch = numbers.map((number, i) => ({
      headers,
      body: Buffer.concat([Buffer.from(`${number} ${'.'.repeat(number % 40)}`), i === 0 ? records : empty]),
    }))
    await this.#try(async () => {
      const receipt = await this.#channel.put(batch)
      this.ledger.held(numbers)
      void this.#settle(numbers, receipt)
    })
    this.ledger.refusedUnlessHeld(numbers)
  }

  async #settle(numbers: readonly number[], { settled }: Receipt): Promise<void> {
    await settled
    this.ledger.acknowledged(numbers)
  }

  /** What an agent does first when it stops, while sources deliver the rest of what they have. */
  async #writeDown(): Promise<void> {
    const written = this.#channel.writeDown?.()
    this.#work.push(this.#put())
    await written
    this.#work.push(this.#put())
    await turn()
  }

  async #take(): Promise<void> {
    const abort = new AbortController()
    if (this.random.chance(0.3)) this.#aborts.push(abort)
    const isTaken = await this.#try(async () => {
      const take = await this.#channel.take(1 + this.random.below(12), abort.signal)
      if (take.events.length > 0) this.#open.add(take)
      this.ledger.taken(numbersOf(take))
    })
    if (!isTaken) await turn()
  }

  async #commit(): Promise<void> {
    const [take] = this.#open
    if (take === undefined) return
    this.#open.delete(take)
    this.ledger.committing(numbersOf(take))
    if (await this.#try(() => take.commit())) return this.ledger.committed(numbersOf(take))
    expect(this.#isSick || this.disk.isDead, 'a commit that a full disk refuses').toBe(true)
    await this.#leave(take)
  }

  async #rollBack(): Promise<void> {
    const take = [...this.#open].at(-1)
    if (take === undefined) return
    this.#open.delete(take)
    await this.#leave(take)
  }

  async #leave(take: Take): Promise<void> {
    this.ledger.rolledBack(numbersOf(take))
    await take[Symbol.asyncDispose]()
  }

  /** Whether it worked; refusals are part of the world, broken promises are not. */
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
