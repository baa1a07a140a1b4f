/**
 * What may enter a log: the checks and changes that a batch meets before it gets its offsets. Records are not decoded on the way in, except
 * where the topic asks for something that only they can tell (keys, timestamps, another compression).
 */
import { checkBatch, checkProduced } from '../../protocol/batch-check.ts'
import { codecs, compress, decompress } from '../../protocol/compression.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { upConvert } from '../../protocol/message-set.ts'
import {
  batchHeaderBytes,
  entrySize,
  magicOf,
  readBatchHeader,
  stampAppendTime,
  stampMaxTimestamp,
  type BatchHeader,
} from '../../protocol/record-batch.ts'
import { checkRecords } from '../../protocol/record-check.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import type { AppendHow } from './log-types.ts'
import { unlimited, type LogSettings } from './log-settings.ts'

/** From this Produce version on a partition gets exactly one batch of format 2. */
const oneBatchSince = 3

export interface Admitted {
  /** Whole batches of format 2; the buffer given, unless it had to be converted. */
  readonly bytes: Buffer
  /** Their headers, offsets not yet stamped. Never empty. */
  readonly batches: readonly BatchHeader[]
}

/** Checks what is to be appended, and converts it as the topic wants it. Throws KafkaFaults. */
export const admit = (records: Buffer, how: AppendHow, settings: LogSettings, nowMs: number): Admitted => {
  if (records.length > settings.segmentBytes)
    throw new KafkaFault(
      'RECORD_LIST_TOO_LARGE',
      `${records.length} bytes do not fit a segment of ${settings.segmentBytes}`,
    )
  if (how.origin === 'coordinator') return { bytes: records, batches: wholeBatches(records) }
  const batch = how.produceVersion < oneBatchSince ? converted(records) : records
  const header = checkOneBatch(batch, settings.maxMessageBytes)
  checkProduced(header, how.produceVersion)
  checkContent(batch, header, settings, nowMs)
  const stored = recompressed(batch, header, settings)
  if (settings.timestampType === 'LogAppendTime') stampAppendTime(stored, 0, nowMs)
  return { bytes: stored, batches: [readBatchHeader(stored)] }
}

/** The batches of one of the broker's own writers. */
const wholeBatches = (records: Buffer): BatchHeader[] => {
  const batches: BatchHeader[] = []
  for (let at = 0; at < records.length;) {
    const size = entrySize(records, at)
    const header = checkBatch(records, at, size)
    batches.push(header)
    at += size
  }
  if (batches.length === 0) throw new KafkaFault('INVALID_RECORD', 'There is no batch')
  return batches
}

/** Old producers send message sets; some send batches in old requests. */
const converted = (records: Buffer): Buffer =>
  records.length >= batchHeaderBytes && magicOf(records, 0) === 2 ? records : upConvert(records)

const checkOneBatch = (records: Buffer, maxMessageBytes: number): BatchHeader => {
  const size = entrySize(records, 0)
  if (records.length === 0) throw new KafkaFault('INVALID_RECORD', 'There is no batch')
  if (records.length > maxMessageBytes)
    throw new KafkaFault(
      'MESSAGE_TOO_LARGE',
      `The batch has ${records.length} bytes, the topic takes ${maxMessageBytes}`,
    )
  if (size > 0 && magicOf(records, 0) !== 2)
    throw new KafkaFault('INVALID_RECORD', `Records of format ${magicOf(records, 0)} in a request for format 2`)
  if (size > 0 && size < records.length) throw new KafkaFault('INVALID_RECORD', 'More than one batch for one partition')
  return checkBatch(records, 0, records.length)
}

/** One reader for all, let go of after each batch: appends are synchronous. */
const reader = new RecordReader()

const checkContent = (batch: Buffer, header: BatchHeader, settings: LogSettings, nowMs: number): void => {
  const isOwnTime = settings.timestampType === 'CreateTime'
  if (header.isAppendTime && isOwnTime)
    throw new KafkaFault('INVALID_TIMESTAMP', 'The producer marked its records as stamped by the broker')
  // how far ahead they are, the header tells: records need a look only when it says too far
  const isAhead = header.maxTimestamp > nowMs + settings.timestampAfterMaxMs
  const isTimed = isOwnTime && (settings.timestampBeforeMaxMs !== unlimited || isAhead)
  if (!settings.isCompacted && !isTimed) return
  const times = isTimed
    ? { timestampMin: nowMs - settings.timestampBeforeMaxMs, timestampMax: nowMs + settings.timestampAfterMaxMs }
    : {}
  try {
    const { maxTimestamp } = checkRecords(reader, batch, 0, header, { keyRequired: settings.isCompacted, ...times })
    if (isOwnTime && maxTimestamp !== header.maxTimestamp) stampMaxTimestamp(batch, 0, maxTimestamp)
  } finally {
    reader.close()
  }
}

/** The batch in the compression that the topic wants. */
const recompressed = (batch: Buffer, header: BatchHeader, settings: LogSettings): Buffer => {
  const { compressionType, compressionLevel: level } = settings
  if (compressionType === 'producer') return batch
  const codec = compressionType === 'uncompressed' ? codecs.none : codecs[compressionType]
  if (codec === header.codec) return batch
  const records = compress(codec, decompress(header.codec, batch.subarray(batchHeaderBytes)), { level })
  const bytes = Buffer.concat([batch.subarray(0, batchHeaderBytes), records])
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt16BE((header.attributes & ~7) | codec, 21)
  stampMaxTimestamp(bytes, 0, header.maxTimestamp)
  return bytes
}
