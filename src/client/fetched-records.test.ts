import { describe, expect, it } from 'vitest'
import { batchOf } from '../../test/fakes/batches.ts'
import type { BatchOptions } from '../../test/fakes/batches.ts'
import { encodeMarker } from '../protocol/control-batch.ts'
import { stampOffset } from '../protocol/record-batch.ts'
import { BadRecords } from './errors.ts'
import { FetchedRecords } from './fetched-records.ts'
import type { AbortedTransaction } from './fetched-records.ts'

const at = (offset: number, batch: Buffer): Buffer => {
  stampOffset(batch, 0, offset, 0)
  return batch
}
const values = (offset: number, texts: readonly string[], options: BatchOptions = {}): Buffer =>
  at(offset, batchOf(texts, options))
const transactional = (offset: number, producerId: number, texts: readonly string[]): Buffer =>
  values(offset, texts, { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true })
const marker = (offset: number, producerId: number, outcome: 'abort' | 'commit'): Buffer =>
  at(offset, encodeMarker({ outcome, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 0 }))

const fetched = (
  batches: readonly Buffer[],
  { fromOffset = 0, aborted = [] as readonly AbortedTransaction[], checkCrc = true } = {},
): FetchedRecords =>
  new FetchedRecords({ topic: 't', partition: 3, fromOffset, records: Buffer.concat(batches), aborted, checkCrc })

const read = (records: FetchedRecords): string[] => {
  const seen: string[] = []
  while (records.next()) seen.push(`${records.reader.offset} ${String(records.reader.value())}`)
  return seen
}

describe('records of a fetch', () => {
  it('come in order, over batches', () => {
    const records = fetched([values(0, ['a', 'b']), values(2, ['c'])])
    expect(read(records)).toEqual(['0 a', '1 b', '2 c'])
    expect(records.endOffset).toBe(3)
    expect(records.next()).toBe(false)
  })

  it('begin at the offset that was asked for, though the batch begins before it', () => {
    expect(read(fetched([values(10, ['a', 'b', 'c'])], { fromOffset: 11 }))).toEqual(['11 b', '12 c'])
  })

  it('end before a batch that is cut off', () => {
    const records = fetched([values(0, ['a']), values(1, ['b', 'c']).subarray(0, 70)])
    expect(read(records)).toEqual(['0 a'])
    expect(records.endOffset).toBe(1)
  })

  it('say at every point where to go on', () => {
    const records = fetched([values(4, ['a', 'b', 'c'])], { fromOffset: 5 })
    expect(records.position).toBe(5)
    records.next()
    expect(records.position).toBe(6)
    records.next()
    records.next()
    expect(records.position).toBe(7)
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('are read out of %s', (name) => {
    const codec = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 }[name] ?? 0
    expect(read(fetched([values(0, ['a', 'b'], { codec })]))).toEqual(['0 a', '1 b'])
  })
})

describe('transactions', () => {
  const log = [
    transactional(0, 1, ['aborted']),
    transactional(1, 2, ['committed']),
    values(2, ['plain']),
    marker(3, 1, 'abort'),
    marker(4, 2, 'commit'),
    transactional(5, 1, ['later']),
    marker(6, 1, 'commit'),
  ]

  it('are read whole by read_uncommitted, but for the markers', () => {
    expect(read(fetched(log))).toEqual(['0 aborted', '1 committed', '2 plain', '5 later'])
  })

  it('that were aborted are left out by read_committed', () => {
    const records = fetched(log, { aborted: [{ producerId: 1, firstOffset: 0 }] })
    expect(read(records)).toEqual(['1 committed', '2 plain', '5 later'])
    expect(records.position).toBe(7)
  })

  it('that end in a marker are passed, so that a reader does not stand before it for ever', () => {
    const records = fetched([marker(6, 1, 'commit')], { fromOffset: 6 })
    expect(read(records)).toEqual([])
    expect(records.position).toBe(7)
  })
})

describe('damage', () => {
  const damaged = (): Buffer => {
    const batch = values(2, ['c', 'd'])
    batch[70] = (batch[70] ?? 0) ^ 0xff
    return batch
  }

  it('is said with its place, after what came before it', () => {
    const records = fetched([values(0, ['a', 'b']), damaged()])
    expect([records.next(), records.next()]).toEqual([true, true])
    expect(() => records.next()).toThrow(
      expect.objectContaining({ code: 'BAD_RECORDS', hint: expect.stringContaining('offset') }),
    )
    expect(() => records.next()).toThrow(/t-3 cannot be read at offset 2/)
    expect(records.position).toBe(2)
  })

  it('of the checksum is overlooked when nobody looks', () => {
    const batch = values(0, ['a'])
    batch[17] = (batch[17] ?? 0) ^ 0xff
    expect(read(fetched([batch], { checkCrc: false }))).toEqual(['0 a'])
    expect(() => read(fetched([batch]))).toThrow(BadRecords)
  })

  it('of a length is found before anything is read', () => {
    const batch = values(0, ['a'])
    batch.writeInt32BE(3, 8)
    expect(() => fetched([batch])).toThrow(BadRecords)
  })
})
