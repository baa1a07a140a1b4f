/** Transaction markers: batches of one record that the broker writes into partitions to say how a producer's transaction ended. Clients skip them. */
import { KafkaFault } from './error-codes.ts'
import { readBatchHeader } from './record-batch.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import { RecordReader } from './record-reader.ts'

export interface Marker {
  readonly outcome: 'abort' | 'commit'
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly timestampMs: number
}

const types = { abort: 0, commit: 1 } as const
const markerBytesMax = 256

/** The batch of a marker, at offset 0. */
export const encodeMarker = (marker: Marker): Buffer => {
  const key = Buffer.alloc(4)
  key.writeInt16BE(types[marker.outcome], 2)
  const value = Buffer.alloc(6)
  value.writeInt32BE(marker.coordinatorEpoch, 2)
  const writer = new RecordBatchWriter({ bytesMax: markerBytesMax, bytesAtFirst: markerBytesMax })
  writer.add(marker.timestampMs, key, value, null)
  const { producerId, producerEpoch } = marker
  return writer.finish({ isControl: true, isTransactional: true, producerId, producerEpoch })
}

/** What the control batch at `at` says, or undefined when it is no transaction marker. Throws INVALID_RECORD or CORRUPT_MESSAGE. */
export const decodeMarker = (batch: Buffer, at = 0): Marker | undefined => {
  const header = readBatchHeader(batch, at)
  const reader = new RecordReader()
  reader.open(batch, at, header)
  if (!header.isControl || !reader.next()) return undefined
  const key = reader.key()
  const value = reader.value()
  if (key === null || key.length < 4) throw new KafkaFault('INVALID_RECORD', 'A control record without a type')
  const type = key.readInt16BE(2)
  if (type !== types.abort && type !== types.commit) return undefined
  if (value === null || value.length < 6) throw new KafkaFault('INVALID_RECORD', 'A marker without a coordinator epoch')
  return {
    outcome: type === types.commit ? 'commit' : 'abort',
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    coordinatorEpoch: value.readInt32BE(2),
    timestampMs: reader.timestampMs,
  }
}
