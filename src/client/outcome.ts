/** What became of a batch that a producer sent. */
export interface Outcome {
  /** Offset of its first record; -1 when the broker did not say (acks=0, or it had the batch already). */
  readonly baseOffset: number
  /** Why it was not stored, or undefined. */
  readonly error?: Error
  /** Records that the broker named as the bad ones, by index, with its words. */
  readonly badRecords?: readonly { readonly index: number; readonly says: string | null }[]
}
