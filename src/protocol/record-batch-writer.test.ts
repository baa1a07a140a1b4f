import { expect, it } from 'vitest'
import { RecordBatchWriter } from './record-batch-writer.ts'

it.each([0, 1, 105, 20_000])(
  'makes a record of %i bytes that were put in its room as if they had been added',
  (length) => {
    const value = Buffer.alloc(length, 9)
    const headers = Buffer.of(2, 2, 0x61, 2, 0x62)
    const [roomy, added] = [1, 2].map(() => new RecordBatchWriter({ bytesMax: 100_000 }))
    for (const key of [null, Buffer.from('k')]) {
      for (const some of [null, headers]) {
        const at = roomy?.addRoom(5, key, length, some) ?? -1
        roomy?.chunk.bytes.set(value, at)
        expect(added?.add(5, key, value, some)).toBe(true)
      }
    }
    expect(roomy?.finish()).toEqual(added?.finish())
  },
)

it('makes short records and long ones, early and late in the batch, as if they had been added', () => {
  const [roomy, added] = [1, 2].map(() => new RecordBatchWriter({ bytesMax: 4_000_000 }))
  const edges = [0, 1, 56, 57, 58, 59, 60, 63, 64, 65, 8175, 8180, 8183, 8184, 8185, 8191, 8192]
  const lengths = [...edges, ...Array.from({ length: 8200 }, (_, i) => i % 70), ...edges]
  for (const [i, length] of lengths.entries()) {
    const value = Buffer.alloc(length, i)
    const timestampMs = i % 100 === 99 ? 1005 : 1000
    const at = roomy?.addRoom(timestampMs, null, length, null) ?? -1
    roomy?.chunk.bytes.set(value, at)
    expect(added?.add(timestampMs, null, value, null)).toBe(true)
  }
  expect(roomy?.finish()).toEqual(added?.finish())
})

it('gives no room for a value that does not fit, and keeps what it has', () => {
  const writer = new RecordBatchWriter({ bytesMax: 200 })
  expect(writer.addRoom(5, null, 50, null)).toBeGreaterThan(0)
  const size = writer.sizeInBytes
  expect(writer.addRoom(5, null, 90, null)).toBe(-1)
  expect([writer.count, writer.sizeInBytes]).toEqual([1, size])
})
