/**
 * A compacted log against a model: keyed records and tombstones, idempotent and transactional producers, commits and aborts, cleanings, clean stops, kills and
 * power cuts at random points, chosen by a seed that a failing run prints. What a reader of committed data finds must be, for every key, the last value that was
 * committed; no record may have changed or moved; and sequences go on.
 */
import { expect, test } from 'vitest'
import type { LogCleaner } from '../../src/broker/log/compaction/log-cleaner.ts'
import type { PartitionLog } from '../../src/broker/log/partition-log.ts'
import { encodeMarker } from '../../src/protocol/control-batch.ts'
import { KafkaFault } from '../../src/protocol/error-codes.ts'
import { batchesOf, cleanerOf, committedOf, keyedBatch, lastValues, type KeyValue } from '../fakes/cleaner.ts'
import { DiskCrashed, FakeDisk } from '../fakes/disk.ts'
import { bench, client, type Bench } from '../fakes/partition-log.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'
import { seedsFor } from './seeds.ts'

interface Model {
  /** What was appended at each offset, and by which transaction; undefined for markers. */
  readonly records: ({ key: string; value: string | null; transaction: number } | undefined)[]
  readonly aborted: Set<number>
}

interface Producer {
  readonly id: number
  sequence: number
  /** Number of its open transaction, or 0. */
  transaction: number
}

const settings = {
  isCompacted: true,
  segmentBytes: 900,
  indexIntervalBytes: 200,
  minCleanableRatio: 0.1,
  deleteRetentionMs: 5000,
  fileDeleteDelayMs: 3000,
}

class World {
  readonly random: SeededRandom
  readonly space: Bench
  readonly model: Model = { records: [], aborted: new Set() }
  readonly producers: Producer[] = [7, 8].map((id) => ({ id, sequence: 0, transaction: 0 }))
  log: PartitionLog
  cleaner: LogCleaner
  #transactions = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.space = bench(new FakeDisk({ seed }))
    this.log = this.space.open({}, settings)
    this.cleaner = this.#newCleaner()
  }

  append(): void {
    const { random } = this
    const records = Array.from({ length: 1 + random.below(4) }, (): KeyValue => {
      const value = random.chance(0.15) ? null : `v${random.below(1_000_000)}`.padEnd(random.below(120), '.')
      return [`k${random.below(25)}`, value]
    })
    const producer = random.chance(0.6) ? random.pick(this.producers) : undefined
    const codec = random.pick([0, 0, 1, 4])
    const time = this.space.clock.now()
    if (producer === undefined) return this.#send(keyedBatch(records, { codec }, time), records, 0)
    if (producer.transaction === 0) producer.transaction = ++this.#transactions
    const fields = { codec, isTransactional: true, producerId: producer.id, producerEpoch: 0, baseSequence: producer.sequence } // prettier-ignore
    this.#send(keyedBatch(records, fields, time), records, producer.transaction)
    producer.sequence += records.length
  }

  end(): void {
    const producer = this.random.pick(this.producers)
    if (producer.transaction === 0) return
    const outcome = this.random.pick(['commit', 'abort'] as const)
    const marker = { outcome, producerId: producer.id, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1000 }
    const { baseOffset } = this.log.append(encodeMarker(marker), { origin: 'coordinator' })
    this.model.records[baseOffset] = undefined
    if (outcome === 'abort') this.model.aborted.add(producer.transaction)
    producer.transaction = 0
  }

  /** The process ends in the middle of a cleaning, or between two; everything before was synced, so that the log itself is not the question. */
  async cleanAndDie(): Promise<void> {
    const { disk } = this.space
    await this.log.flush()
    if (this.random.chance(0.7)) disk.crashIn(1 + this.random.below(60))
    try {
      await this.cleaner.round()
    } catch (thrown) {
      if (!disk.isDead || !(thrown instanceof DiskCrashed || thrown instanceof KafkaFault)) throw thrown
    }
    disk.kill()
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    disk.restart(this.random.pick(['process', 'power']))
    this.log = this.space.open({ recoveryPoint: this.random.below(this.model.records.length + 1) }, settings)
    this.cleaner = this.#newCleaner()
  }

  check(): void {
    const { records, aborted } = this.model
    const open = new Set(this.producers.map((producer) => producer.transaction))
    const committed = records.flatMap((record, offset) =>
      record === undefined || aborted.has(record.transaction) ? [] : [{ offset, ...record }],
    )
    const found = committedOf(this.log, 1 + this.random.below(3000))
    for (const { offset, key, value } of found) expect(records[offset]).toMatchObject({ key, value })
    // what an open transaction wrote is in the log, and readers of committed data do not get there
    const decided = (offset: number): boolean =>
      !open.has(records[offset]?.transaction ?? 0) || records[offset]?.transaction === 0
    expect(lastValues(found.filter(({ offset }) => decided(offset)))).toEqual(lastValues(committed.filter(({ offset }) => decided(offset)))) // prettier-ignore
    expect(this.log.logEndOffset).toBe(records.length)
    expect(this.log.logStartOffset).toBe(0)
    const offsets = batchesOf(this.log).map(({ header }) => header.baseOffset)
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  }

  #send(batch: Buffer, records: readonly KeyValue[], transaction: number): void {
    const { baseOffset, duplicate } = this.log.append(batch, client)
    expect(duplicate).toBe(false)
    for (const [i, [key, value]] of records.entries()) this.model.records[baseOffset + i] = { key, value, transaction }
  }

  #newCleaner(): LogCleaner {
    const keyBytesMax = this.random.chance(0.3) ? 24 * 8 : 100_000
    return cleanerOf(this.space, [this.log], { keyBytesMax, backoffMs: 1e9 })
  }
}

const simulate = async (seed: number): Promise<void> => {
  const world = new World(seed)
  for (let steps = 0; steps < 400; steps++) {
    const dice = world.random.next()
    if (dice < 0.75) world.append()
    else if (dice < 0.9) world.end()
    else if (dice < 0.94) await world.space.clock.advanceSlowly(4000, 1000)
    else if (dice < 0.98) await world.cleaner.round()
    else await world.cleanAndDie()
    if (dice >= 0.94) world.check()
  }
  world.check()
  expect(world.space.said.of('warn').filter((line) => line.includes('compact'))).toEqual([])
}

const seeds = seedsFor({ suite: 'compaction', fixed: 15, fresh: 5, share: 0.025 })

test(`a compacted log says for every key what was committed last (${seeds.text})`, { timeout: seeds.timeoutMs }, () =>
  seeds.each(simulate),
)
