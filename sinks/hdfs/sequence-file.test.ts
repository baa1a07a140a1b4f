import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/flow/event.ts'
import { SequenceFile, vint, type WriteFormat } from './sequence-file.ts'

const sync = Buffer.from('0123456789abcdef')

const written = (format: WriteFormat, ...batches: Batch[]): Buffer => {
  const file = new SequenceFile(format, sync, () => 42)
  return Buffer.concat([
    file.begin(),
    ...batches.flatMap((batch) => file.encode(batch).map((piece) => Buffer.from(piece))),
  ])
}

/** A reader by the letter of the layout, to see that every length adds up. */
class Reader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  int(): number {
    return this.bytes.readInt32BE((this.at += 4) - 4)
  }

  take(length: number): Buffer {
    return this.bytes.subarray(this.at, (this.at += length))
  }

  vint(): number {
    const first = this.bytes.readInt8(this.at++)
    return first >= -112 ? first : this.take(-112 - first).reduce((value, byte) => value * 256 + byte, 0)
  }
}

const read = (bytes: Buffer) => {
  const reader = new Reader(bytes)
  const magic = reader.take(4).toString('latin1')
  const classes = [reader.take(reader.vint()).toString(), reader.take(reader.vint()).toString()]
  const flags = [...reader.take(2), reader.int()]
  const marker = reader.take(16)
  const records: { key: bigint; value: Buffer }[] = []
  let syncs = 0
  while (reader.at < bytes.length) {
    const length = reader.int()
    if (length === -1) {
      expect(reader.take(16)).toEqual(marker)
      syncs++
      continue
    }
    const end = reader.at + 4 + length
    expect(reader.int()).toBe(8)
    const key = reader.take(8).readBigInt64BE()
    const size = classes[1]?.endsWith('BytesWritable') === true ? reader.int() : reader.vint()
    records.push({ key, value: reader.take(size) })
    expect(reader.at).toBe(end)
  }
  return { magic, classes, flags, records, syncs }
}

describe('SequenceFile', () => {
  it('has the bytes that Flume writes', () => {
    const bytes = written('Writable', [{ headers: { timestamp: '1339527274123' }, body: Buffer.from('hello') }])
    const text = bytes.toString('latin1')
    expect(text.slice(0, 73)).toBe('SEQ\x06!org.apache.hadoop.io.LongWritable"org.apache.hadoop.io.BytesWritable')
    expect(bytes.subarray(73, 79).toString('hex')).toBe('000000000000')
    expect(bytes.subarray(-25).toString('hex')).toBe('000000110000000800000137e20c1e8b0000000568656c6c6f')
  })

  it.each(['Writable', 'Text'] as const)('adds up, whatever the size of a body, as %s', (format) => {
    const bodies = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1_000_000].map((size) => Buffer.alloc(size, 'b'))
    const events = bodies.map((body, i) => ({ headers: { timestamp: String(i * 1e12) }, body }))
    const { magic, classes, flags, records, syncs } = read(written(format, events, events.slice(0, 3)))
    expect({ magic, flags, syncs }).toEqual({ magic: 'SEQ\x06', flags: [0, 0, 0], syncs: 2 })
    expect(classes[1]).toBe(format === 'Text' ? 'org.apache.hadoop.io.Text' : 'org.apache.hadoop.io.BytesWritable')
    expect(records.map(({ value }) => value.length)).toEqual(
      [...bodies, ...bodies.slice(0, 3)].map((body) => body.length),
    )
    expect(records.map(({ key }) => key)).toEqual([...bodies.keys(), 0, 1, 2].map((i) => BigInt(i) * 10n ** 12n))
  })

  it('takes the clock for events without a time', () => {
    expect(read(written('Text', [{ headers: {}, body: Buffer.from('x') }])).records).toEqual([
      { key: 42n, value: Buffer.from('x') },
    ])
  })

  it('writes lengths as Hadoop does', () => {
    const texts = [0, 127, 128, 255, 256, 65_535, 65_536, 16_777_216].map((value) => vint(value).toString('hex'))
    expect(texts).toEqual(['00', '7f', '8f80', '8fff', '8e0100', '8effff', '8d010000', '8c01000000'])
  })
})
