/** Waiting for a condition without sleeping: it is looked at again on every turn of the event loop, until a deadline. */

/** Resolves once `condition` holds. Rejects after `deadlineMs`, naming `what` was waited for. */
export const until = (
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
  deadlineMs = 20_000,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const endMs = performance.now() + deadlineMs
    const look = async (): Promise<void> => {
      if (await condition()) resolve()
      else if (performance.now() > endMs) reject(new Error(`Waited ${deadlineMs} ms in vain for ${what}`))
      else setImmediate(again)
    }
    const again = (): void => void look().catch(reject)
    again()
  })
