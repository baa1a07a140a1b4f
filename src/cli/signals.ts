/** The signals that end a long-running command: the first asks it to stop, a second ends it at once. */

/** Exit statuses as a JVM has them: 128 and the signal's number. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof signalExitCodes

export interface StopSignals extends Disposable {
  /** Resolves with the first signal. */
  readonly first: Promise<StopSignal>
}

const stopSignals: readonly StopSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM']

/** Listens from now on. Ctrl-C in a terminal also reaches children, so a command started by npm may get the same signal twice: within
 * `echoMs` a second one counts as an echo of the first. */
export const listenForSignals = (echoMs = 500): StopSignals => {
  const first = Promise.withResolvers<StopSignal>()
  let firstAt: number | undefined
  const listeners = stopSignals.map((signal) => {
    const listener = (): void => {
      if (firstAt !== undefined && performance.now() - firstAt > echoMs) process.exit(signalExitCodes[signal])
      firstAt ??= performance.now()
      first.resolve(signal)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return {
    first: first.promise,
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners) process.off(signal, listener)
    },
  }
}
