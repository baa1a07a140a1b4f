/** What goes into and comes out of a partition's log: the words that `api`, `groups` and the log itself share. */

/** How a log treats what it is given to append. */
export type AppendHow =
  /** A Produce request of this version: every check of the protocol. From version 3 on exactly one batch of format 2; zstd from 7 on. */
  | { readonly origin: 'client'; readonly produceVersion: number }
  /** The broker's own records (group offsets, transaction states and markers): control batches are allowed, sequences are not checked. */
  | { readonly origin: 'coordinator' }

export interface Appended {
  /** Offset of the first record; of the first append where this is a duplicate. */
  readonly baseOffset: number
  readonly lastOffset: number
  /** When the broker stamped the records; -1 where they keep their producer's times. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  /** An idempotent producer sent it before: nothing was appended. */
  readonly duplicate: boolean
  /**
   * Set where the flush policy promises these records to be on disk before they are acknowledged (`flush.messages` reached):
   * the answer must wait for it. Rejects with KAFKA_STORAGE_ERROR.
   */
  readonly flushed: Promise<void> | undefined
}

export interface ReadLimits {
  /** Batches beyond it are left out. */
  readonly maxBytes: number
  /** The first batch is returned even if it is larger than `maxBytes`. */
  readonly minOne: boolean
  /** Only batches that end below this offset; the high watermark if left out. Readers of committed data pass the last stable offset. */
  readonly upTo?: number
  /** Where the bytes go; a fresh buffer by default. Whoever pools buffers gets one back only once it has been sent. */
  readonly allocate?: (bytes: number) => Buffer
}

/** An answer to ListOffsets. */
export interface FoundOffset {
  readonly offset: number
  readonly timestampMs: number
  readonly leaderEpoch: number
}

/** A segment, as ListOffsets of the oldest clients sees it. */
export interface SegmentStart {
  readonly baseOffset: number
  readonly modifiedMs: number
}
