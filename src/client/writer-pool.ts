/** Writers of record batches, used again after the broker has answered: their buffers are large, and fresh ones cost page faults. */
import { RecordBatchWriter } from '../protocol/record-batch-writer.ts'

/** Writers kept for later. */
const keptMax = 16

export class WriterPool {
  readonly #bytesMax: number
  readonly #kept: RecordBatchWriter[] = []

  /** `bytesMax` is the most that a batch may come to before compression. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** An empty writer. */
  take(): RecordBatchWriter {
    return this.#kept.pop() ?? new RecordBatchWriter({ bytesMax: this.#bytesMax })
  }

  give(writer: RecordBatchWriter): void {
    if (this.#kept.length >= keptMax) return
    writer.reset()
    this.#kept.push(writer)
  }
}
