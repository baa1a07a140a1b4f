/** Those who wait for a log to change: long polls, mostly. Calling them costs nothing when nobody waits. */

export class Listeners {
  #listeners = new Set<() => void>()

  add(listener: () => void): Disposable {
    // a function of its own, so that one listener may wait twice
    const called = (): void => listener()
    this.#listeners.add(called)
    return { [Symbol.dispose]: () => void this.#listeners.delete(called) }
  }

  /** Calls each that waits now; who starts to wait meanwhile is called next time. */
  call(): void {
    if (this.#listeners.size === 0) return
    for (const listener of Array.from(this.#listeners)) if (this.#listeners.has(listener)) listener()
  }
}
