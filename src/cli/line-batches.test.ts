import { beforeEach, describe, expect, it } from 'vitest'
import { RecordingLog } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { Fault } from '../base/faults.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import type { PartitionBatch } from '../client/delivery.ts'
import type { Outcome } from '../client/outcome.ts'
import { BrokerError } from '../client/errors.ts'
import { Partitioner } from '../client/partitioner.ts'
import { producerDefaults } from '../client/producer-options.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { RecordReader } from '../protocol/record-reader.ts'
import { LineBatches } from './line-batches.ts'

const topicOf = (partitions: number): TopicMetadata => ({
  topic: 't',
  topicId: '',
  errorCode: 0,
  isInternal: false,
  partitions: Array.from({ length: partitions }, (_, partition) => ({
    partition,
    errorCode: 0,
    leader: 0,
    leaderEpoch: 0,
    replicas: [0],
    isr: [0],
    offlineReplicas: [],
  })),
})

const stored: Outcome = { baseOffset: 0 }
const refusal = (code: number, badRecords: Outcome['badRecords'] = []): Outcome => ({
  baseOffset: -1,
  error: new BrokerError('t-0', code),
  badRecords,
})

/** A producer whose broker keeps what it takes; like the real one it resets its batches, and fails what stands behind a refused one. */
class FakeProducer {
  readonly options = { ...producerDefaults, requestBytesMax: 1000 }
  readonly kept: string[] = []
  readonly rounds: number[] = []
  /** Judges a batch by its values. */
  judge: (values: readonly string[], bytes: number) => Outcome = () => stored
  held = false
  readonly #waiting: (() => void)[] = []
  #refused: Error | undefined
  #inFlight = 0

  async send(batches: readonly PartitionBatch[]): Promise<Outcome[]> {
    this.#inFlight++
    const read = batches.map(({ records }) => ({
      bytes: records.sizeInBytes,
      values: this.#valuesOf(records.finish()),
    }))
    this.rounds.push(read.reduce((sum, { values }) => sum + values.length, 0))
    if (this.held) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    const outcomes = read.map(({ values, bytes }) => this.#outcome(values, bytes))
    for (const { records } of batches) records.reset()
    if (--this.#inFlight === 0) this.#refused = undefined
    return outcomes
  }

  /** Lets the oldest round land. */
  land(): void {
    this.#waiting.shift()?.()
  }

  #outcome(values: readonly string[], bytes: number): Outcome {
    if (this.#refused !== undefined) {
      const details = { topic: 't', partition: 0, problem: 'x' }
      return { baseOffset: -1, error: new Fault('BEHIND_REFUSED', details, this.#refused) }
    }
    const outcome = this.judge(values, bytes)
    this.#refused = outcome.error
    if (outcome.error === undefined) this.kept.push(...values)
    return outcome
  }

  #valuesOf(batch: Buffer): string[] {
    const reader = new RecordReader()
    reader.open(batch)
    const values: string[] = []
    while (reader.next())
      values.push(`${reader.key() === null ? '' : `${String(reader.key())}=`}${String(reader.value())}`)
    return values
  }
}

let producer: FakeProducer
let log: RecordingLog
let batches: LineBatches

const begin = (partitions = 1): void => {
  log = new RecordingLog()
  batches = new LineBatches({
    producer,
    topic: topicOf(partitions),
    partitioner: new Partitioner({ next: () => 0 } as ConstructorParameters<typeof Partitioner>[0]),
    log,
  })
}

beforeEach(() => {
  producer = new FakeProducer()
  begin()
})

const add = async (value: string, key: string | null = null): Promise<void> => {
  const bytes = key === null ? null : Buffer.from(key)
  while (!batches.add(1000, bytes, Buffer.from(value), null)) await batches.send()
}
const addAll = async (values: readonly string[]): Promise<void> => {
  for (const value of values) await add(value)
}
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`)

describe('rounds', () => {
  it('a line leaves at once when nothing is on its way', async () => {
    await add('a')
    batches.pause()
    await until(() => producer.kept.length === 1)
  })

  it('lines that come meanwhile leave together when it has landed', async () => {
    producer.held = true
    await add('a')
    batches.pause()
    for (const value of ['b', 'c', 'd']) {
      await add(value)
      batches.pause()
    }
    expect(producer.rounds).toEqual([1])
    producer.land()
    await until(() => producer.rounds.length === 2)
    expect(producer.rounds).toEqual([1, 3])
  })

  it('never hold more than a request may, and keep the order', async () => {
    await addAll(numbered(1000))
    await batches.finish()
    expect(producer.kept).toEqual(numbered(1000))
    expect(producer.rounds.length).toBeGreaterThan(10)
  })

  it('no more than five are on their way', async () => {
    producer.held = true
    const adding = addAll(numbered(1000))
    await until(() => producer.rounds.length === 5)
    await new Promise((resolve) => void setImmediate(resolve))
    expect(producer.rounds.length).toBe(5)
    producer.held = false
    for (let i = 0; i < 5; i++) producer.land()
    await adding
    await batches.finish()
    expect(producer.kept).toHaveLength(1000)
  })

  it('go to the partition of the key, or by turns without one', async () => {
    begin(3)
    await add('v', 'k')
    await add('w', 'k')
    await add('x')
    await batches.finish()
    expect(producer.kept.filter((value) => value.startsWith('k='))).toEqual(['k=v', 'k=w'])
    expect(producer.kept).toContain('x')
  })
})

describe('what cannot be stored', () => {
  it('a line above the limit of a request is said, and the others go', async () => {
    await addAll(['a', 'x'.repeat(2000), 'b'])
    batches.tooLong(5_000_000)
    await batches.finish()
    expect(producer.kept).toEqual(['a', 'b'])
    expect(batches.lost).toBe(2)
    expect(log.of('error')[0]).toBe(
      'Error when sending message to topic t with key: null, value: 2000 bytes with error: ' +
        'org.apache.kafka.common.errors.RecordTooLargeException: The message is 2086 bytes when serialized which is larger than 1000, ' +
        'which is the value of the max.request.size configuration.',
    )
    expect(log.of('error')[1]).toContain('value: 5000000 bytes')
  })

  it('a batch that the broker finds too large is halved until it fits, in order, and later ones are smaller', async () => {
    producer.judge = (_values, bytes) => (bytes > 200 ? refusal(errorCodes.MESSAGE_TOO_LARGE) : stored)
    await addAll(numbered(500))
    await batches.finish()
    expect(producer.kept).toEqual(numbered(500))
    expect(log.lines).toEqual([])
    producer.judge = (_values, bytes) => {
      expect(bytes).toBeLessThanOrEqual(200)
      return stored
    }
    await addAll(numbered(100))
    await batches.finish()
    expect(producer.kept).toHaveLength(600)
  })

  it('a single record that the broker finds too large is lost alone', async () => {
    producer.judge = (values) => (values.includes('big') ? refusal(errorCodes.MESSAGE_TOO_LARGE) : stored)
    await addAll([...numbered(5), 'big', 'after'])
    await batches.finish()
    expect(producer.kept).toEqual([...numbered(5), 'after'])
    expect(log.of('error')).toEqual([
      expect.stringMatching(/value: 3 bytes with error: org\.apache\.kafka\.common\.errors\.RecordTooLargeException/),
    ])
  })

  it('records that the broker names are lost alone, with its words', async () => {
    producer.judge = (values) => {
      const bad = values.flatMap((value, index) => (value.startsWith('bad') ? [{ index, says: `no ${value}` }] : []))
      return bad.length > 0 ? refusal(errorCodes.INVALID_RECORD, bad) : stored
    }
    await addAll(['a', 'bad1', 'b', 'c', 'bad2', 'd'])
    await batches.finish()
    expect(producer.kept).toEqual(['a', 'b', 'c', 'd'])
    expect(log.of('error').map((line) => line.replace(/^.*with error: /, ''))).toEqual([
      'org.apache.kafka.common.errors.InvalidRecordException: no bad1',
      'org.apache.kafka.common.errors.InvalidRecordException: no bad2',
    ])
  })

  it('what only stood behind a refused batch is sent again, in order', async () => {
    producer.held = true
    producer.judge = (values) => (values.includes('bad') ? refusal(errorCodes.TOPIC_AUTHORIZATION_FAILED) : stored)
    const adding = addAll(['bad', ...numbered(600)])
    await until(() => producer.rounds.length === 5)
    producer.held = false
    for (let i = 0; i < 5; i++) producer.land()
    await adding
    await batches.finish()
    const first = batches.lost
    expect(producer.kept).toEqual(numbered(600).slice(first - 1))
    expect(log.of('error')).toEqual([
      expect.stringContaining(`TopicAuthorizationException: Not authorized for this topic (and ${first - 1} more`),
    ])
  })

  it('what timed out is said once for the batch, and not tried again', async () => {
    const error = new Fault('DELIVERY_TIMED_OUT', { topic: 't', partition: 0, seconds: 120, problem: 'no leader' })
    producer.judge = () => ({ baseOffset: -1, error })
    await addAll(['a', 'b', 'c'])
    await batches.finish()
    expect(producer.rounds).toEqual([3])
    expect(batches.lost).toBe(3)
    expect(log.of('error')).toEqual([expect.stringMatching(/TimeoutException: .* \(and 2 more of the same batch\)$/)])
  })

  it('a flood of failures is counted, not written out', async () => {
    for (let i = 0; i < 500; i++) batches.tooLong(9999)
    expect(batches.lost).toBe(500)
    expect(log.of('error')).toHaveLength(101)
  })
})
