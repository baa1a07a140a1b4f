/**
 * Producer state on disk, in Kafka's form: `version i16 = 1, crc u32 (CRC-32C of what follows), count i32`, then 46 bytes for each producer. Only
 * the last batch of a producer survives in a snapshot. The file's name is the offset up to which it is true.
 */
import { crc32c } from '../../base/checksums.ts'
import { readI64, writeI64 } from '../../base/bytes.ts'
import { ProducerState, type Producer } from './producer-state.ts'

const version = 1
const crcAt = 2
const countAt = 6
const headerBytes = 10
const producerBytes = 46

export const encodeSnapshot = (state: ProducerState): Buffer => {
  const bytes = Buffer.allocUnsafe(headerBytes + state.size * producerBytes)
  bytes.writeInt16BE(version, 0)
  bytes.writeInt32BE(state.size, countAt)
  let at = headerBytes
  for (const producer of state.all()) {
    putProducer(bytes, at, producer)
    at += producerBytes
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(countAt)), crcAt)
  return bytes
}

const putProducer = (bytes: Buffer, at: number, producer: Producer): void => {
  const last = producer.batches.at(-1)
  writeI64(bytes, at, producer.id)
  bytes.writeInt16BE(producer.epoch, at + 8)
  bytes.writeInt32BE(last?.lastSequence ?? -1, at + 10)
  writeI64(bytes, at + 14, last?.lastOffset ?? -1)
  bytes.writeInt32BE(last === undefined ? 0 : last.lastOffset - last.firstOffset, at + 22)
  writeI64(bytes, at + 26, producer.lastTimestampMs)
  bytes.writeInt32BE(producer.coordinatorEpoch, at + 34)
  writeI64(bytes, at + 38, producer.transactionOffset)
}

/** The state that the bytes hold, or undefined when they are no whole snapshot. */
export const decodeSnapshot = (bytes: Buffer): ProducerState | undefined => {
  if (bytes.length < headerBytes || bytes.readInt16BE(0) !== version) return undefined
  const count = bytes.readInt32BE(countAt)
  if (count < 0 || bytes.length !== headerBytes + count * producerBytes) return undefined
  if (crc32c(bytes.subarray(countAt)) !== bytes.readUInt32BE(crcAt)) return undefined
  const state = new ProducerState()
  const producers: Producer[] = []
  for (let at = headerBytes; at < bytes.length; at += producerBytes) producers.push(producerAt(bytes, at))
  state.restore(producers)
  return state
}

const producerAt = (bytes: Buffer, at: number): Producer => {
  const lastSequence = bytes.readInt32BE(at + 10)
  const lastOffset = readI64(bytes, at + 14)
  const delta = bytes.readInt32BE(at + 22)
  const timestampMs = readI64(bytes, at + 26)
  const firstSequence = lastSequence >= delta ? lastSequence - delta : lastSequence - delta + 2 ** 31
  const last = { firstSequence, lastSequence, firstOffset: lastOffset - delta, lastOffset, timestampMs }
  return {
    id: readI64(bytes, at),
    epoch: bytes.readInt16BE(at + 8),
    batches: lastSequence < 0 ? [] : [last],
    transactionOffset: readI64(bytes, at + 38),
    coordinatorEpoch: bytes.readInt32BE(at + 34),
    lastTimestampMs: timestampMs,
  }
}
