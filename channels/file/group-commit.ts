/**
 * Gathers what waits to be stored while the disk is busy, and stores it together: one sync then serves all of it. Nothing is waited for that is not
 * there yet, so a lone commit leaves at once, and under load a group grows to what comes during one sync.
 */

interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export class GroupCommit<T> {
  readonly #store: (items: readonly T[]) => Promise<void>
  #waiting: Waiting<T>[] = []
  #running: Promise<void> | undefined

  /** `store` makes all of its items last, or rejects, and then none of them counts as stored. It is called with one group after the other. */
  constructor(store: (items: readonly T[]) => Promise<void>) {
    this.#store = store
  }

  /** Resolves when the item is stored; rejects with what kept it from that. */
  add(item: T): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ item, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    // What else is added in this turn goes with the first group.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#storeGroup(group)
    }
    this.#running = undefined
  }

  async #storeGroup(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#store(group.map(({ item }) => item))
      for (const { resolve } of group) resolve()
    } catch (thrown) {
      for (const { reject } of group) reject(thrown)
    }
  }
}
