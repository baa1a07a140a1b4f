/**
 * What was fetched and not taken, in order, and how far each partition is settled: its offset to commit is that of the first event that no sink has stored,
 * whatever was stored behind it.
 */
import { Ring } from '../../src/base/ring.ts'
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'
import type { Batch, Event } from '../../src/flow/event.ts'

/** Events of one partition that follow each other. They stand for the offsets `from` to `to - 1`, those without an event (markers, say) included. */
export interface Slice {
  readonly held: HeldPartition
  readonly events: Batch
  /** Of each event. */
  readonly offsets: readonly number[]
  readonly from: number
  readonly to: number
  /** Its fetch's place in the order of fetching. */
  readonly order: number
}

/** A partition for as long as the group leaves it here. */
export class HeldPartition {
  readonly topic: string
  readonly partition: number
  /** It is here no more, or read again from an earlier place. */
  isLost = false
  /** After the last event that was fetched; -1 before the first. */
  end = -1
  /** Everything before it is settled; -1 before the first event. */
  #offset = -1
  #committed = -1
  /** Settled ranges behind it, their ends by where they begin and the other way round. Those that touch are one: a sink that hangs may be behind for days. */
  readonly #endOf = new Map<number, number>()
  readonly #beginningOf = new Map<number, number>()

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** The next event has this offset, or one behind it. What lies between it and `end` is no more there to be fetched. */
  goOn(offset: number): void {
    if (this.end < 0) this.#offset = this.#committed = offset
    else if (offset > this.end) this.settle({ from: this.end, to: offset })
  }

  settle({ from, to }: Pick<Slice, 'from' | 'to'>): void {
    if (from === to) return
    const beginning = this.#beginningOf.get(from) ?? from
    const end = this.#endOf.get(to) ?? to
    this.#beginningOf.delete(from)
    this.#endOf.delete(to)
    if (beginning === this.#offset) {
      this.#beginningOf.delete(end)
      this.#offset = end
    } else {
      this.#endOf.set(beginning, end)
      this.#beginningOf.set(end, beginning)
    }
  }

  get toCommit(): OffsetToCommit | undefined {
    if (this.isLost || this.#offset === this.#committed) return undefined
    return { topic: this.topic, partition: this.partition, offset: this.#offset }
  }

  committed(offset: number): void {
    this.#committed = offset
  }

  /** Whether what was settled up to `to` is committed. */
  hasCommitted(to: number): boolean {
    return this.#committed >= to
  }
}

const isBefore = (a: Slice, b: Slice): boolean => a.order < b.order || (a.order === b.order && a.from < b.from)

const split = (slice: Slice, at: number): [Slice, Slice] => {
  const { events, offsets } = slice
  const middle = offsets[at] ?? slice.to
  return [
    { ...slice, events: events.slice(0, at), offsets: offsets.slice(0, at), to: middle },
    { ...slice, events: events.slice(at), offsets: offsets.slice(at), from: middle },
  ]
}

export class ReadyEvents {
  readonly #ring = new Ring<Slice>()
  #count = 0
  #order = 0

  /** Events that are ready. */
  get count(): number {
    return this.#count
  }

  push(slice: Omit<Slice, 'order'>): void {
    this.#ring.push({ ...slice, order: this.#order++ })
    this.#count += slice.events.length
  }

  /** Up to `max` events from the head; those of partitions that went away are left out. */
  cut(max: number): Slice[] {
    const slices: Slice[] = []
    let left = max
    for (let head = this.#shift(); head !== undefined; head = left > 0 ? this.#shift() : undefined) {
      if (head.held.isLost) continue
      if (head.events.length > left) {
        const [first, rest] = split(head, left)
        this.#unshift(rest)
        head = first
      }
      slices.push(head)
      left -= head.events.length
    }
    return slices
  }

  /** Slices of a take come back, each before everything that was fetched after it. */
  back(slices: readonly Slice[]): void {
    const all = [...slices]
    const last = slices.at(-1)
    if (last === undefined) return
    for (let head = this.#ring.peek(); head !== undefined && isBefore(head, last); head = this.#ring.peek()) {
      this.#shift()
      all.push(head)
    }
    all.sort((a, b) => (isBefore(a, b) ? 1 : -1))
    for (const slice of all) if (!slice.held.isLost) this.#unshift(slice)
  }

  #shift(): Slice | undefined {
    const slice = this.#ring.shift()
    this.#count -= slice?.events.length ?? 0
    return slice
  }

  #unshift(slice: Slice): void {
    this.#ring.unshift(slice)
    this.#count += slice.events.length
  }
}

/** The events of several slices in one array. */
export const joined = (slices: readonly Slice[]): Batch =>
  slices.length === 1 ? (slices[0]?.events ?? []) : ([] as Event[]).concat(...slices.map(({ events }) => events))
