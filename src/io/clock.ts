/** The clock port: everything that waits or stamps goes through it, so that tests run on a clock of their own and never sleep. */
export interface Clock {
  /** Milliseconds since 1970, UTC. May jump. */
  now(): number
  /** Milliseconds from an arbitrary start. Never goes back. */
  monotonic(): number
  /** Resolves after `ms`, or at once when `signal` aborts; it never rejects, so the caller looks at the signal afterwards. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `action` once after `ms`, unless disposed before. The timer does not keep the process alive. */
  after(ms: number, action: () => void): Disposable
}

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
  after(ms, action) {
    const timer = setTimeout(action, ms).unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}
