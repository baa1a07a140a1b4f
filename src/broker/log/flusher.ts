/** Syncs that are shared: whoever asks while one runs gets the next one, which covers what was appended meanwhile. */

export class Flusher {
  #sync: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** `sync` makes durable all that was appended before it was called. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync
  }

  /** Resolves when everything appended before the call is on disk. Rejects with what `sync` threw. */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  #start(): Promise<void> {
    const running = this.#sync().finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }

  async #after(running: Promise<void>): Promise<void> {
    try {
      await running
    } catch {
      // who waited for that one was told; this one says for itself how it went
    }
    this.#next = undefined
    return this.#start()
  }
}
