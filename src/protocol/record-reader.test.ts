/** Records laid out by hand, to say what the reader makes of each kind of nonsense. */
import { describe, expect, it } from 'vitest'
import { batchHeaderBytes, writeBatchHeader } from './record-batch.ts'
import { RecordReader } from './record-reader.ts'

/** A batch of magic 2 around raw record bytes in hex. */
const batchOf = (hex: string, count = 1): Buffer => {
  const records = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const batch = Buffer.concat([Buffer.alloc(batchHeaderBytes), records])
  writeBatchHeader(batch, { lastOffsetDelta: count - 1, baseTimestamp: 1000, maxTimestamp: 1000, count })
  return batch
}

const opened = (hex: string, count?: number): RecordReader => {
  const reader = new RecordReader()
  reader.open(batchOf(hex, count))
  return reader
}

it('reads key, value, headers and deltas where they stand', () => {
  const reader = opened('1a 00 05 00 02 6b 04 7631 02 02 68 02 78 00')
  // Length 13 counts what follows it: the last byte here is not the record's, and the reader says so at the end.
  expect(reader.next()).toBe(true)
  expect([reader.offset, reader.timestampMs]).toEqual([0, 997])
  expect([reader.key()?.toString(), reader.value()?.toString()]).toEqual(['k', 'v1'])
  expect(reader.hasNoHeaders()).toBe(false)
  expect(reader.headers()).toEqual([{ name: 'h', value: Buffer.from('x') }])
  expect(() => reader.next()).toThrow('1 bytes after the last record')
})

it('tells null from empty', () => {
  const reader = opened('0c 00 00 00 01 01 00 0c 00 00 02 00 00 00', 2)
  expect(reader.next()).toBe(true)
  expect([reader.key(), reader.value()]).toEqual([null, null])
  expect(reader.next()).toBe(true)
  expect([reader.key(), reader.value()]).toEqual([Buffer.alloc(0), Buffer.alloc(0)])
  expect(reader.next()).toBe(false)
  expect(reader.hasNoHeaders()).toBe(true)
})

describe('a record is refused', () => {
  it.each([
    ['that is longer than its batch', '7e 00 00 00 01 01 00', /A record of 63 bytes, 6 left/],
    ['of no length', '00', /A record of 0 bytes/],
    ['whose key is longer than the record', '0c 00 00 00 7e 01 00', /63 bytes claimed where 2 are left/],
    ['whose value is longer than the record', '0c 00 00 00 01 04 00 00 00', /2 bytes claimed where 1 are left/],
    ['that has no room for its headers', '0a 00 00 00 01 01', /without room for its headers/],
    ['that ends inside a number', '0c 00 00 00 01 80 80', /ends inside a number/],
    ['whose number is too long', '10 00 00 80 80 80 80 80 80', /more than 32 bits/],
    ['whose timestamp is too long', '1a 00 80 80 80 80 80 80 80 80 80 80 80 80', /more than 64 bits/],
  ])('%s', (_, hex, problem) => {
    expect(() => opened(hex).next()).toThrow(problem)
  })

  it.each([
    ['without a name', '10 00 00 00 01 01 02 01 01', /without a name/],
    ['of a negative number', '0c 00 00 00 01 01 01', /A record of -1 headers/],
    ['more than there are', '0c 00 00 00 01 01 04', /ends inside a number/],
    ['fewer than there are', '0e 00 00 00 01 01 00 00', /1 bytes after the record headers/],
  ])('with headers %s, once they are looked at', (_, hex, problem) => {
    const reader = opened(hex)
    expect(reader.next()).toBe(true)
    expect(() => reader.headers()).toThrow(problem)
  })
})

it('lets go of a batch when closed', () => {
  const reader = opened('0c 00 00 00 01 01 00')
  reader.close()
  expect(reader.next()).toBe(false)
  expect(reader.buffer).toHaveLength(0)
})
