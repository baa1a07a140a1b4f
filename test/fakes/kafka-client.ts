/** Consumers against a broker of the test's own, impatient enough for tests. */
import { Admin } from '../../src/client/admin.ts'
import type { ConsumerHooks } from '../../src/client/consumer.ts'
import { Consumer } from '../../src/client/consumer.ts'
import type { ConsumerOptions } from '../../src/client/consumer-options.ts'
import { places } from '../../src/client/offset-lookup.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { clientOptions } from '../../src/client/options.ts'
import type { RecordHeader } from '../../src/client/records.ts'
import { batchOf } from './batches.ts'
import type { BrokerBench } from './broker.ts'
import { RecordingLog } from './context.ts'

export interface ReadRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly value: string
  readonly key: string | undefined
  readonly timestampMs: number
  readonly headers: readonly RecordHeader[]
}

export interface TestConsumer extends AsyncDisposable {
  readonly consumer: Consumer
  readonly log: RecordingLog
  /** Reads at least so many records. */
  read(count: number): Promise<ReadRecord[]>
}

export interface TestConsumerOptions extends Partial<ConsumerOptions> {
  readonly client?: Partial<ClientOptions>
  readonly hooks?: ConsumerHooks
}

/** An open consumer. */
export const consumerOf = async (
  port: number,
  { client = {}, hooks = {}, ...options }: TestConsumerOptions = {},
): Promise<TestConsumer> => {
  const log = new RecordingLog()
  const bootstrap = [{ host: '127.0.0.1', port }]
  const consumer = new Consumer(
    clientOptions({ bootstrap, log, retryBackoffMs: 5, retryBackoffMaxMs: 50, ...client }),
    { offsetReset: 'earliest', heartbeatIntervalMs: 25, fetchMaxWaitMs: 50, ...options },
    hooks,
  )
  await consumer.open()
  const never = new AbortController().signal
  return {
    consumer,
    log,
    async read(count) {
      const read: ReadRecord[] = []
      while (read.length < count) {
        const records = await consumer.next(never)
        while (records?.next() === true) {
          const { topic, partition, reader } = records
          read.push({
            topic,
            partition,
            offset: reader.offset,
            value: String(reader.value()),
            key: reader.key()?.toString(),
            timestampMs: reader.timestampMs,
            headers: reader.headers(),
          })
        }
      }
      return read
    },
    [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose](),
  }
}

/** Appends one batch to a partition. */
export const put = async (
  bench: BrokerBench,
  topic: string,
  values: readonly string[],
  partition = 0,
): Promise<void> => {
  const peer = await bench.peer()
  const { errorCode } = await peer.produce(topic, batchOf(values), { partition })
  if (errorCode !== 0) throw new Error(`${topic}-${partition} took nothing: error ${errorCode}`)
}

/** A topic with so many partitions. */
export const createTopic = async (bench: BrokerBench, topic: string, partitions = 1): Promise<void> => {
  const peer = await bench.peer()
  await peer.createTopic(topic, partitions)
}

/** Everything that a topic holds now, partition by partition, in order. */
export const storedIn = async (port: number, topic: string): Promise<ReadRecord[]> => {
  const bootstrap = [{ host: '127.0.0.1', port }]
  using admin = new Admin(clientOptions({ bootstrap }))
  const partitions = (await admin.topics()).find((one) => one.topic === topic)?.partitions ?? []
  const ends = await admin.offsets(
    partitions.map(({ partition }) => ({ topic, partition, timestampMs: places.latest })),
  )
  const count = ends.reduce((sum, { offset }) => sum + offset, 0)
  if (count === 0) return []
  await using reader = await consumerOf(port)
  reader.consumer.readAll([topic])
  return (await reader.read(count)).toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
}

/** What a group has committed of partition 0 of a topic, if anything. */
export const committedBy = async (port: number, group: string, topic: string): Promise<number | undefined> => {
  using admin = new Admin(clientOptions({ bootstrap: [{ host: '127.0.0.1', port }] }))
  const offsets = await admin.groups.committed(group)
  return offsets.find((one) => one.topic === topic && one.partition === 0)?.offset
}
