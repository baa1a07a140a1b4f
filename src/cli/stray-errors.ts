/**
 * Errors that nobody caught, while an agent runs: a callback of some library that threw, a promise that nobody awaited. As in a JVM, where such an
 * error ends its thread and not the process, it is logged with its stack and the agent goes on; only a broken invariant ends it.
 */
import { InvariantBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'

export interface StrayErrors extends Disposable {
  /** Resolves with the first broken invariant among them. */
  readonly broken: Promise<InvariantBroken>
}

/** Listens from now on. */
export const catchStrayErrors = (log: Log): StrayErrors => {
  const broken = Promise.withResolvers<InvariantBroken>()
  // Rejections that nobody handled arrive here too.
  const listener = (error: unknown): void => {
    if (error instanceof InvariantBroken) broken.resolve(error)
    else log.error(`An error that no component handled: ${reasonOf(error)}. The agent goes on.`, { error })
  }
  process.on('uncaughtException', listener)
  return { broken: broken.promise, [Symbol.dispose]: () => void process.off('uncaughtException', listener) }
}
