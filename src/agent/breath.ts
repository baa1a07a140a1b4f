/**
 * Lets the event loop turn now and then. A source that never waits for input, a memory channel and a sink that never waits for output hand
 * batches on in microtasks alone, and timers, signals and sockets would never get their turn.
 */
const callsMax = 256
const eventsMax = 32_768

export class Breath {
  #calls = 0
  #events = 0

  /** Counts a batch. True when it is time to `await turn()`. */
  isDue(events: number): boolean {
    this.#events += events
    if (++this.#calls < callsMax && this.#events < eventsMax) return false
    this.#calls = 0
    this.#events = 0
    return true
  }
}

/** Resolves on the next turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
