import { expect, it } from 'vitest'
import { Chunk } from '../base/chunk.ts'
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

/** Values of these lengths, one behind the other in a chunk. */
const slicesOf = (lengths: readonly number[]) => {
  const bytes = Buffer.from(Array.from({ length: lengths.reduce((sum, length) => sum + length, 0) }, (_, i) => i % 251))
  const chunk = new Chunk(bytes)
  let at = 0
  return lengths.map((length) => ({ slice: { chunk, from: at, to: (at += length) } }))
}

it('makes records of slices, short and long, early and late in the batch, as if they had been added', () => {
  const [sliced, added] = [1, 2].map(() => new RecordBatchWriter({ bytesMax: 9_000_000 })) as [
    RecordBatchWriter,
    RecordBatchWriter,
  ]
  const edges = [0, 1, 7, 8, 31, 32, 33, 55, 56, 57, 63, 64, 65, 159, 160, 161, 8175, 8180, 8184, 8185, 8192]
  const values = slicesOf([...edges, ...Array.from({ length: 8300 }, (_, i) => i % 170), ...edges])
  let by = 0
  for (let i = 0; i < values.length; i++) {
    const next = sliced.addSlices(values, i, values.length, 1000, sliced.bytesMax)
    by += next - i
    if ((i = next) === values.length) break
    const { chunk, from, to } = (values[i] as (typeof values)[number]).slice
    const at = sliced.addRoom(1000, null, to - from, null)
    chunk.copy(from, to, sliced.chunk, at)
  }
  for (const { slice } of values) added.add(1000, null, slice.chunk.bytes.subarray(slice.from, slice.to), null)
  expect(sliced.finish().equals(added.finish())).toBe(true)
  expect(by).toBeGreaterThan(8100)
})

it('leaves to others what is no slice, of another time, or above the limit', () => {
  const writer = new RecordBatchWriter({ bytesMax: 10_000, bytesAtFirst: 10_000 })
  const values = slicesOf([50, 50, 50, 50, 50])
  const mixed = [...values.slice(0, 2), {}, ...values.slice(2)]
  expect(writer.addSlices(mixed, 0, 6, 5, 10_000)).toBe(0)
  writer.add(5, null, Buffer.alloc(50), null)
  expect(writer.addSlices(mixed, 0, 6, 6, 10_000)).toBe(0)
  expect(writer.addSlices(mixed, 0, 6, 5, 10_000)).toBe(2)
  const size = writer.sizeInBytes
  expect(writer.addSlices(mixed, 3, 6, 5, size + 50)).toBe(3)
  expect([writer.count, writer.sizeInBytes]).toEqual([3, size])
  expect(writer.addSlices(mixed, 3, 5, 5, 10_000)).toBe(5)
  expect(writer.count).toBe(5)
})
