/** An open take: events of memory and of the disk, in the order of the puts. */
import { assert } from '../../src/base/assert.ts'
import type { Take } from '../../src/flow/channel.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import { joined as joinedStored, type Slice as StoredSlice } from '../file/backlog.ts'
import { joined, type Slice } from '../memory/segment.ts'

/** What was cut at once from one of the two. */
export type Part = { readonly memory: readonly Slice[] } | { readonly stored: readonly StoredSlice[] }

export interface Parts {
  readonly memory: readonly Slice[]
  readonly stored: readonly StoredSlice[]
}

export interface TakeOwner {
  committed(take: SpillTake, parts: Parts): Promise<void>
  rolledBack(take: SpillTake, parts: Parts): void
}

const eventsOf = (part: Part): Batch => ('memory' in part ? joined(part.memory) : joinedStored(part.stored))

export class SpillTake implements Take {
  readonly events: Batch
  readonly #owner: TakeOwner
  #parts: Parts | undefined

  constructor(owner: TakeOwner, parts: readonly Part[]) {
    const [only] = parts
    this.events =
      parts.length === 1 && only !== undefined ? eventsOf(only) : ([] as Event[]).concat(...parts.map(eventsOf))
    this.#owner = owner
    this.#parts = {
      memory: parts.flatMap((part) => ('memory' in part ? part.memory : [])),
      stored: parts.flatMap((part) => ('stored' in part ? part.stored : [])),
    }
  }

  async commit(): Promise<void> {
    const parts = this.#parts
    assert(parts !== undefined, 'A take was committed twice, or after it was rolled back')
    this.#parts = undefined
    try {
      await this.#owner.committed(this, parts)
    } catch (thrown) {
      this.#parts = parts
      throw thrown
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    const parts = this.#parts
    this.#parts = undefined
    if (parts !== undefined) this.#owner.rolledBack(this, parts)
    return Promise.resolve()
  }

  /** What it has of memory. */
  get ofMemory(): readonly Slice[] {
    return this.#parts?.memory ?? []
  }
}
