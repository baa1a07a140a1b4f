/** How clients wait between tries: back-off that doubles, varied so that many clients do not come back in step. */
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
