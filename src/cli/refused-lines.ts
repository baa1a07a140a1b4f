/**
 * What becomes of the console producer's batches that were not stored. A batch is large and its lines have nothing to do with one another, so that the
 * broker's objection to some of them must not cost the others: batches that are too large are halved, named records are left out, and what only stood
 * behind a refused batch is sent again. What remains is said, and lost, as with Kafka's tool.
 */
import { Fault } from '../base/faults.ts'
import type { Outcome } from '../client/outcome.ts'
import { BrokerError } from '../client/errors.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { RecordReader } from '../protocol/record-reader.ts'

/** A batch that can still be read after the producer has let it go: `bytes` stay as they are until it is mended. */
export interface KeptBatch {
  readonly partition: number
  readonly records: RecordBatchWriter
  /** The batch as it stands in `records`, uncompressed. */
  readonly bytes: Buffer
  readonly count: number
}

export interface RefusedBatch extends KeptBatch {
  readonly outcome: Outcome
}

export interface MendingHost {
  /** Sends one batch and tells what became of it. */
  send(batch: KeptBatch): Promise<Outcome>
  /** `count` records are lost, the first of them with these sizes; null for a null key or value. */
  lost(count: number, first: { readonly key: number | null; readonly value: number | null }, error: unknown): void
}

const sizeCodes: ReadonlySet<number> = new Set([errorCodes.MESSAGE_TOO_LARGE, errorCodes.RECORD_LIST_TOO_LARGE])
const recordCodes: ReadonlySet<number> = new Set([errorCodes.INVALID_RECORD, errorCodes.INVALID_TIMESTAMP])

/** Whether the broker found the batch too large. */
export const isTooLarge = ({ error }: Outcome): boolean =>
  error instanceof BrokerError && sizeCodes.has(error.errorCode)

/** The producer fails what stood behind a refused batch, so that nothing overtakes it; nobody has judged it. */
const isBehind = ({ error }: Outcome): boolean => error instanceof Fault && error.code === 'BEHIND_REFUSED'

/** The batch keeps its bytes from here on, whatever the producer does with its writer, until that is filled again. */
export const kept = (partition: number, records: RecordBatchWriter): KeptBatch => ({
  partition,
  records,
  bytes: records.finish(),
  count: records.count,
})

/** The records that `wanted` picks by index, as a batch of their own: the producer has emptied the one they were in. */
const part = ({ partition, bytes }: KeptBatch, wanted: (index: number) => boolean): KeptBatch => {
  const reader = new RecordReader()
  const records = new RecordBatchWriter({ bytesMax: bytes.length })
  reader.open(bytes)
  for (let i = 0; reader.next(); i++) {
    if (!wanted(i)) continue
    const headers = reader.hasNoHeaders() ? null : reader.buffer.subarray(reader.headersStart, reader.headersEnd)
    records.add(reader.timestampMs, reader.key(), reader.value(), headers)
  }
  return kept(partition, records)
}

const halves = (batch: KeptBatch): KeptBatch[] => {
  const middle = Math.ceil(batch.count / 2)
  return [part(batch, (index) => index < middle), part(batch, (index) => index >= middle)]
}

const lose = (host: MendingHost, batch: KeptBatch, index: number, count: number, error: unknown): void => {
  const reader = new RecordReader()
  reader.open(batch.bytes)
  for (let i = 0; i <= index; i++) reader.next()
  host.lost(count, { key: reader.key()?.length ?? null, value: reader.value()?.length ?? null }, error)
}

/** What of a refused batch is worth another try; the rest is lost. */
const judged = (batch: KeptBatch, { error, badRecords = [] }: Outcome, host: MendingHost): KeptBatch[] => {
  const code = error instanceof BrokerError ? error.errorCode : errorCodes.NONE
  const isAboutRecords = recordCodes.has(code)
  if (batch.count > 1 && (sizeCodes.has(code) || (isAboutRecords && badRecords.length === 0))) return halves(batch)
  const bad = new Map(badRecords.map(({ index, says }) => [index, says]))
  if (!isAboutRecords || bad.size === 0 || bad.size >= batch.count) {
    lose(host, batch, 0, batch.count, error)
    return []
  }
  for (const [index, says] of bad)
    lose(host, batch, index, 1, new BrokerError(`Partition ${batch.partition}`, code, says ?? error?.message))
  return [part(batch, (index) => !bad.has(index))]
}

/** Stores of these batches what can be stored, in their order. Nothing else may be on its way meanwhile. Never rejects for a broker's trouble. */
export const mend = async (refused: readonly RefusedBatch[], host: MendingHost): Promise<void> => {
  const waiting: (KeptBatch & { readonly outcome?: Outcome })[] = refused.map((batch) =>
    isBehind(batch.outcome) ? part(batch, () => true) : batch,
  )
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const outcome = batch.outcome ?? (await host.send(batch))
    if (outcome.error !== undefined) waiting.unshift(...judged(batch, outcome, host))
  }
}
