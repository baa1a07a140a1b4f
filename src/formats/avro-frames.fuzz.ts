import { array, assert, integer, property, uint8Array } from 'fast-check'
import { it } from 'vitest'
import { readFrame } from './avro-frames.ts'
import { BadAvro } from './avro-reader.ts'

const tryToRead = (bytes: Uint8Array): void => {
  try {
    readFrame(Buffer.from(bytes), 4096)
  } catch (thrown) {
    if (!(thrown instanceof BadAvro)) throw thrown
  }
}

it('reads any bytes, waits for more, or says that they are bad', () => {
  assert(property(uint8Array({ maxLength: 64 }), tryToRead))
})

it('puts any buffers together', () => {
  const cut = property(
    integer(),
    array(uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 30 }),
    (serial, buffers) => {
      const head = Buffer.alloc(8)
      head.writeInt32BE(serial, 0)
      head.writeInt32BE(buffers.length, 4)
      const parts = buffers.flatMap((buffer) => {
        const length = Buffer.alloc(4)
        length.writeInt32BE(buffer.length)
        return [length, Buffer.from(buffer)]
      })
      const read = readFrame(Buffer.concat([head, ...parts]), 100_000)
      return read?.serial === serial && read.message.equals(Buffer.concat(buffers))
    },
  )
  assert(cut)
})
