/** What components need of records themselves: components may use the client, and not the protocol behind it. */
export { encodeHeaders, type RecordHeader } from '../protocol/record-headers.ts'
export { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
export type { RecordReader } from '../protocol/record-reader.ts'
