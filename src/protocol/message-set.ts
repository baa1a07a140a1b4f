/**
 * From the formats of Kafka 0.8 to 0.10 to record batches and back: what old producers send is stored as batches, and what old consumers fetch is
 * made from batches. Offsets stay what they are; headers and control batches have no place in the old formats and are left out.
 */
import { codecs, decompressedBytesMax } from './compression.ts'
import { KafkaFault } from './error-codes.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { entrySize, magicAt, readBatchHeader } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import { RecordReader } from './record-reader.ts'

const invalid = (problem: string): KafkaFault => new KafkaFault('INVALID_RECORD', problem)
/** Bytes of records that one call of downConvert turns into old messages, unless its caller says less; the first batch always, whatever it comes to. */
const convertedBytesMax = 64 * 1024 * 1024
/** A message of the old formats costs at least as much as the same record, so this is never reached before the limit on what is read. */
const batchBytesMax = decompressedBytesMax + 1024

/** Adds the messages of the entry that `reader` has opened. */
const addAll = (writer: RecordBatchWriter, reader: MessageReader): void => {
  while (reader.next())
    if (!writer.add(reader.timestampMs, reader.key(), reader.value(), null))
      throw new KafkaFault('MESSAGE_TOO_LARGE', `The messages come to more than ${batchBytesMax} bytes`)
}

/**
 * What an old producer sent (Produce 0 to 2), as a record batch of magic 2: the messages in order, at offsets from 0 on, with the same codec.
 * Timestamps are -1 where magic 0 has none. Throws CORRUPT_MESSAGE, INVALID_RECORD (mixed formats, more than one wrapper, nested ones,
 * no message at all), INVALID_TIMESTAMP (the producer claims a broker's timestamp) or UNSUPPORTED_COMPRESSION_TYPE.
 */
export const upConvert = (set: Buffer): Buffer => {
  const reader = new MessageReader()
  const writer = new RecordBatchWriter({ bytesMax: batchBytesMax, bytesAtFirst: set.length })
  let magic: number | undefined
  let entries = 0
  let codec = 0
  for (let at = 0; at < set.length; entries++) {
    const size = entrySize(set, at)
    if (size === 0) throw new KafkaFault('CORRUPT_MESSAGE', `A message cut off at byte ${at} of ${set.length}`)
    reader.open(set, at, size)
    if (entries > 0 && (reader.codec !== 0 || codec !== 0))
      throw invalid('A compressed message is not alone in its set')
    if (magic !== undefined && magic !== reader.magic) throw invalid('Messages of different formats in one set')
    if (reader.isAppendTime)
      throw new KafkaFault('INVALID_TIMESTAMP', 'The producer marked a message as stamped by the broker')
    magic = reader.magic
    codec = reader.codec
    addAll(writer, reader)
    at += size
  }
  if (entries === 0) throw invalid('A set without messages')
  return writer.finish({ codec })
}

/** Makes old messages of one batch, and gives the bytes its records have unpacked. A compressed batch becomes one wrapper, and keeps the records before `fromOffset`; the client skips them. */
const convertBatch = (
  batch: Buffer,
  at: number,
  header: BatchHeader,
  into: MessageWriter,
  fromOffset: number,
): number => {
  if (header.codec === codecs.zstd)
    throw new KafkaFault('UNSUPPORTED_COMPRESSION_TYPE', 'zstd cannot be sent to a consumer of the old formats')
  const wrapped = header.codec !== codecs.none
  const target = wrapped ? new MessageWriter(into.magic) : into
  const attributes = header.isAppendTime && into.magic === 1 ? MessageWriter.appendTimeAttribute : 0
  // Inside a wrapper of magic 1 the offsets count from its first record.
  const base = wrapped && into.magic === 1 ? header.baseOffset : 0
  const reader = new RecordReader()
  let last = -1
  for (reader.open(batch, at, header); reader.next(); last = reader.offset)
    if (wrapped || reader.offset >= fromOffset)
      target.add(reader.offset - base, reader.timestampMs, reader.key(), reader.value(), attributes)
  if (wrapped && last >= 0) into.addWrapper(header.codec, last, header.maxTimestamp, target, header.isAppendTime)
  return wrapped ? reader.buffer.length : header.sizeInBytes
}

/** Passes on an entry that is an old message already, or turns one of magic 1 into magic 0. */
const convertMessage = (set: Buffer, at: number, size: number, into: MessageWriter): number => {
  if ((set[at + magicAt] as number) <= into.magic) {
    into.addEntry(set.subarray(at, at + size))
    return size
  }
  const reader = new MessageReader()
  reader.open(set, at, size)
  const { codec } = reader
  const target = codec === 0 ? into : new MessageWriter(into.magic)
  while (reader.next()) target.add(reader.offset, -1, reader.key(), reader.value())
  if (codec !== 0) into.addWrapper(codec, reader.offset, -1, target, false)
  return codec === 0 ? size : target.sizeInBytes
}

const convertEntry = (records: Buffer, at: number, size: number, into: MessageWriter, fromOffset: number): number => {
  if ((records[at + magicAt] as number) < 2) return convertMessage(records, at, size, into)
  const header = readBatchHeader(records, at)
  return header.isControl ? 0 : convertBatch(records, at, header, into, fromOffset)
}

export interface Converted {
  readonly messages: Buffer
  /** What the records came to before they were compressed again: the work that was done. */
  readonly unpackedBytes: number
}

/**
 * Stored entries as messages of magic 0 or 1, for a consumer that asked from `fromOffset` on. A part of an entry at the end is left out, and so are
 * entries beyond `unpackedBytesMax` once there is something to give. The result is empty when there were control batches only: the caller then
 * reads on, or the consumer would ask for the same offset forever. Throws UNSUPPORTED_COMPRESSION_TYPE for zstd, and what RecordReader
 * and MessageReader throw.
 */
export const downConvert = (
  records: Buffer,
  magic: 0 | 1,
  fromOffset: number,
  unpackedBytesMax = convertedBytesMax,
): Converted => {
  const writer = new MessageWriter(magic)
  let unpackedBytes = 0
  for (let at = 0, size = entrySize(records, 0); size > 0; at += size, size = entrySize(records, at)) {
    if (unpackedBytes >= unpackedBytesMax && writer.sizeInBytes > 0) break
    unpackedBytes += convertEntry(records, at, size, writer, fromOffset)
  }
  return { messages: writer.finish(), unpackedBytes }
}
