/**
 * A partition's log against a model, on a disk that fails at the worst moments: appends, syncs, rolls, retention, deleted records, checkpoints, clean
 * stops, kills and power cuts at random points, chosen by a seed that a failing run prints. What was acknowledged under the flush policy must be
 * readable, in order, at its offset, until it is deleted; what was deleted stays so, and no offset is given twice.
 */
import { expect, test } from 'vitest'
import { KafkaFault } from '../../src/protocol/error-codes.ts'
import type { PartitionLog } from '../../src/broker/log/partition-log.ts'
import { openTopicStore, type TopicStore } from '../../src/broker/topics/topic-store.ts'
import { batchOf, type ReadRecord, recordsOf, sequenced } from '../fakes/batches.ts'
import { FakeClock } from '../fakes/clock.ts'
import { RecordingLog } from '../fakes/context.ts'
import { DiskCrashed, FakeDisk } from '../fakes/disk.ts'
import { client, readAll } from '../fakes/partition-log.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'
import { fakeProcess } from '../fakes/topic-store.ts'
import { damage } from './damage.ts'
import { seedsFor } from './seeds.ts'

interface Sent {
  readonly batch: Buffer
  readonly values: readonly string[]
  readonly baseOffset: number
  readonly isSequenced: boolean
}

interface Model {
  /** Values by offset, as they were acknowledged; undefined where a power cut took one that had not been synced. */
  readonly values: (string | undefined)[]
  /** So many of them were promised to be on disk. */
  synced: number
  /** Where the log begins at least, as was promised, and at most: further than that nothing was deleted. */
  begins: number
  mayBegin: number
  /** Where the idempotent producer is, and the last batch of its that was acknowledged. */
  epoch: number
  sequence: number
  last: Sent | undefined
  /** Sent and not acknowledged when the process died: it may be in the log or not. */
  inFlight: Sent | undefined
}

const producerId = 4711

class World {
  readonly random: SeededRandom
  readonly disk: FakeDisk
  clock = new FakeClock()
  readonly model: Model = {
    values: [],
    synced: 0,
    begins: 0,
    mayBegin: 0,
    epoch: 0,
    sequence: 0,
    last: undefined,
    inFlight: undefined,
  }
  store: TopicStore | undefined
  #pid = 0
  #sent = 0
  #isDamaged = false
  /** An unclean end may take time index entries that were not synced. */
  hasDied = false

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.disk = new FakeDisk({ seed, shortWrites: this.random.chance(0.3) ? 0.2 : 0 })
  }

  get log(): PartitionLog {
    if (this.store === undefined) throw new Error('The broker is not running')
    return this.store.partition('t', 0)
  }

  async start(): Promise<void> {
    this.clock = new FakeClock(this.clock.now() + 1000)
    this.store = await openTopicStore({
      folders: ['/logs'],
      brokerId: 0,
      partitionsDefault: 1,
      given: new Map([
        ['log.segment.bytes', '2000'],
        ['log.index.interval.bytes', '300'],
        ['log.retention.ms', '-1'],
        ['log.segment.delete.delay.ms', this.random.pick(['0', '500', '60000'])],
      ]),
      recoveryCheckpointMs: 1000,
      disk: this.disk,
      clock: this.clock,
      random: this.random,
      log: new RecordingLog(),
      processes: fakeProcess(++this.#pid),
      openFilesMax: 4,
    })
    if (this.store.get('t') === undefined) this.store.create({ name: 't' })
  }

  append(): void {
    const { model, random } = this
    const values = Array.from({ length: 1 + random.below(4) }, () => `${this.#sent++}`.padEnd(random.below(300), '.'))
    const isSequenced = random.chance(0.4)
    const batch = isSequenced
      ? sequenced(values, producerId, model.sequence, model.epoch)
      : batchOf(values, { timestampMs: 1000 + this.#sent })
    this.send({ batch, values, baseOffset: model.values.length, isSequenced })
  }

  send(sent: Sent): void {
    const { model } = this
    model.inFlight = sent
    const { baseOffset } = this.log.append(Buffer.from(sent.batch), client)
    model.inFlight = undefined
    expect(baseOffset).toBe(sent.baseOffset)
    model.values.splice(baseOffset, sent.values.length, ...sent.values)
    if (!sent.isSequenced) return
    model.sequence += sent.values.length
    model.last = sent
  }

  /** What a producer does after the broker came back: it sends again what was not acknowledged, or begins a new epoch if records are gone. */
  resume(kind: 'process' | 'power'): void {
    const { model } = this
    const { inFlight } = model
    model.inFlight = undefined
    if (kind === 'process' && inFlight?.isSequenced === true) return this.send(inFlight)
    if (kind === 'process') return
    model.epoch++
    model.sequence = 0
    model.last = undefined
  }

  /** A repeated batch is answered with its old offset for as long as it is in the log. */
  repeat(): void {
    const { last, values } = this.model
    if (last === undefined || last.baseOffset >= values.length) return
    if (this.#isDamaged && last.baseOffset < this.log.logStartOffset) return
    const again = this.log.append(Buffer.from(last.batch), client)
    expect(again).toMatchObject({ baseOffset: last.baseOffset, duplicate: true })
    expect(this.log.logEndOffset).toBe(values.length)
  }

  async flush(): Promise<void> {
    const upTo = this.model.values.length
    await this.log.flush()
    this.model.synced = Math.max(this.model.synced, upTo)
  }

  /** Old segments go, by size or all of them; the look that the broker takes by itself may have come before. */
  async retain(): Promise<void> {
    const { model, log, random } = this
    log.settings = { ...log.settings, retentionBytes: random.pick([0, 1500, 5000]) }
    const before = model.mayBegin
    model.mayBegin = log.logEndOffset
    await log.retain()
    model.mayBegin = Math.max(before, log.logStartOffset)
    log.settings = { ...log.settings, retentionBytes: -1 }
  }

  async deleteRecords(): Promise<void> {
    const { model, log, random } = this
    const offset = log.logStartOffset + random.below(log.logEndOffset - log.logStartOffset + 1)
    model.mayBegin = Math.max(model.mayBegin, offset)
    log.beginAt(offset)
    await this.store?.keepLogStarts()
    model.begins = offset
  }

  /** What is read from the beginning on is found by its offset and its time, too. */
  #checkLookUps(all: readonly ReadRecord[]): void {
    for (let i = 0; i < Math.min(10, all.length); i++) {
      const { offset, value, timestampMs } = this.random.pick(all)
      const got = recordsOf(this.log.read(offset, { maxBytes: 1, minOne: true }))
      expect(got.find((record) => record.offset === offset)?.value).toBe(value)
      if (this.hasDied) continue
      const first = all.find((record) => record.timestampMs >= timestampMs)
      expect(this.log.offsetForTime(timestampMs)?.offset).toBe(first?.offset)
    }
  }

  /** A batch that was deleted, too, is not known any more. */
  damage(): void {
    damage(this.disk, this.random, ['/logs', '/logs/t-0'])
    this.#isDamaged = true
  }

  /** All that must be readable is, unchanged and at its offset; what a power cut took is taken off the model. */
  check(kind: 'process' | 'power'): void {
    const { values, synced, inFlight } = this.model
    const found: (string | undefined)[] = []
    const all = readAll(this.log, 1 + this.random.below(3000))
    for (const { offset, value } of all) {
      expect(offset).toBeGreaterThanOrEqual(found.length)
      found[offset] = value
    }
    found.length = this.log.logEndOffset
    this.#checkLookUps(all.filter(({ offset }) => offset >= this.log.logStartOffset))
    const { logStartOffset } = this.log
    expect(logStartOffset).toBeGreaterThanOrEqual(this.model.begins)
    expect(logStartOffset).toBeLessThanOrEqual(this.model.mayBegin)
    const possible = [...values, ...(inFlight?.values ?? [])]
    const safe = kind === 'power' ? synced : values.length
    expect(found.length).toBeLessThanOrEqual(possible.length)
    expect(found.length).toBeGreaterThanOrEqual(safe)
    expect(found.slice(logStartOffset, safe)).toEqual(values.slice(logStartOffset, safe))
    for (let offset = Math.max(safe, logStartOffset); offset < found.length; offset++)
      if (found[offset] !== undefined) expect(found[offset]).toBe(possible[offset])
    // what lies before may come back with a power cut, as the names of deleted files are synced later
    values.splice(logStartOffset, values.length, ...Array.from(found).slice(logStartOffset))
    this.model.synced = Math.min(synced, found.length)
  }
}

/** Does what the dice say until the process dies or is stopped. Gives how it ended. */
const live = async (world: World): Promise<'stopped' | 'died'> => {
  const { random, disk, clock } = world
  if (random.chance(0.8)) disk.crashIn(1 + random.below(random.pick([20, 100, 400])))
  try {
    for (let steps = 20 + random.below(60); steps > 0; steps--) {
      const dice = random.next()
      if (dice < 0.7) world.append()
      else if (dice < 0.78) await world.flush()
      else if (dice < 0.84) world.repeat()
      else if (dice < 0.89) await world.retain()
      else if (dice < 0.92) await world.deleteRecords()
      else await clock.advanceSlowly(2000, 1000)
    }
    await world.store?.[Symbol.asyncDispose]()
    return disk.isDead ? 'died' : 'stopped'
  } catch (thrown) {
    if (disk.isDead && (thrown instanceof DiskCrashed || thrown instanceof KafkaFault)) return 'died'
    throw thrown
  }
}

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed)
  await world.start()
  await world.store?.settled()
  for (let lives = 0; lives < 6; lives++) {
    const end = await live(world)
    world.disk.kill()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    const kind = end === 'stopped' ? 'process' : world.random.pick(['process', 'power'] as const)
    world.disk.restart(kind)
    world.hasDied ||= end === 'died'
    if (world.random.chance(0.3)) world.damage()
    await world.start()
    world.check(kind)
    world.resume(kind)
  }
}

const seeds = seedsFor({ suite: 'log', fixed: 120, fresh: 30, share: 0.25 })

test(`no acknowledged record is lost, changed or moved (${seeds.text})`, { timeout: seeds.timeoutMs }, () =>
  seeds.each(simulate),
)
