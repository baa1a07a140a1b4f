import type { Batch } from './event.ts'

/** Turns events into the bytes of one file, for file_roll and hdfs. One instance per file. */
export interface Serializer {
  /** Bytes for the start of the file, if the format has any. */
  begin?(): Uint8Array
  /** The bytes of a batch, to be appended in order. They are valid until the next `encode` of any serializer: write them before awaiting anything. */
  encode(batch: Batch): readonly Uint8Array[]
  /** Bytes for the end of the file, if the format has any. */
  end?(): Uint8Array
  /** Whether a file that was closed can be gone on with. */
  readonly appendable: boolean
}
