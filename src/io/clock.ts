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

/** The longest that a timer of the runtime can wait: it fires those that shall wait longer at once. */
const timerMsMax = 2_147_483_647

const later = (ms: number, action: () => void, keepsAlive: boolean): Disposable => {
  let timer: NodeJS.Timeout | undefined
  const wait = (leftMs: number): void => {
    const partMs = Math.min(leftMs, timerMsMax)
    timer = setTimeout(leftMs > partMs ? () => wait(leftMs - partMs) : action, partMs)
    if (!keepsAlive) timer.unref()
  }
  wait(ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      timer[Symbol.dispose]()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = later(ms, done, true)
    signal?.addEventListener('abort', done)
  })

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
  after: (ms, action) => later(ms, action, false),
}
