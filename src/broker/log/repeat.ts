/** Work that a log does in the background, over and over: one run at a time, the next begins so long after the last one ended. */
import { rethrowBroken } from '../../base/assert.ts'
import type { Clock } from '../../io/clock.ts'

/** Begins after `firstMs`, the same pause if left out; `failed` is told what a run threw. Disposing stops it: a run that is under way goes on to its end. */
export const repeat = (
  clock: Clock,
  everyMs: number,
  work: () => Promise<void> | void,
  failed: (thrown: unknown) => void,
  firstMs = everyMs,
): Disposable => {
  let isStopped = false
  let timer: Disposable | undefined
  const wait = (ms = everyMs): void => {
    if (!isStopped) timer = clock.after(ms, run)
  }
  const tell = (thrown: unknown): void => {
    rethrowBroken(thrown)
    failed(thrown)
  }
  const run = (): void => {
    let running: Promise<void> | void = undefined
    try {
      running = work()
    } catch (thrown) {
      tell(thrown)
    }
    if (running === undefined) wait()
    else void running.catch(tell).then(() => wait())
  }
  wait(firstMs)
  return {
    [Symbol.dispose]() {
      isStopped = true
      timer?.[Symbol.dispose]()
    },
  }
}
