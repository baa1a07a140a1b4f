import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkBatch } from './batch-check.ts'
import { codecs, compress } from './compression.ts'
import { encodeMarker } from './control-batch.ts'
import { errorCodes } from './error-codes.ts'
import { downConvert, upConvert } from './message-set.ts'
import { MessageReader } from './message-reader.ts'
import { MessageWriter } from './message-writer.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'
import { RecordReader } from './record-reader.ts'

const time = 1_700_000_000_000

/** A set of plain messages, at offsets as an old producer may send them: anything. */
const plain = (magic: 0 | 1, values: readonly string[], offset = (i: number): number => i): MessageWriter => {
  const writer = new MessageWriter(magic)
  for (const [i, value] of values.entries()) writer.add(offset(i), time + i, null, Buffer.from(value))
  return writer
}

const wrapped = (codec: number, inner: MessageWriter, offset: number): Buffer => {
  const writer = new MessageWriter(inner.magic)
  writer.addWrapper(codec, offset, time, inner, false)
  return writer.finish()
}

const recordsOf = (batch: Buffer): string[] => {
  const reader = new RecordReader()
  reader.open(batch, 0, checkBatch(batch, 0, batch.length))
  const records: string[] = []
  while (reader.next()) records.push(`${reader.offset} ${reader.timestampMs} ${reader.value()?.toString()}`)
  return records
}

const offsetsOf = (set: Buffer, size = set.length): number[] => {
  const reader = new MessageReader()
  reader.open(set, 0, size)
  const offsets: number[] = []
  while (reader.next()) offsets.push(reader.offset)
  return offsets
}

const codeOf = (run: () => unknown): number | undefined => {
  try {
    run()
    return undefined
  } catch (thrown) {
    return (thrown as { code: number }).code
  }
}

describe('what an old producer sends', () => {
  it.each([0, 1] as const)('becomes one batch: plain messages of magic %i', (magic) => {
    const set = plain(magic, ['a', 'b', 'c'], () => 0).finish()
    const stamp = (i: number): number => (magic === 0 ? -1 : time + i)
    expect(recordsOf(upConvert(set))).toEqual([`0 ${stamp(0)} a`, `1 ${stamp(1)} b`, `2 ${stamp(2)} c`])
  })

  it.each([
    ['gzip', codecs.gzip],
    ['snappy', codecs.snappy],
    ['lz4', codecs.lz4],
  ])('keeps its codec: a wrapper of %s', (_, codec) => {
    for (const magic of [0, 1] as const) {
      const batch = upConvert(wrapped(codec, plain(magic, ['a', 'b']), 1))
      expect(checkBatch(batch, 0, batch.length)).toMatchObject({ codec, count: 2 })
      expect(recordsOf(batch).map((r) => r.at(-1))).toEqual(['a', 'b'])
    }
  })

  const gzipped = (inner: MessageWriter): Buffer => wrapped(codecs.gzip, inner, 0)
  const nested = (): Buffer => {
    const middle = new MessageWriter(1)
    middle.addWrapper(codecs.gzip, 0, time, plain(1, ['a']), false)
    return gzipped(middle)
  }
  const mixed = Buffer.concat([plain(0, ['a']).finish(), plain(1, ['b']).finish()])
  const mixedInside = (): Buffer => {
    const writer = new MessageWriter(1)
    writer.add(0, time, null, compress(codecs.gzip, mixed), codecs.gzip)
    return writer.finish()
  }
  const damaged = (): Buffer => {
    const set = plain(1, ['a']).finish()
    set[set.length - 1] = 0
    return set
  }
  /** A value that says one byte less than there is, under a checksum that is right. */
  const shortValue = (): Buffer => {
    const set = plain(1, ['abc']).finish()
    set.writeInt32BE(2, set.length - 7)
    set.writeUInt32BE(crc32(set.subarray(16)), 12)
    return set
  }
  const stamped = (): Buffer => {
    const writer = new MessageWriter(1)
    writer.add(0, time, null, Buffer.from('a'), MessageWriter.appendTimeAttribute)
    return writer.finish()
  }

  it.each([
    ['mixed formats', mixed, errorCodes.INVALID_RECORD],
    ['mixed formats inside a wrapper', mixedInside(), errorCodes.INVALID_RECORD],
    ['two wrappers', Buffer.concat([gzipped(plain(1, ['a'])), gzipped(plain(1, ['b']))]), errorCodes.INVALID_RECORD],
    ['a wrapper inside another', nested(), errorCodes.INVALID_RECORD],
    ['nothing', Buffer.alloc(0), errorCodes.INVALID_RECORD],
    ['a wrapper with nothing inside', gzipped(new MessageWriter(1)), errorCodes.INVALID_RECORD],
    ['a wrong checksum', damaged(), errorCodes.CORRUPT_MESSAGE],
    ['a value of another length', shortValue(), errorCodes.CORRUPT_MESSAGE],
    ['a message cut off', plain(1, ['a']).finish().subarray(0, 30), errorCodes.CORRUPT_MESSAGE],
    ['zstd', wrapped(codecs.zstd, plain(1, ['a']), 0), errorCodes.UNSUPPORTED_COMPRESSION_TYPE],
    ['a timestamp said to be a broker’s', stamped(), errorCodes.INVALID_TIMESTAMP],
  ])('is refused with %s', (_, set, code) => {
    expect(codeOf(() => upConvert(set))).toBe(code)
  })
})

describe('offsets inside a wrapper', () => {
  it('count from the wrapper’s last in magic 1', () => {
    expect(offsetsOf(wrapped(codecs.gzip, plain(1, ['a', 'b', 'c']), 52))).toEqual([50, 51, 52])
  })

  it('are taken from 0 where a producer left the wrapper’s at 0', () => {
    expect(offsetsOf(wrapped(codecs.gzip, plain(1, ['a', 'b', 'c']), 0))).toEqual([0, 1, 2])
  })

  it('are absolute in magic 0', () => {
    expect(
      offsetsOf(
        wrapped(
          codecs.gzip,
          plain(0, ['a', 'b'], (i) => 70 + i),
          71,
        ),
      ),
    ).toEqual([70, 71])
  })
})

describe('what an old consumer gets', () => {
  const batchAt = (baseOffset: number, values: readonly string[], codec = 0): Buffer => {
    const writer = new RecordBatchWriter({ bytesMax: 10_000 })
    for (const [i, value] of values.entries()) writer.add(time + i, null, Buffer.from(value), null)
    return Buffer.from(writer.finish({ baseOffset, codec }))
  }

  it('begins at the offset it asked for when the batch is not compressed', () => {
    const set = downConvert(batchAt(10, ['a', 'b', 'c']), 1, 12).messages
    expect(offsetsOf(set)).toEqual([12])
  })

  it('holds the whole of a compressed batch', () => {
    expect(offsetsOf(downConvert(batchAt(10, ['a', 'b', 'c'], codecs.gzip), 1, 12).messages)).toEqual([10, 11, 12])
  })

  it('has no markers, and nothing at all when there are only markers', () => {
    const marker = encodeMarker({
      outcome: 'abort',
      producerId: 1,
      producerEpoch: 0,
      coordinatorEpoch: 0,
      timestampMs: time,
    })
    expect(downConvert(marker, 1, 0).messages).toHaveLength(0)
    const both = Buffer.concat([marker, batchAt(1, ['a'])])
    expect(offsetsOf(downConvert(both, 1, 0).messages)).toEqual([1])
  })

  it('leaves out a part of a batch at the end', () => {
    const whole = batchAt(0, ['a'])
    expect(offsetsOf(downConvert(Buffer.concat([whole, whole.subarray(0, 40)]), 0, 0).messages)).toEqual([0])
  })

  it('cannot be zstd', () => {
    expect(codeOf(() => downConvert(batchAt(0, ['a'], codecs.zstd), 1, 0).messages)).toBe(
      errorCodes.UNSUPPORTED_COMPRESSION_TYPE,
    )
  })

  it('passes on messages that were stored long ago, turned into magic 0 where needed', () => {
    const old = plain(1, ['a'], () => 33).finish()
    expect(downConvert(old, 1, 0).messages.equals(old)).toBe(true)
    expect(offsetsOf(downConvert(old, 0, 0).messages)).toEqual([33])
    const set = downConvert(wrapped(codecs.gzip, plain(1, ['a', 'b']), 52), 0, 0).messages
    expect(offsetsOf(set)).toEqual([51, 52])
  })
})
