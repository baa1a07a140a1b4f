/** Record formats against hostile bytes: a reader gives records or a KafkaFault, and never runs on, loops or reads beyond its batch. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkBatch } from './batch-check.ts'
import { codecs } from './compression.ts'
import { decodeMarker } from './control-batch.ts'
import { KafkaFault } from './error-codes.ts'
import { MessageReader } from './message-reader.ts'
import { downConvert, upConvert } from './message-set.ts'
import { computeCrc, entrySize, readBatchHeader } from './record-batch.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import { checkRecords } from './record-check.ts'
import { encodeHeaders } from './record-headers.ts'
import { RecordReader } from './record-reader.ts'

const bytes = fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b))
const headers = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.oneof(bytes, fc.constant(null)), {
  maxKeys: 3,
  noNullPrototype: true,
})
const record = fc.record({
  // Halved, so that the difference of two is still exact.
  timestampMs: fc.oneof(
    fc.nat(2 ** 42),
    fc.maxSafeInteger().map((time) => Math.floor(time / 2)),
  ),
  key: fc.oneof(bytes, fc.constant(null)),
  value: fc.oneof(bytes, fc.constant(null)),
  headers: fc.oneof(headers, fc.constant(null)),
})
const codec = fc.constantFrom(...Object.values(codecs))

type Written = typeof record extends fc.Arbitrary<infer T> ? T : never

const batchOf = (records: readonly Written[], codecNumber: number, baseOffset: number): Buffer => {
  const writer = new RecordBatchWriter({ bytesMax: 1 << 20, bytesAtFirst: 100 })
  for (const { timestampMs, key, value, headers } of records)
    writer.add(timestampMs, key, value, headers === null ? null : encodeHeaders(headers))
  return writer.finish({ codec: codecNumber, baseOffset })
}

const refusesOnlyWithAFault = (run: () => unknown): void => {
  try {
    run()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(KafkaFault)
  }
}

const readAll = (batch: Buffer): number => {
  const reader = new RecordReader()
  reader.open(batch, 0, readBatchHeader(batch), 100_000)
  let records = 0
  for (; reader.next(); records++) {
    expect(reader.headersEnd).toBeLessThanOrEqual(reader.buffer.length)
    expect(reader.valueEnd).toBeLessThanOrEqual(reader.headersStart)
    reader.headers()
  }
  return records
}

const readMessages = (set: Buffer): void => {
  const reader = new MessageReader()
  for (let at = 0, size = entrySize(set, 0); size > 0; at += size, size = entrySize(set, at)) {
    reader.open(set, at, size, 100_000)
    while (reader.next()) expect(reader.valueEnd).toBeLessThanOrEqual(reader.buffer.length)
  }
}

/** Overwrites some bytes and puts the checksum right again, so that the damage is not simply caught by it. */
const damage = (batch: Buffer, edits: readonly (readonly [number, number])[]): Buffer => {
  const damaged = Buffer.from(batch)
  for (const [at, byte] of edits) damaged[at % damaged.length] = byte
  damaged.writeUInt32BE(computeCrc(damaged, 0, damaged.length), 17)
  return damaged
}
const edits = fc.array(fc.tuple(fc.nat(2000), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))), {
  minLength: 1,
  maxLength: 5,
})

describe('record batches', () => {
  it('come back as they were written, in every codec', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 20 }),
        codec,
        fc.nat(2 ** 31 - 1),
        (records, number, base) => {
          const batch = batchOf(records, number, base)
          const reader = new RecordReader()
          reader.open(batch, 0, checkBatch(batch, 0, batch.length))
          for (const [i, { timestampMs, key, value, headers }] of records.entries()) {
            expect(reader.next()).toBe(true)
            expect(reader.offset).toBe(base + i)
            expect(reader.timestampMs).toBe(timestampMs)
            expect([reader.key(), reader.value()]).toEqual([key, value])
            const read = reader.headers().map((header) => [header.name, header.value])
            expect(read).toEqual(Object.entries(headers ?? {}))
          }
          expect(reader.next()).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are refused with a fault when damaged, wherever they are read', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), codec, edits, (records, number, changes) => {
        const batch = damage(batchOf(records, number, 0), changes)
        refusesOnlyWithAFault(() => checkBatch(batch, 0, batch.length))
        refusesOnlyWithAFault(() => readAll(batch))
        refusesOnlyWithAFault(() => checkRecords(new RecordReader(), batch, 0, readBatchHeader(batch)))
        refusesOnlyWithAFault(() => decodeMarker(batch))
        refusesOnlyWithAFault(() => downConvert(batch, 1, 0).messages)
      }),
      { numRuns: 500 },
    )
  })

  it('are refused with a fault when they are random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        const buffer = Buffer.from(random)
        refusesOnlyWithAFault(() => checkBatch(buffer, 0, buffer.length))
        refusesOnlyWithAFault(() => readAll(buffer))
        refusesOnlyWithAFault(() => downConvert(buffer, 0, 0).messages)
        refusesOnlyWithAFault(() => upConvert(buffer))
        refusesOnlyWithAFault(() => readMessages(buffer))
      }),
      { numRuns: 500 },
    )
  })
})

describe('message sets', () => {
  it('come back the same after both conversions', () => {
    const oldCodec = fc.constantFrom(codecs.none, codecs.gzip, codecs.snappy, codecs.lz4)
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), oldCodec, (records, number) => {
        const batch = batchOf(
          records.map((r) => ({ ...r, headers: null })),
          number,
          0,
        )
        expect(upConvert(downConvert(batch, 1, 0).messages).equals(batch)).toBe(true)
      }),
    )
  })

  it('are refused with a fault when damaged', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 1, 2, 3),
        edits,
        (records, number, changes) => {
          const set = Buffer.from(downConvert(batchOf(records, number, 0), 1, 0).messages)
          for (const [at, byte] of changes) set[at % set.length] = byte
          refusesOnlyWithAFault(() => readMessages(set))
          refusesOnlyWithAFault(() => upConvert(set))
          refusesOnlyWithAFault(() => downConvert(set, 0, 0).messages)
        },
      ),
      { numRuns: 300 },
    )
  })
})
