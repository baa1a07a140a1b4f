/** The connections that a listening part has open: how many there are, and how they end at the stop. */
import { aborted } from '../base/abort.ts'

/** One connection, as its owner ends it. */
export interface Drainable {
  /** Finish what is open, take nothing new, then end. */
  stop(): void
  /** End at once. Safe twice. */
  destroy(): void
}

export class OpenConnections<C extends Drainable> {
  readonly #open = new Set<C>()
  readonly #onCount: (count: number) => void
  #allClosed: (() => void) | undefined

  /** `onCount` is told whenever their number changes. */
  constructor(onCount: (count: number) => void) {
    this.#onCount = onCount
  }

  get count(): number {
    return this.#open.size
  }

  add(connection: C): void {
    this.#open.add(connection)
    this.#onCount(this.#open.size)
  }

  /** It has ended. */
  closed(connection: C): void {
    this.#open.delete(connection)
    this.#onCount(this.#open.size)
    if (this.#open.size === 0) this.#allClosed?.()
  }

  /** Lets every connection finish what it has; at the end of the grace period they are closed as they are. */
  async drain(grace: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#allClosed = resolve
      if (this.#open.size === 0) resolve()
    })
    for (const connection of this.#open) connection.stop()
    await Promise.race([closed, aborted(grace)])
    for (const connection of this.#open) connection.destroy()
  }
}
