/** From events to the record batches of a put, and from records back to events. */
import { Fault } from '../../src/base/faults.ts'
import type { TopicMetadata } from '../../src/client/cluster-metadata.ts'
import type { PartitionBatch } from '../../src/client/delivery.ts'
import type { FetchedRecords } from '../../src/client/fetched-records.ts'
import type { Partitioner } from '../../src/client/partitioner.ts'
import type { RecordBatchWriter, RecordReader } from '../../src/client/records.ts'
import {
  type Batch,
  bodyLengthOf,
  copyBody,
  type Event,
  type Headers,
  noHeaders,
  PlainEvent,
} from '../../src/flow/event.ts'
import { EventDecoder, EventEncoder } from '../../src/formats/avro-event.ts'
import { AvroReader, BadAvro } from '../../src/formats/avro-reader.ts'

const keyHeader = 'key'
const nothing = Buffer.alloc(0)

export interface RecordRules {
  readonly parseAsFlumeEvent: boolean
  readonly defaultPartition: number | undefined
  readonly partitionHeader: string | undefined
}

export interface Writers {
  writer(): RecordBatchWriter
  release(writer: RecordBatchWriter): void
}

/** Where an event's record goes. Events that share a headers object share the answer. */
interface Route {
  readonly key: Buffer | null
  readonly partition: number
}

export class RecordMaker {
  readonly #channel: string
  readonly #rules: RecordRules
  readonly #partitioner: Partitioner
  readonly #encoder = new EventEncoder()
  readonly #decoder = new EventDecoder()
  readonly #avro = new AvroReader(nothing)

  constructor(channel: string, rules: RecordRules, partitioner: Partitioner) {
    this.#channel = channel
    this.#rules = rules
    this.#partitioner = partitioner
  }

  /** The batches of one put; events without a key or a partition of their own go to one partition together. Throws CHANNEL_RECORD. */
  batches(batch: Batch, topic: TopicMetadata, nowMs: number, writers: Writers): PartitionBatch[] {
    const made: PartitionBatch[] = []
    const filling = new Map<number, RecordBatchWriter>()
    const begin = (partition: number): RecordBatchWriter => {
      const records = writers.writer()
      filling.set(partition, records)
      made.push({ topic: topic.topic, partition, records })
      return records
    }
    let [headers, route, unkeyed]: [Headers | undefined, Route, number] = [undefined, { key: null, partition: -1 }, -1]
    try {
      for (const event of batch) {
        if (event.headers !== headers) route = this.#routeOf((headers = event.headers), topic)
        if (route.partition < 0 && unkeyed < 0) unkeyed = this.#partitioner.next(topic)
        const partition = route.partition < 0 ? unkeyed : route.partition
        const open = filling.get(partition) ?? begin(partition)
        if (this.#add(open, nowMs, route.key, event)) continue
        if (open.count === 0 || !this.#add(begin(partition), nowMs, route.key, event))
          throw this.#refused(`an event of ${bodyLengthOf(event)} bytes is above max.request.size`)
      }
      return made
    } catch (thrown) {
      for (const { records } of made) writers.release(records)
      throw thrown
    }
  }

  /** The event of the record that `records` stands at. `unreadable` is told of one that is none: its value is taken for a body. */
  event({ reader }: FetchedRecords, unreadable: (problem: string) => void): Event {
    const event = this.#rules.parseAsFlumeEvent
      ? this.#decoded(reader, unreadable)
      : new PlainEvent(noHeaders, reader.value() ?? nothing)
    const key = reader.key()
    if (key === null) return event
    const text = key.toString('utf8')
    if (event.headers[keyHeader] === text) return event
    return new PlainEvent(Object.freeze({ ...event.headers, [keyHeader]: text }), event.body)
  }

  #routeOf(headers: Headers, topic: TopicMetadata): Route {
    const { partitionHeader, defaultPartition } = this.#rules
    const key = headers[keyHeader] === undefined ? null : Buffer.from(headers[keyHeader])
    const asked = partitionHeader === undefined ? undefined : headers[partitionHeader]
    if (asked === undefined && defaultPartition === undefined)
      return { key, partition: key === null ? -1 : this.#partitioner.keyed(key, topic) }
    const partition = asked === undefined ? (defaultPartition ?? 0) : /^\d{1,9}$/.test(asked) ? Number(asked) : NaN
    if (!(partition < topic.partitions.length))
      throw this.#refused(
        `partition ${asked ?? defaultPartition} is not one of the ${topic.partitions.length} of ${topic.topic}`,
      )
    return { key, partition }
  }

  /** False where the event does not fit in any more. */
  #add(records: RecordBatchWriter, nowMs: number, key: Buffer | null, event: Event): boolean {
    const isDatum = this.#rules.parseAsFlumeEvent
    const length = isDatum ? this.#encoder.length(event) : bodyLengthOf(event)
    const at = records.addRoom(nowMs, key, length, null)
    if (at < 0) return false
    if (isDatum) this.#encoder.put(event, records.chunk, at)
    else copyBody(event, records.chunk, at)
    return true
  }

  #decoded(reader: RecordReader, unreadable: (problem: string) => void): Event {
    try {
      if (reader.valueStart < 0) throw new BadAvro('it has no value')
      this.#avro.aim(reader.buffer, reader.valueStart, reader.valueEnd)
      return this.#decoder.next(this.#avro)
    } catch (error) {
      if (!(error instanceof BadAvro)) throw error
      unreadable(error.message)
      return new PlainEvent(noHeaders, reader.value() ?? nothing)
    }
  }

  #refused(problem: string): Fault {
    return new Fault('CHANNEL_RECORD', { channel: this.#channel, problem })
  }
}
