/**
 * Turns the events of one write into record batches, one or more per partition: the hot path of the sink. Consecutive events that share their
 * headers cost a comparison, an append and nothing else. What cannot be stored is collected, not thrown, so that all of it is known at once.
 */
import type { TopicMetadata } from '../../src/client/cluster-metadata.ts'
import type { Partitioner } from '../../src/client/partitioner.ts'
import type { Batch, Event, Headers } from '../../src/flow/event.ts'
import type { EventValue } from './event-value.ts'
import { PartitionBatches } from './partition-batches.ts'
import type { BatchSource, FillingBatch } from './partition-batches.ts'
import { routeOf } from './record-route.ts'
import type { RecordRoute, RouteRules, Unroutable } from './record-route.ts'

export interface EncoderOptions {
  readonly rules: RouteRules
  readonly value: EventValue
  readonly source: BatchSource
  readonly partitioner: Partitioner
  /** What is known of a topic now, or undefined. */
  readonly topic: (name: string) => TopicMetadata | undefined
  /** The producer's max.request.size, which no record may exceed. */
  readonly requestBytesMax: number
}

/** Bytes that a record may have around its parts. */
const overheadMax = 64

/** What could be done for a run of events: a place for their records, a reason why there is none, or (neither) a topic to ask about first. */
interface Place {
  readonly into?: FillingBatch
  readonly reason?: string
}

const isUnroutable = (route: RecordRoute | Unroutable): route is Unroutable => 'reason' in route

/** The encoding of one write, or of several that go out together. Whoever made it sends its batches, or gives them back with `batches.release()`. */
export class BatchEncoding {
  readonly batches: PartitionBatches
  /** Topics of which too little is known: look them up and encode anew. */
  readonly missing = new Set<string>()
  /** Events that can never be stored, ascending. */
  readonly refused: number[] = []
  /** Why the first of them can't. */
  reason = ''
  readonly #options: EncoderOptions
  readonly #lookedUp: ReadonlySet<string>
  /** Partition of this write's records without a key, by topic. */
  readonly #unkeyed = new Map<string, number>()

  /** `lookedUp` are topics of which nothing more will become known. */
  constructor(options: EncoderOptions, lookedUp: ReadonlySet<string>) {
    this.#options = options
    this.#lookedUp = lookedUp
    this.batches = new PartitionBatches(options.source)
  }

  /** Adds a write's events to the batches, under indexes from `first` on. `nowMs` is the timestamp of records that bring none. */
  encode(batch: Batch, nowMs: number, first = 0): this {
    let headers: Headers | undefined
    let route: RecordRoute | Unroutable = { reason: '' }
    let place: Place = {}
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as Event
      if (event.headers !== headers) {
        headers = event.headers
        route = routeOf(headers, this.#options.rules)
        place = this.#placeFor(route)
      }
      if (place.into !== undefined) {
        const into = this.#append(place.into, route as RecordRoute, event, first + i, nowMs)
        if (into !== place.into) place = { into }
      } else if (place.reason !== undefined) this.#refuse(first + i, place.reason)
    }
    return this
  }

  #placeFor(route: RecordRoute | Unroutable): Place {
    if (isUnroutable(route)) return route
    const topic = this.#options.topic(route.topic)
    const lookedUp = this.#lookedUp.has(route.topic)
    if (topic === undefined || (route.partition >= topic.partitions.length && !lookedUp)) {
      this.missing.add(route.topic)
      return {}
    }
    if (route.partition < topic.partitions.length)
      return { into: this.batches.filling(route.topic, this.#partitionFor(route, topic)) }
    return {
      reason: `partition ${route.partition} is asked for, and topic ${route.topic} has ${topic.partitions.length}`,
    }
  }

  #partitionFor(route: RecordRoute, topic: TopicMetadata): number {
    if (route.partition >= 0) return route.partition
    if (route.key !== null) return this.#options.partitioner.keyed(route.key, topic)
    let partition = this.#unkeyed.get(topic.topic)
    if (partition === undefined) this.#unkeyed.set(topic.topic, (partition = this.#options.partitioner.next(topic)))
    return partition
  }

  /** Gives the batch that the event went into, which is another one when the last was full. */
  #append(batch: FillingBatch, route: RecordRoute, event: Event, index: number, nowMs: number): FillingBatch {
    const { key, recordHeaders } = route
    const { value } = this.#options
    const length = value.length(event)
    const timestampMs = route.timestampMs < 0 ? nowMs : route.timestampMs
    const { records, bytesMax } = batch
    const fits = records.sizeInBytes + length + overheadMax <= bytesMax || records.count === 0
    const at = fits ? records.addRoom(timestampMs, key, length, recordHeaders) : -1
    if (at >= 0) {
      value.put(event, records.chunk, at)
      batch.events.add(index)
      return batch
    }
    if (records.count > 0) return this.#append(this.batches.next(batch), route, event, index, nowMs)
    this.#refuse(index, `a record of ${length} bytes is above max.request.size, ${this.#options.requestBytesMax}`)
    return batch
  }

  #refuse(index: number, reason: string): void {
    if (this.refused.length === 0) this.reason = reason
    this.refused.push(index)
  }
}
