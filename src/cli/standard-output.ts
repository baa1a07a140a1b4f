/**
 * Standard output for bytes in bulk: it waits for a slow reader without stopping the process (a group must go on beating meanwhile), and knows when the
 * reader has gone, as `head` does.
 */
import { once } from 'node:events'
import { unlessAborted } from '../base/abort.ts'
import { systemCode } from '../base/faults.ts'

export class StandardOutput implements Disposable {
  readonly #gone = new AbortController()
  #problem: Error | undefined

  readonly #failed = (error: Error): void => {
    this.#problem ??= error
    this.#gone.abort()
  }

  constructor() {
    process.stdout.on('error', this.#failed)
  }

  /** Aborts when nothing more can be written. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** Why nothing more can be written, unless it is only that nobody reads any more. */
  get problem(): Error | undefined {
    return systemCode(this.#problem) === 'EPIPE' ? undefined : this.#problem
  }

  /** The bytes must not be changed afterwards. */
  write(bytes: Buffer): void {
    if (!this.#gone.signal.aborted) process.stdout.write(bytes)
  }

  /** Resolves when there is room for more, or `signal` aborts, or the reader is gone. */
  async room(signal: AbortSignal): Promise<void> {
    if (!process.stdout.writableNeedDrain || this.#gone.signal.aborted) return
    const given = AbortSignal.any([signal, this.#gone.signal])
    await once(process.stdout, 'drain', { signal: given }).catch((reason: unknown) => {
      if (!given.aborted) throw reason
    })
  }

  /** Whether everything written has left; waits for that until `signal` aborts. */
  async left(signal: AbortSignal): Promise<boolean> {
    const gone = this.#gone.signal
    if (gone.aborted || signal.aborted) return false
    const leaving = new Promise<boolean>((resolve) => {
      process.stdout.write('', (error) => resolve(error === null || error === undefined))
    })
    return (await unlessAborted(leaving, AbortSignal.any([signal, gone]))) ?? false
  }

  /** Once the reader is gone its errors may still come, and must find a listener. */
  [Symbol.dispose](): void {
    if (!this.#gone.signal.aborted) process.stdout.off('error', this.#failed)
  }
}
