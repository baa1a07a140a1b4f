/** What a suite gives to each `make`: a place for cleaning up, run in reverse order after the test. */
import { onTestFinished } from 'vitest'

export type Defer = (cleanUp: () => unknown) => void

/** To be called within a test. */
export const defer: Defer = (cleanUp) =>
  onTestFinished(async () => {
    await cleanUp()
  })

/** Whether a promise has settled by the next turn of the event loop. */
export const isSettled = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ])
