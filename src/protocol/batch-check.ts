/** What a batch must satisfy: `checkBatch` whoever wrote it and wherever it was read, `checkProduced` when a client sends it to be stored. */
import { codecs } from './compression.ts'
import { KafkaFault } from './error-codes.ts'
import { batchHeaderBytes, computeCrc, readBatchHeader } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'

const zstdSince = 7

const corrupt = (problem: string): KafkaFault => new KafkaFault('CORRUPT_MESSAGE', problem)
const invalid = (problem: string): KafkaFault => new KafkaFault('INVALID_RECORD', problem)

/** Checks that the `length` bytes at `at` are one whole batch of magic 2 and undamaged, and gives its header. Throws CORRUPT_MESSAGE. */
export const checkBatch = (buffer: Buffer, at: number, length: number): BatchHeader => {
  if (length < batchHeaderBytes || length > buffer.length - at) throw corrupt(`${length} bytes are no batch`)
  const header = readBatchHeader(buffer, at)
  if (header.magic !== 2) throw corrupt(`A batch of magic ${header.magic} where 2 is due`)
  if (header.sizeInBytes !== length) throw corrupt(`A batch that says ${header.sizeInBytes} bytes in ${length}`)
  const crc = computeCrc(buffer, at, length)
  if (crc !== header.crc) throw corrupt(`The batch says checksum ${header.crc}, its bytes give ${crc}`)
  if (header.count < 0 || header.lastOffsetDelta < 0 || header.count > header.lastOffsetDelta + 1)
    throw corrupt(`A batch of ${header.count} records over ${header.lastOffsetDelta + 1} offsets`)
  if (header.codec > codecs.zstd) throw corrupt(`A batch of the unknown compression ${header.codec}`)
  return header
}

/**
 * Checks what a client may send to be stored, of a header that came from checkBatch; `version` is that of the Produce request.
 * The records themselves are checked by checkRecords. Throws INVALID_RECORD or UNSUPPORTED_COMPRESSION_TYPE.
 */
export const checkProduced = (header: BatchHeader, version: number): void => {
  if (header.codec === codecs.zstd && version < zstdSince)
    throw new KafkaFault('UNSUPPORTED_COMPRESSION_TYPE', `zstd needs Produce ${zstdSince} or later`)
  if (header.baseOffset !== 0) throw invalid(`A batch from a client begins at offset 0, not ${header.baseOffset}`)
  if (header.isControl) throw invalid('Clients may not write control batches')
  if (header.count < 1 || header.lastOffsetDelta + 1 !== header.count)
    throw invalid(`A batch of ${header.count} records over ${header.lastOffsetDelta + 1} offsets`)
  if (header.producerId >= 0 && header.baseSequence < 0)
    throw invalid(`Producer ${header.producerId} sent no sequence number`)
  if (header.isTransactional && header.producerId < 0) throw invalid('A transactional batch without a producer id')
}
