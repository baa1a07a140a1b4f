/**
 * A batch of lines while it is filled. Its array is made as long as the batch before was: one that grows as it is filled is copied ten times on its way to a
 * thousand events, and leaves three times its size to the garbage collector.
 */
import type { Event } from '../flow/event.ts'

export class LineBatch {
  readonly #events: Event[] = []
  #length = 0

  /** There may be more than `expected` events, or fewer. */
  constructor(expected: number) {
    this.#events.length = expected
  }

  get length(): number {
    return this.#length
  }

  push(event: Event): void {
    this.#events[this.#length++] = event
  }

  /** The events. Nothing may be added after that. */
  done(): Event[] {
    this.#events.length = this.#length
    return this.#events
  }
}
