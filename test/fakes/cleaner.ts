/** A log and the cleaner that compacts it, on the fake disk and clock; and what a reader finds in a compacted log. */
import type { CleanerSettings } from '../../src/broker/log/compaction/log-cleaner.ts'
import { LogCleaner } from '../../src/broker/log/compaction/log-cleaner.ts'
import type { LogSettings } from '../../src/broker/log/log-settings.ts'
import type { PartitionLog } from '../../src/broker/log/partition-log.ts'
import { decodeMarker } from '../../src/protocol/control-batch.ts'
import { entrySize, readBatchHeader, type BatchHeader } from '../../src/protocol/record-batch.ts'
import { RecordBatchWriter, type FinishOptions } from '../../src/protocol/record-batch-writer.ts'
import { RecordReader } from '../../src/protocol/record-reader.ts'
import { client, type Bench } from './partition-log.ts'

export const cleanerSettings: CleanerSettings = {
  keyBytesMax: 1_048_576,
  loadFactor: 0.9,
  readBytes: 4096,
  bytesPerSecond: Infinity,
  backoffMs: 15_000,
}

export const cleanerOf = (
  { disk, clock, said }: Bench,
  logs: Iterable<PartitionLog>,
  settings: Partial<CleanerSettings> = {},
): LogCleaner =>
  new LogCleaner({
    folders: [{ path: '/logs', logs }],
    settings: () => ({ ...cleanerSettings, ...settings }),
    disk,
    clock,
    log: said,
  })

/** A value of null is a tombstone. */
export type KeyValue = readonly [key: string, value: string | null]

export const keyedBatch = (records: readonly KeyValue[], fields: FinishOptions = {}, timestampMs = 1000): Buffer => {
  const writer = new RecordBatchWriter({ bytesMax: 1024 * 1024 })
  for (const [index, [key, value]] of records.entries())
    writer.add(timestampMs + index, Buffer.from(key), value === null ? null : Buffer.from(value), null)
  return Buffer.from(writer.finish(fields))
}

/** Of a log of small segments. */
export const compacted: Partial<LogSettings> = { isCompacted: true, segmentBytes: 600, indexIntervalBytes: 100 }

export const valueOf = (i: number): string => `value ${i}`.padEnd(40, '.')

/** Appends so many records, one a batch, whose keys go round. */
export const fillKeys = (log: PartitionLog, count: number, keys: number, fields: FinishOptions = {}): void => {
  for (let i = 0; i < count; i++) log.append(keyedBatch([[`k${i % keys}`, valueOf(i)]], fields, 1000 + i), client)
}

export interface FoundRecord {
  readonly offset: number
  readonly key: string
  readonly value: string | null
  readonly timestampMs: number
}

/** Every batch of the log, in reads of so many bytes. */
export const batchesOf = (log: PartitionLog, maxBytes = 1000): { header: BatchHeader; bytes: Buffer }[] => {
  const batches: { header: BatchHeader; bytes: Buffer }[] = []
  for (let from = log.logStartOffset; from < log.logEndOffset;) {
    const got = log.read(from, { maxBytes, minOne: true })
    if (got.length === 0) break
    for (let at = 0, size = 0; (size = entrySize(got, at)) > 0; at += size) {
      const bytes = got.subarray(at, at + size)
      const header = readBatchHeader(bytes)
      batches.push({ header, bytes })
      from = header.lastOffset + 1
    }
  }
  return batches
}

/** What a reader of committed data gets. */
export const committedOf = (log: PartitionLog, maxBytes?: number): FoundRecord[] => {
  const aborted = log.transactions.aborted(log.logStartOffset, log.logEndOffset)
  const reader = new RecordReader()
  const found: FoundRecord[] = []
  for (const { header, bytes } of batchesOf(log, maxBytes)) {
    const isHidden = aborted.some(
      (t) =>
        t.producerId === header.producerId && header.baseOffset >= t.firstOffset && header.lastOffset <= t.lastOffset,
    )
    if (header.isControl || isHidden) continue
    reader.open(bytes, 0, header)
    while (reader.next()) {
      const value = reader.value()
      const { offset, timestampMs } = reader
      found.push({ offset, key: String(reader.key()), value: value === null ? null : String(value), timestampMs })
    }
  }
  return found
}

/** Offsets of the control batches, with what they say. */
export const markersOf = (log: PartitionLog): string[] =>
  batchesOf(log)
    .filter(({ header }) => header.isControl)
    .map(({ header, bytes }) => `${header.baseOffset} ${decodeMarker(bytes)?.outcome ?? 'empty'}`)

/** The last value of each key; deleted ones are not there. */
export const lastValues = (records: readonly Pick<FoundRecord, 'key' | 'value'>[]): Record<string, string> => {
  const last = new Map<string, string>()
  for (const { key, value } of records) {
    last.delete(key)
    if (value !== null) last.set(key, value)
  }
  return Object.fromEntries(Array.from(last).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
