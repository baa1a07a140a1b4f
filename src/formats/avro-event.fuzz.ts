import { assert, property, string, uint8Array, dictionary } from 'fast-check'
import { it } from 'vitest'
import { Chunk } from '../base/chunk.ts'
import { EventDecoder, EventEncoder } from './avro-event.ts'
import { AvroReader, BadAvro } from './avro-reader.ts'

const tryToRead = (bytes: Uint8Array): void => {
  try {
    new EventDecoder().next(new AvroReader(Buffer.from(bytes)))
  } catch (thrown) {
    if (!(thrown instanceof BadAvro)) throw thrown
  }
}

it('reads any bytes or says that they are bad', () => {
  assert(property(uint8Array({ maxLength: 200 }), tryToRead))
})

it('reads what it wrote', () => {
  const headers = dictionary(string({ unit: 'grapheme' }), string({ unit: 'grapheme' }))
  const both = property(headers, uint8Array({ maxLength: 300 }), (given, body) => {
    const encoder = new EventEncoder()
    const event = { headers: given, body }
    const bytes = Buffer.alloc(encoder.length(event))
    encoder.put(event, new Chunk(bytes), 0)
    const read = new EventDecoder().next(new AvroReader(bytes))
    return (
      Buffer.from(read.body).equals(Buffer.from(body)) &&
      JSON.stringify(Object.entries(read.headers)) === JSON.stringify(Object.entries(given))
    )
  })
  assert(both)
})
