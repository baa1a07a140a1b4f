/** What a log knows of producers and their transactions, for the coordinator, for readers of committed data and for those who ask. */
import { markerOf } from './producer-history.ts'
import type { Admitted } from './admission.ts'
import type { LogState } from './log-state.ts'
import type { Producer, RememberedBatch } from './producer-state.ts'
import type { AbortedTransaction } from './transaction-index.ts'

/** Errors are KafkaFaults, as of the log itself. */
export class LogTransactions {
  readonly #state: LogState
  /** Runs what reads files, once the log is fit for it. */
  readonly #guarded: <T>(read: () => T) => T

  constructor(state: LogState, guarded: <T>(read: () => T) => T) {
    this.#state = state
    this.#guarded = guarded
  }

  /** The aborted transactions of which a part lies in [from, upTo), in the order of their beginnings. */
  aborted(from: number, upTo: number): AbortedTransaction[] {
    return this.#guarded(() => findAborted(this.#state, from, upTo))
  }

  /** Whether this producer has a transaction open here. */
  isOpen(producerId: number, epoch: number): boolean {
    return this.#guarded(() => this.#state.producers()).isInTransaction(producerId, epoch)
  }

  /** The producers with an open transaction, as far as that is known without reading files: after anything but a clean stop. */
  knownOpen(): Iterable<Readonly<Producer>> {
    return this.#state.knownProducers?.inTransaction() ?? []
  }

  /** The producers that are remembered. */
  producers(): Iterable<Readonly<Producer>> {
    return this.#guarded(() => this.#state.producers()).all()
  }

  /** Forgets producers that wrote last before this time. */
  expireProducers(beforeMs: number): void {
    this.#state.expireProducers(beforeMs)
  }

  /** The append that a producer repeats, if it does. Throws what is wrong with its epoch or sequence. */
  earlier({ batches: [batch] }: Admitted): RememberedBatch | undefined {
    return batch === undefined || batch.producerId < 0 ? undefined : this.#state.producers().check(batch)
  }

  /** The broker's own batches carry no sequence, but must not speak for a producer that has gone on. */
  checkOwn({ bytes, batches: [batch] }: Admitted): undefined {
    if (batch === undefined || batch.producerId < 0) return
    const producers = this.#state.producers()
    const marker = markerOf(batch, bytes)
    if (marker === undefined) producers.checkEpoch(batch)
    else producers.checkMarker(batch, marker)
  }
}

/**
 * Asks the index of each segment, from the first offset on, until one says that nothing more can follow, or a segment was begun when no transaction was
 * open that reaches back before `upTo`: what ends there or later has begun behind it.
 */
const findAborted = (state: LogState, from: number, upTo: number): AbortedTransaction[] => {
  const { segments } = state
  const all: AbortedTransaction[] = []
  if (from >= upTo) return all
  for (const segment of segments.from(segments.indexOf(from))) {
    if (segment.baseOffset >= upTo && segment.firstOpenAtBase >= upTo) break
    state.mendAborted(segment)
    const { found, isComplete } = segment.aborted.search(from, upTo)
    for (const each of found) all.push(each)
    if (isComplete) break
  }
  return all.sort((a, b) => a.firstOffset - b.firstOffset)
}
