/** Commits of one sink that wait for a disk while the sink goes on: a disk that syncs a few hundred times a second would else bound the batches. */
import { Bell } from '../base/bell.ts'

/** Events whose commit is open; before more are written, the sink waits. As many as a source may be ahead; with twice that they grow old. */
const eventsMax = 10_000

export class OpenCommits {
  readonly #ended = new Bell()
  #events = 0
  #failure: { readonly thrown: unknown } | undefined

  /** `commit` may reject: the next `check` then throws that, once. */
  add(events: number, commit: Promise<void>): void {
    this.#events += events
    void this.#follow(events, commit)
  }

  /** Resolves when another may be added. */
  async room(): Promise<void> {
    while (this.#events >= eventsMax) await this.#ended.rung
  }

  /** Resolves when none is open. */
  async ended(): Promise<void> {
    while (this.#events > 0) await this.#ended.rung
  }

  /** Throws what a commit failed with since the last time. */
  check(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure.thrown
  }

  async #follow(events: number, commit: Promise<void>): Promise<void> {
    try {
      await commit
    } catch (thrown) {
      this.#failure ??= { thrown }
    }
    this.#events -= events
    this.#ended.ring()
  }
}
