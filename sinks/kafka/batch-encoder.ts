/**
 * Turns the events of one write into record batches, one or more per partition: the hot path of the sink. Consecutive events that share their
 * headers cost a comparison, an append and nothing else. What cannot be stored is collected, not thrown, so that all of it is known at once.
 */
import type { TopicMetadata } from '../../src/client/cluster-metadata.ts'
import type { Partitioner } from '../../src/client/partitioner.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import { bodyValue } from './event-value.ts'
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

/** Events of a batch that share their headers: those from `from` to `to`, where the batch's own begin at the index `first`. */
interface Run {
  readonly batch: Batch
  readonly from: number
  readonly to: number
  readonly first: number
}

/** Where a record's value goes in a batch that it fits in; -1 where it does not. */
const roomIn = (
  { records, bytesMax }: FillingBatch,
  timestampMs: number,
  key: Uint8Array | null,
  length: number,
  headers: Uint8Array | null,
): number => {
  const fits = records.sizeInBytes + length + overheadMax <= bytesMax || records.count === 0
  return fits ? records.addRoom(timestampMs, key, length, headers) : -1
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
    for (let from = 0, to = 0; from < batch.length; from = to) {
      const { headers } = batch[from] as Event
      for (to = from + 1; to < batch.length && (batch[to] as Event).headers === headers;) to++
      this.#encodeRun({ batch, from, to, first }, routeOf(headers, this.#options.rules), nowMs)
    }
    return this
  }

  #encodeRun(run: Run, route: RecordRoute | Unroutable, nowMs: number): void {
    const { into, reason } = this.#placeFor(route)
    if (into !== undefined) this.#append(into, run, route as RecordRoute, nowMs)
    else if (reason !== undefined) for (let i = run.from; i < run.to; i++) this.#refuse(run.first + i, reason)
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

  /** Into further batches where one is full. What is the same for all of the run was found out before: an event costs its length and its copy. */
  #append(place: FillingBatch, { batch, from, to, first }: Run, route: RecordRoute, nowMs: number): void {
    const { key, recordHeaders } = route
    const { value } = this.#options
    const timestampMs = route.timestampMs < 0 ? nowMs : route.timestampMs
    const isPlain = value === bodyValue && key === null && recordHeaders === null
    let into = place
    let begun = from
    for (let i = from; i < to; i++) {
      if (isPlain) i = into.records.addSlices(batch, i, to, timestampMs, into.bytesMax)
      if (i === to) break
      const event = batch[i] as Event
      const length = value.length(event)
      let at = roomIn(into, timestampMs, key, length, recordHeaders)
      if (at < 0 && into.records.count > 0) {
        into.events.add(first + begun, first + i)
        begun = i
        into = this.batches.next(into)
        at = roomIn(into, timestampMs, key, length, recordHeaders)
      }
      if (at >= 0) value.put(event, into.records.chunk, at)
      else {
        const most = this.#options.requestBytesMax
        this.#refuse(first + i, `a record of ${length} bytes is above max.request.size, ${most}`)
        begun = i + 1
      }
    }
    into.events.add(first + begun, first + to)
  }

  #refuse(index: number, reason: string): void {
    if (this.refused.length === 0) this.reason = reason
    this.refused.push(index)
  }
}
