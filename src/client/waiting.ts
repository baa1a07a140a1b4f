/** How clients wait: back-off that doubles, varied so that many clients do not come back in step, and promises that give way to a signal. */
import { backoffMs } from '../base/backoff.ts'
import type { ClientOptions } from './options.ts'

/** Waits before try number `failures` + 1, or until `signal` aborts. */
export const backOff = (
  options: Pick<ClientOptions, 'clock' | 'random' | 'retryBackoffMs' | 'retryBackoffMaxMs'>,
  failures: number,
  signal?: AbortSignal,
): Promise<void> => {
  const ms = backoffMs(failures, options.retryBackoffMs, options.retryBackoffMaxMs)
  return options.clock.sleep(ms * (0.8 + 0.4 * options.random.next()), signal)
}

/** `promise`, or a rejection with the signal's reason as soon as it aborts. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason)
    if (signal.aborted) aborted()
    signal.addEventListener('abort', aborted, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
