/** What a source gets for a delivered batch. A receipt costs per batch, never per event. */
export interface Receipt {
  /**
   * Resolves when the source may forget the batch: a durable channel has it on disk, or the sinks behind a memory channel have stored it.
   * Never rejects; at the end of the process it may stay pending.
   */
  readonly settled: Promise<void>
}

/** The receipt of what is settled already. */
export const settledReceipt: Receipt = { settled: Promise.resolve() }
