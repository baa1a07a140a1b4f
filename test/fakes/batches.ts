/** Record batches for tests, and what is in them. */
import { type BatchHeader, entrySize, readBatchHeader } from '../../src/protocol/record-batch.ts'
import { RecordBatchWriter, type FinishOptions } from '../../src/protocol/record-batch-writer.ts'
import { RecordReader } from '../../src/protocol/record-reader.ts'

export interface BatchOptions extends FinishOptions {
  /** Of the first record; each later one is a millisecond younger. */
  readonly timestampMs?: number
  readonly key?: string
}

/** A batch as a producer sends it: a buffer of its own, base offset 0. */
export const batchOf = (values: readonly string[], options: BatchOptions = {}): Buffer => {
  const { timestampMs = 1000, key, ...fields } = options
  const writer = new RecordBatchWriter({ bytesMax: 64 * 1024 * 1024 })
  for (const [index, value] of values.entries())
    writer.add(timestampMs + index, key === undefined ? null : Buffer.from(key), Buffer.from(value), null)
  return Buffer.from(writer.finish(fields))
}

/** A batch of an idempotent producer. */
export const sequenced = (
  values: readonly string[],
  producerId: number,
  baseSequence: number,
  producerEpoch = 0,
): Buffer => batchOf(values, { producerId, producerEpoch, baseSequence })

export interface ReadRecord {
  readonly offset: number
  readonly value: string
  readonly timestampMs: number
  /** The header of the batch that it came in. */
  readonly batch: BatchHeader
}

/** All records of whole batches, one after another. */
export const recordsOf = (batches: Buffer): ReadRecord[] => {
  const records: ReadRecord[] = []
  const reader = new RecordReader()
  for (let at = 0, size = 0; (size = entrySize(batches, at)) > 0; at += size) {
    const batch = readBatchHeader(batches, at)
    reader.open(batches, at, batch)
    while (reader.next())
      records.push({ offset: reader.offset, value: String(reader.value()), timestampMs: reader.timestampMs, batch })
  }
  return records
}

export const valuesOf = (batches: Buffer): string[] => recordsOf(batches).map((record) => record.value)
