/** Many deadlines that are mostly put off: putting one off costs a number, and its timer finds the new time when it fires. */
import type { Clock } from '../../../io/clock.ts'

interface Deadline {
  dueMs: number
  /** When the timer fires. */
  timerMs: number
  timer: Disposable
  action: () => void
}

export class Deadlines implements Disposable {
  readonly #clock: Clock
  readonly #deadlines = new Map<string, Deadline>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  has(key: string): boolean {
    return this.#deadlines.has(key)
  }

  /** Calls `action` after `ms`, unless it is set anew or forgotten before. */
  set(key: string, ms: number, action: () => void): void {
    const dueMs = this.#clock.monotonic() + ms
    const known = this.#deadlines.get(key)
    if (known !== undefined && known.timerMs <= dueMs) {
      known.dueMs = dueMs
      known.action = action
      return
    }
    this.forget(key)
    this.#deadlines.set(key, { dueMs, timerMs: dueMs, action, timer: this.#after(key, ms) })
  }

  forget(key: string): void {
    this.#deadlines.get(key)?.timer[Symbol.dispose]()
    this.#deadlines.delete(key)
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#deadlines.values()) timer[Symbol.dispose]()
    this.#deadlines.clear()
  }

  #after(key: string, ms: number): Disposable {
    return this.#clock.after(Math.max(1, ms), () => this.#fired(key))
  }

  #fired(key: string): void {
    const deadline = this.#deadlines.get(key)
    if (deadline === undefined) return
    const leftMs = deadline.dueMs - this.#clock.monotonic()
    if (leftMs > 0) {
      deadline.timerMs = deadline.dueMs
      deadline.timer = this.#after(key, leftMs)
      return
    }
    this.#deadlines.delete(key)
    deadline.action()
  }
}
