/**
 * From the decision to the end of a transaction: the markers, then the note that all of them stand. Tried until it is done; a broker that is killed in
 * between begins again with the first marker, and a partition that has two of them is none the worse for it.
 */
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Markers } from './markers.ts'
import { completed, decisionOf, type Transaction, type TransactionFacts } from './transaction.ts'
import type { TransactionStore } from './transaction-store.ts'

const RETRY_MS = 1000

export interface CompletionOptions {
  readonly store: TransactionStore
  readonly markers: Markers
  readonly log: Log
}

export class Completion implements Disposable {
  readonly #options: CompletionOptions
  readonly #stopped = new AbortController()

  constructor(options: CompletionOptions) {
    this.#options = options
  }

  /** Stores a decision; gives the error. What follows from it runs at once, as far as nothing has to be waited for. */
  async decide(transaction: Transaction, next: TransactionFacts): Promise<number> {
    const error = await this.#options.store.store(transaction, next)
    if (error === errorCodes.NONE) this.begin(transaction)
    return error
  }

  /** Completes what was decided; does nothing where nothing was. */
  begin(transaction: Transaction): void {
    if (decisionOf(transaction.facts) === undefined) return
    this.#complete(transaction).catch((thrown: unknown) => {
      rethrowBroken(thrown)
      this.#options.log.error(`A transaction of ${transaction.id} cannot be completed before the next start: ${reasonOf(thrown)}.`) // prettier-ignore
    })
  }

  /** Nothing is tried again any more; what is not complete goes on with the next start. */
  [Symbol.dispose](): void {
    this.#stopped.abort()
  }

  async #complete(transaction: Transaction): Promise<void> {
    const { store, markers, log } = this.#options
    const { signal } = this.#stopped
    if (!(await markers.writeAll(transaction.facts, store.coordinatorEpoch(transaction.id), signal))) return
    for (;;) {
      const error = await store.store(transaction, completed(transaction.facts, store.clock.now()))
      if (error === errorCodes.NONE || signal.aborted) return
      log.warn(`The end of a transaction of ${transaction.id} cannot be noted yet.`)
      await store.clock.sleep(RETRY_MS, signal)
    }
  }
}
