/** The signals that end a long-running command: the first asks it to stop, a second ends it at once. */

/** Exit statuses as a JVM has them: 128 and the signal's number. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof signalExitCodes

export interface StopSignals extends Disposable {
  /** Resolves with the first signal. */
  readonly first: Promise<StopSignal>
}

const stopSignals: readonly StopSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM']

/** Longer than any timer may be is not allowed; this is a day. */
const idleMs = 86_400_000

/**
 * Listens from now on, and keeps the process up meanwhile, also when nothing else does: an agent whose sources have ended stays. Ctrl-C in a
 * terminal reaches npm and its child, so one key may come as two signals: within `echoMs` a second one counts as an echo of the first.
 * `atOnce` is called before a second one ends the process.
 */
export const listenForSignals = ({ echoMs = 500, atOnce = (_signal: StopSignal): void => {} } = {}): StopSignals => {
  const first = Promise.withResolvers<StopSignal>()
  let firstAt: number | undefined
  const awake = setInterval(() => undefined, idleMs)
  const listeners = stopSignals.map((signal) => {
    const listener = (): void => {
      if (firstAt !== undefined && performance.now() - firstAt > echoMs) {
        atOnce(signal)
        process.exit(signalExitCodes[signal])
      }
      firstAt ??= performance.now()
      first.resolve(signal)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return {
    first: first.promise,
    [Symbol.dispose]() {
      clearInterval(awake)
      for (const { signal, listener } of listeners) process.off(signal, listener)
    },
  }
}

/** Runs `work` with a signal that aborts when the process is asked to stop; its exit code is then that of the stop. */
export const untilStopped = async (work: (stop: AbortSignal) => Promise<number>): Promise<number> => {
  using signals = listenForSignals()
  const stop = new AbortController()
  let given: StopSignal | undefined
  void signals.first.then((first) => {
    given = first
    return stop.abort()
  })
  const code = await work(stop.signal)
  return given === undefined ? code : signalExitCodes[given]
}
