import { expect, it } from 'vitest'
import { putVarint } from '../base/varint.ts'
import { RecordBatchWriter } from './record-batch-writer.ts'

it.each([
  { prefix: 1, body: 0 },
  { prefix: 1, body: 105 },
  { prefix: 40, body: 63 },
  { prefix: 40, body: 20_000 },
])(
  'makes a framed value of a $prefix-byte prefix and a $body-byte body as if it had been put together first',
  (sizes) => {
    const [prefix, body] = [Buffer.alloc(sizes.prefix, 7), Buffer.alloc(sizes.body, 9)]
    const length = Buffer.alloc(8)
    const whole = Buffer.concat([prefix, length.subarray(0, putVarint(length, 0, body.length)), body])
    const [framed, added] = [1, 2].map(() => new RecordBatchWriter({ bytesMax: 100_000 }))
    for (const key of [null, Buffer.from('k')]) {
      expect(framed?.addFramed(5, key, prefix, body)).toBe(true)
      expect(added?.add(5, key, whole, null)).toBe(true)
    }
    expect(framed?.finish()).toEqual(added?.finish())
  },
)

it('leaves a framed value out that does not fit, and keeps what it has', () => {
  const writer = new RecordBatchWriter({ bytesMax: 200 })
  expect(writer.addFramed(5, null, Buffer.of(0), Buffer.alloc(50))).toBe(true)
  const size = writer.sizeInBytes
  expect(writer.addFramed(5, null, Buffer.of(0), Buffer.alloc(90))).toBe(false)
  expect([writer.count, writer.sizeInBytes]).toEqual([1, size])
})
