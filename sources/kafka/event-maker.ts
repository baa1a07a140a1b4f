/** Makes events of records: bodies are views into what was fetched, whole Flume events (useFlumeEventFormat) are read out of their values. */
import type { FetchedRecords } from '../../src/client/fetched-records.ts'
import { type Event, noHeaders, PlainEvent } from '../../src/flow/event.ts'
import { EventDecoder } from '../../src/formats/avro-event.ts'
import { AvroReader, BadAvro } from '../../src/formats/avro-reader.ts'
import { KafkaEvent, originOf, recordHeaders } from './kafka-event.ts'
import type { Origin } from './kafka-event.ts'

export interface EventMakerOptions {
  /** The header for the topic; undefined for none. */
  readonly topicHeader: string | undefined
  readonly flumeFormat: boolean
  /** Event headers to set, and the record headers that they come from. */
  readonly copied: readonly (readonly [to: string, from: string])[]
  /** Told of a record that is no event, which is left out. */
  readonly unreadable: (topic: string, partition: number, offset: number, problem: string) => void
}

const nothing = Buffer.alloc(0)

export class EventMaker {
  readonly #options: EventMakerOptions
  readonly #decoder = new EventDecoder()
  #records: FetchedRecords | undefined
  #origin: Origin | undefined

  constructor(options: EventMakerOptions) {
    this.#options = options
  }

  /** Adds events of `records` until `into` has `max` or there are no more; false when there are no more. Throws BadRecords. */
  fill(into: Event[], max: number, records: FetchedRecords): boolean {
    const { flumeFormat, copied } = this.#options
    if (flumeFormat || copied.length > 0) return this.#fillWhole(into, max, records)
    const { reader } = records
    while (into.length < max) {
      if (!records.next()) return false
      const origin = this.#originOf(records)
      const body = reader.valueStart < 0 ? nothing : reader.buffer.subarray(reader.valueStart, reader.valueEnd)
      const offsetDelta = reader.offset - origin.offset
      into.push(new KafkaEvent(body, origin, offsetDelta, reader.timestampMs - origin.timestampMs, reader.key()))
    }
    return true
  }

  /** The slower way, for events that bring headers of their own or take them from the record. */
  #fillWhole(into: Event[], max: number, records: FetchedRecords): boolean {
    while (into.length < max) {
      if (!records.next()) return false
      const event = this.#whole(records)
      if (event !== undefined) into.push(event)
    }
    return true
  }

  #whole(records: FetchedRecords): Event | undefined {
    const { reader } = records
    const origin = this.#originOf(records)
    const given = recordHeaders(origin, reader.offset - origin.offset, reader.timestampMs - origin.timestampMs, null)
    const event = this.#options.flumeFormat
      ? this.#decoded(records)
      : new PlainEvent(noHeaders, reader.value() ?? nothing)
    if (event === undefined) return undefined
    const headers: Record<string, string> = { ...given, ...event.headers }
    const key = reader.key()
    if (key !== null) headers['key'] = key.toString('utf8')
    this.#copy(headers, records)
    return new PlainEvent(Object.freeze(headers), event.body)
  }

  /** Of several record headers with one name the last counts. */
  #copy(headers: Record<string, string>, { reader }: FetchedRecords): void {
    if (this.#options.copied.length === 0 || reader.hasNoHeaders()) return
    for (const { name, value } of reader.headers())
      for (const [to, from] of this.#options.copied)
        if (name === from && value !== null) headers[to] = value.toString('utf8')
  }

  #decoded(records: FetchedRecords): Event | undefined {
    const { topic, partition, reader } = records
    const value = reader.value()
    try {
      if (value === null) throw new BadAvro('it has no value')
      return this.#decoder.next(new AvroReader(value))
    } catch (error) {
      if (!(error instanceof BadAvro)) throw error
      this.#options.unreadable(topic, partition, reader.offset, error.message)
      return undefined
    }
  }

  #originOf(records: FetchedRecords): Origin {
    if (this.#records !== records || this.#origin === undefined) {
      const { topic, partition, reader } = records
      this.#records = records
      this.#origin = originOf(topic, partition, this.#options.topicHeader, reader.offset, reader.timestampMs)
    }
    return this.#origin
  }
}
