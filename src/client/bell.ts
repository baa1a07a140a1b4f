/** Wakes whoever waits: `ring` resolves all waits that were begun before it. */
export class Bell {
  #next = Promise.withResolvers<void>()

  ring(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  /** Resolves at the next ring. */
  get rung(): Promise<void> {
    return this.#next.promise
  }
}
