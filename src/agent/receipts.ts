/** Several receipts as one: settled when all are. The usual case, one channel and one piece, gives that channel's own receipt. */
import { type Receipt, settledReceipt } from '../flow/receipt.ts'

class JoinedReceipt implements Receipt {
  readonly #parts: readonly Receipt[]
  #settled: Promise<void> | undefined

  constructor(parts: readonly Receipt[]) {
    this.#parts = parts
  }

  get settled(): Promise<void> {
    return (this.#settled ??= this.#all())
  }

  async #all(): Promise<void> {
    for (const part of this.#parts) await part.settled
  }
}

export const joinedReceipt = (parts: readonly Receipt[]): Receipt => {
  if (parts.length > 1) return new JoinedReceipt(parts)
  return parts[0] ?? settledReceipt
}

/** Settles with a receipt that is still to come. One that never comes, because the agent stopped before, leaves it pending. */
class PendingReceipt implements Receipt {
  readonly #coming: Promise<Receipt>
  #settled: Promise<void> | undefined

  constructor(coming: Promise<Receipt>) {
    this.#coming = coming
    coming.catch(() => undefined)
  }

  get settled(): Promise<void> {
    return (this.#settled ??= this.#come())
  }

  async #come(): Promise<void> {
    const receipt = await this.#coming.catch(() => new Promise<Receipt>(() => undefined))
    await receipt.settled
  }
}

export const pendingReceipt = (coming: Promise<Receipt>): Receipt => new PendingReceipt(coming)
