/**
 * What compaction must know of transactions as it goes through the batches in order: which data was aborted, and which markers have nothing left
 * to say because the data of their transactions is gone.
 */
import type { Marker } from '../../../protocol/control-batch.ts'
import type { BatchHeader } from '../../../protocol/record-batch.ts'
import type { AbortedTransaction } from '../transaction-index.ts'

interface Ongoing {
  readonly transaction: AbortedTransaction
  /** Some of its data was met. */
  hasData: boolean
}

export interface MarkerFate {
  /** Nothing of the transaction was met before the marker. */
  readonly isSpent: boolean
  /** The aborted transaction that it ends, where data of it was met: readers of the data must still be told. */
  readonly aborted: AbortedTransaction | undefined
}

export class TransactionView {
  /** Those whose beginnings were not reached yet, the next one last. */
  readonly #ahead: AbortedTransaction[]
  readonly #aborted = new Map<number, Ongoing>()
  /** Producers of which data was met that no marker has ended yet. */
  readonly #committed = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#ahead = aborted.toSorted((a, b) => b.firstOffset - a.firstOffset)
  }

  /** Takes note of a batch of data, and says whether its transaction was aborted. */
  isAborted(batch: BatchHeader): boolean {
    this.#begin(batch.lastOffset)
    if (!batch.isTransactional) return false
    const ongoing = this.#aborted.get(batch.producerId)
    if (ongoing === undefined) this.#committed.add(batch.producerId)
    else ongoing.hasData = true
    return ongoing !== undefined
  }

  /** Takes note of a control batch; `marker` is what it says, undefined where its record was removed earlier. */
  end(batch: BatchHeader, marker: Marker | undefined): MarkerFate {
    this.#begin(batch.lastOffset)
    if (marker === undefined) return { isSpent: true, aborted: undefined }
    if (marker.outcome === 'commit') return { isSpent: !this.#committed.delete(batch.producerId), aborted: undefined }
    const ongoing = this.#aborted.get(batch.producerId)
    this.#aborted.delete(batch.producerId)
    const aborted = ongoing?.hasData === true ? ongoing.transaction : undefined
    return { isSpent: aborted === undefined, aborted }
  }

  #begin(upTo: number): void {
    for (let next = this.#ahead.at(-1); next !== undefined && next.firstOffset <= upTo; next = this.#ahead.at(-1)) {
      this.#ahead.pop()
      if (!this.#aborted.has(next.producerId)) this.#aborted.set(next.producerId, { transaction: next, hasData: false })
    }
  }
}
