import { describe, expect, it } from 'vitest'
import { checkBatch, checkProduced } from './batch-check.ts'
import { codecs } from './compression.ts'
import { errorCodes } from './error-codes.ts'
import * as batches from './record-batch.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import type { FinishOptions } from './record-batch-writer.ts'
import { checkRecords, InvalidRecords } from './record-check.ts'
import { encodeHeaders } from './record-headers.ts'
import { RecordReader } from './record-reader.ts'

const time = 1_700_000_000_000

const batchOf = (values: readonly string[], options: FinishOptions = {}): Buffer => {
  const writer = new RecordBatchWriter({ bytesMax: 1 << 20 })
  for (const [i, value] of values.entries()) writer.add(time + i, null, Buffer.from(value), null)
  return writer.finish(options)
}

const codeOf = (run: () => unknown): number | undefined => {
  try {
    run()
    return undefined
  } catch (thrown) {
    return (thrown as { code: number }).code
  }
}

const check = (batch: Buffer): number | undefined => codeOf(() => checkBatch(batch, 0, batch.length))

describe('a batch', () => {
  it('keeps its checksum when offset and epoch are stamped', () => {
    const batch = batchOf(['a', 'b'])
    batches.stampOffset(batch, 0, 2 ** 40, 7)
    expect(checkBatch(batch, 0, batch.length)).toMatchObject({
      baseOffset: 2 ** 40,
      leaderEpoch: 7,
      lastOffset: 2 ** 40 + 1,
    })
    expect(batches.lastOffsetOf(batch, 0)).toBe(2 ** 40 + 1)
  })

  it('gets one time for all records when the broker stamps the append time', () => {
    const batch = batchOf(['a', 'b'])
    batches.stampAppendTime(batch, 0, time + 5000)
    expect(checkBatch(batch, 0, batch.length)).toMatchObject({ isAppendTime: true, baseTimestamp: time })
    const reader = new RecordReader()
    reader.open(batch)
    while (reader.next()) expect(reader.timestampMs).toBe(time + 5000)
  })

  it('can be given to another producer', () => {
    const batch = batchOf(['a'])
    batches.stampProducer(batch, 0, 2 ** 35, 4, 9)
    expect(checkBatch(batch, 0, batch.length)).toMatchObject({ producerId: 2 ** 35, producerEpoch: 4, baseSequence: 9 })
  })

  it('is corrupt when any byte under the checksum, or a length, has changed', () => {
    const sound = batchOf(['some value', 'another'])
    for (let at = 8; at < sound.length; at++) {
      if (at >= 12 && at < 16) continue
      const damaged = Buffer.from(sound)
      damaged[at] = (damaged[at] as number) ^ 0x10
      expect(check(damaged)).toBe(errorCodes.CORRUPT_MESSAGE)
    }
    expect(check(sound)).toBeUndefined()
  })

  it('is told from a part of one', () => {
    const batch = batchOf(['a'])
    expect(batches.entrySize(batch, 0)).toBe(batch.length)
    expect(batches.entrySize(batch, 0, batch.length - 1)).toBe(0)
    expect(batches.entrySize(batch, 0, 5)).toBe(0)
    batch.writeInt32BE(3, 8)
    expect(codeOf(() => batches.entrySize(batch, 0))).toBe(errorCodes.CORRUPT_MESSAGE)
  })
})

describe('a batch from a client', () => {
  const produced = (batch: Buffer, version = 9): number | undefined =>
    codeOf(() => checkProduced(checkBatch(batch, 0, batch.length), version))

  it('is taken when it keeps the rules', () => {
    expect(produced(batchOf(['a', 'b'], { producerId: 5, producerEpoch: 0, baseSequence: 0 }))).toBeUndefined()
  })

  it.each([
    ['another base offset', { baseOffset: 1 }],
    ['the control bit', { isControl: true }],
    ['a producer id without a sequence', { producerId: 5 }],
    ['a transaction without a producer id', { isTransactional: true }],
  ])('is refused with %s', (_, options) => {
    expect(produced(batchOf(['a'], options))).toBe(errorCodes.INVALID_RECORD)
  })

  it('is refused when offsets are missing between its records', () => {
    const writer = new RecordBatchWriter({ bytesMax: 1000 })
    writer.addAt(0, time, null, null, null)
    writer.addAt(2, time, null, null, null)
    expect(produced(writer.finish())).toBe(errorCodes.INVALID_RECORD)
  })

  it('may be zstd from Produce 7 on', () => {
    const batch = batchOf(['a'], { codec: codecs.zstd })
    expect(produced(batch, 6)).toBe(errorCodes.UNSUPPORTED_COMPRESSION_TYPE)
    expect(produced(batch, 7)).toBeUndefined()
  })
})

describe('the records of a batch', () => {
  const checked = (batch: Buffer, rules = {}): ReturnType<typeof checkRecords> =>
    checkRecords(new RecordReader(), batch, 0, batches.readBatchHeader(batch), rules)

  it('tell the true largest timestamp', () => {
    const batch = batchOf(['a', 'b', 'c'])
    batches.stampMaxTimestamp(batch, 0, 1)
    expect(checked(batch)).toEqual({ maxTimestamp: time + 2 })
  })

  it('are named one by one when they lack a key or their time is off', () => {
    const batch = batchOf(['a', 'b'])
    expect(() => checked(batch, { keyRequired: true })).toThrow(InvalidRecords)
    try {
      checked(batch, { timestampMax: time })
      expect.unreachable()
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: errorCodes.INVALID_TIMESTAMP, recordErrors: [{ batchIndex: 1 }] })
    }
  })

  it('are searched for the largest timestamp, wherever it stands', () => {
    const writer = new RecordBatchWriter({ bytesMax: 1000 })
    for (const at of [time, time + 9, time + 4]) writer.add(at, null, null, null)
    expect(checked(writer.finish())).toEqual({ maxTimestamp: time + 9 })
  })

  it('must be numbered without a gap', () => {
    const writer = new RecordBatchWriter({ bytesMax: 1000 })
    for (const delta of [0, 2]) writer.addAt(delta, time, null, null, null)
    expect(codeOf(() => checked(writer.finish()))).toBe(errorCodes.INVALID_RECORD)
  })

  it('must be as many as the header says', () => {
    const more = batchOf(['a', 'b'])
    more.writeInt32BE(1, 57)
    expect(codeOf(() => checked(more))).toBe(errorCodes.INVALID_RECORD)
    const fewer = batchOf(['a', 'b'])
    fewer.writeInt32BE(3, 57)
    expect(codeOf(() => checked(fewer))).toBe(errorCodes.INVALID_RECORD)
  })
})

describe('RecordBatchWriter', () => {
  it('says no, and changes nothing, when a record does not fit', () => {
    const writer = new RecordBatchWriter({ bytesMax: 200, bytesAtFirst: 64 })
    expect(writer.add(time, null, Buffer.alloc(300), null)).toBe(false)
    expect(writer.count).toBe(0)
    let added = 0
    while (writer.add(time, Buffer.from('k'), Buffer.alloc(20), null)) added++
    expect(added).toBeGreaterThan(3)
    const batch = writer.finish()
    expect(batch.length).toBeLessThanOrEqual(200)
    expect(checkBatch(batch, 0, batch.length).count).toBe(added)
    writer.reset()
    expect(writer.add(time, null, Buffer.alloc(20), encodeHeaders({ a: 'b' }))).toBe(true)
    expect(checkBatch(writer.finish(), 0, writer.sizeInBytes).count).toBe(1)
  })
})
