/** A clock that stands still until the test moves it. Timers and sleeps fire inside `advance`, in the order of their times. */
import type { Clock } from '../../src/io/clock.ts'

interface Timer {
  readonly dueMs: number
  readonly action: () => void
}

export class FakeClock implements Clock {
  #nowMs: number
  #monotonicMs = 0
  #timers: Timer[] = []

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonic(): number {
    return this.#monotonicMs
  }

  /** How many timers and sleeps are waiting. */
  get waiting(): number {
    return this.#timers.length
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
      const aborted = (): void => {
        timer[Symbol.dispose]()
        resolve()
      }
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  after(ms: number, action: () => void): Disposable {
    const timer: Timer = { dueMs: this.#monotonicMs + Math.max(0, ms), action }
    const at = this.#timers.findIndex((other) => other.dueMs > timer.dueMs)
    this.#timers.splice(at === -1 ? this.#timers.length : at, 0, timer)
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) }
  }

  /** Moves both clocks on and fires what falls due on the way, timers added meanwhile included. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms
    for (let timer = this.#timers[0]; timer !== undefined && timer.dueMs <= endMs; timer = this.#timers[0]) {
      this.#timers.shift()
      this.#move(timer.dueMs - this.#monotonicMs)
      timer.action()
    }
    this.#move(endMs - this.#monotonicMs)
  }

  /** `advance` in steps, with a turn of the event loop after each: for code that sleeps again once it was woken. */
  async advanceSlowly(ms: number, stepMs: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      this.advance(Math.min(stepMs, leftMs))
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  /** The wall clock is set; timers and the monotonic clock do not notice. */
  setNow(nowMs: number): void {
    this.#nowMs = nowMs
  }

  #move(ms: number): void {
    this.#nowMs += ms
    this.#monotonicMs += ms
  }
}
