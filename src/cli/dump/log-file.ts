/** Lines of a `.log` file: one for each batch, and one for each record where they are asked for. Both are Kafka 4's own. */
import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { computeCrc, readBatchHeader, type BatchHeader } from '../../protocol/record-batch.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import { baseOffsetOf, magicOf } from '../../protocol/record-batch.ts'
import type { Progress } from '../progress.ts'
import type { Decoder } from './decoders.ts'
import { EntryReader } from './entries.ts'
import type { Findings } from './findings.ts'

const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const types = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
]

export interface LogDump {
  readonly print: (line: string) => void
  readonly findings: Findings
  readonly isDeep: boolean
  /** Undefined where keys and values are not to be printed. */
  readonly decoder: Decoder | undefined
  readonly skipsMetadata: boolean
  readonly bytesMax: number
  readonly progress: Progress
}

const optional = (value: number | undefined): string =>
  value === undefined ? 'OptionalLong.empty' : `OptionalLong[${value}]`

/** Prints the whole file. Throws KafkaFaults for records that cannot be read, and system errors. */
export const dumpLog = (path: string, dump: LogDump): void => {
  dump.print(`Log starting offset: ${Number(basename(path).slice(0, 20))}`)
  using entries = new EntryReader(path, 0, dump.bytesMax)
  const bytesAsked = Math.min(entries.size, dump.bytesMax)
  let last = -1
  for (let entry = entries.next(); entry !== undefined; entry = entries.next()) {
    const { bytes, position } = entry
    dump.progress.at(path, position, bytesAsked)
    const isOld = magicOf(bytes, 0) < 2
    dump.print(isOld ? messageLine(bytes, position) : batchLine(bytes, position))
    if (dump.isDeep && !isOld) last = dumpRecords(path, bytes, last, dump)
  }
  const left = entries.size - entries.position
  if (left > 0 && dump.bytesMax >= entries.size)
    dump.print(`Found ${left} invalid bytes at the end of ${basename(path)}`)
}

const lastSequenceOf = ({ baseSequence, lastOffsetDelta }: BatchHeader): number =>
  baseSequence < 0 ? -1 : (baseSequence + lastOffsetDelta) % 2 ** 31

const timeNameOf = ({ isAppendTime }: BatchHeader): string => (isAppendTime ? 'LogAppendTime' : 'CreateTime')

const batchLine = (bytes: Buffer, position: number): string => {
  const h = readBatchHeader(bytes)
  const horizon = optional(h.hasDeleteHorizon ? h.baseTimestamp : undefined)
  return (
    `baseOffset: ${h.baseOffset} lastOffset: ${h.lastOffset} count: ${h.count} baseSequence: ${h.baseSequence} lastSequence: ${lastSequenceOf(h)} ` +
    `producerId: ${h.producerId} producerEpoch: ${h.producerEpoch} partitionLeaderEpoch: ${h.leaderEpoch} isTransactional: ${h.isTransactional} ` +
    `isControl: ${h.isControl} deleteHorizonMs: ${horizon} position: ${position} ${timeNameOf(h)}: ${h.maxTimestamp} size: ${bytes.length} ` +
    `magic: 2 compresscodec: ${codecNames[h.codec] ?? h.codec} crc: ${h.crc} isvalid: ${computeCrc(bytes, 0, bytes.length) === h.crc}`
  )
}

/** A message of the formats before 0.11. */
const messageLine = (bytes: Buffer, position: number): string => {
  const magic = magicOf(bytes, 0)
  const attributes = bytes.readInt8(17)
  const crc = bytes.readUInt32BE(12)
  const time =
    magic === 1
      ? `${(attributes & 8) === 0 ? 'CreateTime' : 'LogAppendTime'}: ${bytes.readBigInt64BE(18)}`
      : 'NoTimestampType: -1'
  return (
    `offset: ${baseOffsetOf(bytes, 0)} position: ${position} ${time} size: ${bytes.length} magic: ${magic} ` +
    `compresscodec: ${codecNames[attributes & 7] ?? attributes & 7} crc: ${crc} isvalid: ${crc32(bytes.subarray(16)) === crc}`
  )
}

/** Gives the offset of the last record. */
const dumpRecords = (path: string, bytes: Buffer, before: number, dump: LogDump): number => {
  const header = readBatchHeader(bytes)
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  let last = before
  while (reader.next()) {
    if (last >= 0 && reader.offset !== last + 1) dump.findings.add('gap', path, last, reader.offset)
    last = reader.offset
    if (!(dump.skipsMetadata && header.isControl)) dump.print(recordLine(reader, header, dump))
  }
  return last
}

const recordLine = (reader: RecordReader, header: BatchHeader, { skipsMetadata, decoder }: LogDump): string => {
  let line = '| '
  if (!skipsMetadata) line += metadataOf(reader, header)
  if (decoder === undefined || header.isControl) return line
  const { key, payload } = decoder(reader.key(), reader.value())
  if (key !== undefined) line += `${skipsMetadata ? '' : ' '}key: ${key}`
  return payload === undefined ? line : `${line} payload: ${payload}`
}

const metadataOf = (reader: RecordReader, header: BatchHeader): string => {
  const keySize = reader.keyStart < 0 ? -1 : reader.keyEnd - reader.keyStart
  const valueSize = reader.valueStart < 0 ? -1 : reader.valueEnd - reader.valueStart
  const sequence = header.baseSequence < 0 ? -1 : (header.baseSequence + reader.offset - header.baseOffset) % 2 ** 31
  const names = reader.hasNoHeaders() ? [] : reader.headers().map(({ name }) => name)
  const marker = header.isControl ? ` ${markerOf(reader)}` : ''
  return (
    `offset: ${reader.offset} ${timeNameOf(header)}: ${reader.timestampMs} keySize: ${keySize} valueSize: ${valueSize} ` +
    `sequence: ${sequence} headerKeys: [${names.join(',')}]${marker}`
  )
}

const markerOf = (reader: RecordReader): string => {
  const [key, value] = [reader.key(), reader.value()]
  if (key === null || key.length < 4) throw new KafkaFault('INVALID_RECORD', 'A control record without a type')
  const type = key.readInt16BE(2)
  const name = types[type] ?? 'UNKNOWN'
  if (type <= 1 && value !== null && value.length >= 6)
    return `endTxnMarker: ${name} coordinatorEpoch: ${value.readInt32BE(2)}`
  return `controlType: ${name}(${type})`
}
