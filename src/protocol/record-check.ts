/** The records of a batch that a client sent, one by one: what the batch's header cannot tell. */
import { KafkaFault } from './error-codes.ts'
import type { ErrorName } from './error-codes.ts'
import type { BatchHeader } from './record-batch.ts'
import { checkHeaders } from './record-headers.ts'
import type { RecordReader } from './record-reader.ts'
import { invalidRecord } from './varint-reader.ts'

/** Most records of one batch that are complained of one by one. */
const recordErrorsMax = 1000

export interface RecordError {
  readonly batchIndex: number
  readonly message: string
}

/** A batch refused for some of its records; Produce 8 and later tells the client which. */
export class InvalidRecords extends KafkaFault {
  readonly recordErrors: readonly RecordError[]

  constructor(error: ErrorName, detail: string, recordErrors: readonly RecordError[]) {
    super(error, detail)
    this.recordErrors = recordErrors
  }
}

export interface RecordRules {
  /** The topic is compacted, so a record without a key would mean nothing. */
  readonly keyRequired?: boolean
  /** The range that the records' own timestamps must lie in; -1 (no timestamp) always may. */
  readonly timestampMin?: number
  readonly timestampMax?: number
}

export interface CheckedRecords {
  /** The true largest timestamp, whatever the header says. */
  readonly maxTimestamp: number
}

/**
 * Reads every record of the batch at `at` with `reader`: they must parse to the count in the header and be numbered from 0 on.
 * Throws CORRUPT_MESSAGE when the batch cannot be decompressed, INVALID_RECORD when the records are not well formed, and InvalidRecords
 * (INVALID_RECORD or INVALID_TIMESTAMP) when some break the rules.
 */
export const checkRecords = (
  reader: RecordReader,
  batch: Buffer,
  at: number,
  header: BatchHeader,
  rules: RecordRules = {},
): CheckedRecords => {
  const keyless: RecordError[] = []
  const untimely: RecordError[] = []
  const { keyRequired = false, timestampMin = -Infinity, timestampMax = Infinity } = rules
  let maxTimestamp = -1
  reader.open(batch, at, header)
  for (let index = 0; reader.next(); index++) {
    if (reader.offset !== header.baseOffset + index) throw invalidRecord(`Record ${index} has another place`)
    if (!reader.hasNoHeaders() || reader.headersEnd - reader.headersStart > 1)
      checkHeaders(reader.buffer, reader.headersStart, reader.headersEnd)
    const time = reader.timestampMs
    if (time > maxTimestamp) maxTimestamp = time
    if (keyRequired && reader.keyStart < 0) add(keyless, index, 'Compacted topic cannot accept message without key')
    if ((time < timestampMin && time !== -1) || time > timestampMax)
      add(untimely, index, `Timestamp ${time} of message with offset ${index} is out of range. The timestamp should be within [${timestampMin}, ${timestampMax}]`) // prettier-ignore
  }
  if (untimely.length > 0) throw new InvalidRecords('INVALID_TIMESTAMP', 'One or more records have been rejected due to invalid timestamp', untimely) // prettier-ignore
  if (keyless.length > 0)
    throw new InvalidRecords('INVALID_RECORD', 'Records without a key for a compacted topic', keyless)
  return { maxTimestamp }
}

const add = (errors: RecordError[], batchIndex: number, message: string): void => {
  if (errors.length < recordErrorsMax) errors.push({ batchIndex, message })
}
