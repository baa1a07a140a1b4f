/** Against bytes that Apache Kafka's own classes wrote: every format and codec is read, and what can be compared byte for byte is. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkBatch } from './batch-check.ts'
import { codecs } from './compression.ts'
import type { CodecName } from './compression.ts'
import { decodeMarker, encodeMarker } from './control-batch.ts'
import { MessageReader } from './message-reader.ts'
import { downConvert } from './message-set.ts'
import { MessageWriter } from './message-writer.ts'
import { entrySize } from './record-batch.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import { encodeHeaders } from './record-headers.ts'
import { RecordReader } from './record-reader.ts'

interface Fixture {
  readonly magic: number
  readonly codec: CodecName
  readonly isAppendTime: boolean
  readonly bytes: Buffer
}

const rows = readFileSync(new URL('../../test/fixtures/kafka-records.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '))

const fixtures = rows
  .filter((row) => row.length === 4)
  .map(([magic, codec, time, hex]): Fixture => ({
    magic: Number(magic),
    codec: codec as CodecName,
    isAppendTime: time === 'LogAppendTime',
    bytes: Buffer.from(hex ?? '', 'hex'),
  }))
const fixture = (magic: number, codec: CodecName): Fixture =>
  fixtures.find((f) => f.magic === magic && f.codec === codec && !f.isAppendTime) as Fixture
const marker = Buffer.from(rows.find(([name]) => name === 'marker')?.[1] ?? '', 'hex')

const appendTimeMs = 1_700_000_009_999
const expected = [
  { offset: 100, timestampMs: 1_700_000_000_000, key: null, value: 'first line of the log' },
  { offset: 101, timestampMs: 1_700_000_000_500, key: 'key', value: 'second line of the log' },
  { offset: 102, timestampMs: 1_699_999_999_000, key: 'gone', value: null },
]

const bytesOf = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text))

type Reading = RecordReader | MessageReader
const taken = (reader: Reading): object[] => {
  const records: object[] = []
  while (reader.next()) {
    const { offset, timestampMs } = reader
    records.push({
      offset,
      timestampMs,
      key: reader.key()?.toString() ?? null,
      value: reader.value()?.toString() ?? null,
    })
  }
  return records
}

/** Every message of a set. */
const messages = (set: Buffer): object[] => {
  const reader = new MessageReader()
  const all: object[] = []
  for (let at = 0, size = entrySize(set, 0); size > 0; at += size, size = entrySize(set, at)) {
    reader.open(set, at, size)
    all.push(...taken(reader))
  }
  return all
}

describe.each(fixtures.filter((f) => f.magic === 2))('a batch of $codec, append time $isAppendTime', (f) => {
  it('is sound, and reads as it was written', () => {
    const header = checkBatch(f.bytes, 0, f.bytes.length)
    expect(header).toMatchObject({
      baseOffset: 100,
      lastOffset: 102,
      leaderEpoch: 5,
      codec: codecs[f.codec],
      isAppendTime: f.isAppendTime,
      isControl: false,
      isTransactional: false,
      baseTimestamp: 1_700_000_000_000,
      maxTimestamp: f.isAppendTime ? appendTimeMs : 1_700_000_000_500,
      producerId: 4_000_000_000,
      producerEpoch: 3,
      baseSequence: 17,
      count: 3,
    })
    const reader = new RecordReader()
    reader.open(f.bytes)
    expect(taken(reader)).toEqual(expected.map((r) => (f.isAppendTime ? { ...r, timestampMs: appendTimeMs } : r)))
  })
})

it('reads the headers of a record', () => {
  const reader = new RecordReader()
  reader.open(fixture(2, 'zstd').bytes)
  const perRecord: object[] = []
  while (reader.next()) perRecord.push(reader.headers())
  const host = { name: 'host', value: Buffer.from('a.example') }
  expect(perRecord).toEqual([[], [host, { name: 'none', value: null }], []])
})

it('writes the same batch byte for byte', () => {
  const writer = new RecordBatchWriter({ bytesMax: 1000 })
  const headers = encodeHeaders({ host: 'a.example', none: null })
  for (const [i, { timestampMs, key, value }] of expected.entries())
    writer.add(timestampMs, bytesOf(key), bytesOf(value), i === 1 ? headers : null)
  const place = { baseOffset: 100, leaderEpoch: 5, producerId: 4_000_000_000, producerEpoch: 3, baseSequence: 17 }
  expect(writer.finish(place)).toEqual(fixture(2, 'none').bytes)
})

it('writes and reads the same transaction marker', () => {
  const said = {
    outcome: 'commit',
    producerId: 4_000_000_000,
    producerEpoch: 3,
    coordinatorEpoch: 9,
    timestampMs: 1_700_000_000_000,
  } as const
  expect(decodeMarker(marker)).toEqual(said)
  const ours = encodeMarker(said)
  ours.writeBigInt64BE(200n, 0)
  ours.writeInt32BE(5, 12)
  expect(ours).toEqual(marker)
})

describe.each(fixtures.filter((f) => f.magic < 2))(
  'messages of magic $magic in $codec, append time $isAppendTime',
  (f) => {
    it('read as they were written', () => {
      const time = (timestampMs: number): number => (f.magic === 0 ? -1 : f.isAppendTime ? appendTimeMs : timestampMs)
      expect(messages(f.bytes)).toEqual(expected.map((r) => ({ ...r, timestampMs: time(r.timestampMs) })))
    })
  },
)

describe.each([0, 1] as const)('for a consumer of magic %i', (magic) => {
  it('an uncompressed batch becomes the messages that Kafka would write', () => {
    expect(downConvert(fixture(2, 'none').bytes, magic, 0).messages).toEqual(fixture(magic, 'none').bytes)
  })

  it.each(['gzip', 'snappy', 'lz4'] as const)('a batch of %s becomes one wrapper with the same records', (codec) => {
    const set = downConvert(fixture(2, codec).bytes, magic, 0).messages
    expect(entrySize(set, 0)).toBe(set.length)
    expect(messages(set)).toEqual(messages(fixture(magic, codec).bytes))
  })
})

it('writes a broken lz4 checksum into magic 0, as its consumers expect, and only there', () => {
  const checksumAt = fixture(0, 'lz4').bytes.indexOf('04224d18', 0, 'hex') + 6
  expect(downConvert(fixture(2, 'lz4').bytes, 0, 0).messages[checksumAt]).toBe(fixture(0, 'lz4').bytes[checksumAt])
  expect(downConvert(fixture(2, 'lz4').bytes, 1, 0).messages[checksumAt + 8]).toBe(0x82)
})

it('writes plain messages byte for byte', () => {
  const writer = new MessageWriter(1)
  for (const { offset, timestampMs, key, value } of expected)
    writer.add(offset, timestampMs, bytesOf(key), bytesOf(value))
  expect(writer.finish()).toEqual(fixture(1, 'none').bytes)
})
