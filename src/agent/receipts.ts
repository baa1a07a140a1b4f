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
