import { describe, expect, it } from 'vitest'
import { Chunk } from '../base/chunk.ts'
import { type Event, noHeaders } from '../flow/event.ts'
import { EventDecoder, EventEncoder } from './avro-event.ts'
import { AvroReader, BadAvro } from './avro-reader.ts'

const encoded = (event: Event): Buffer => {
  const encoder = new EventEncoder()
  const bytes = Buffer.alloc(encoder.length(event))
  expect(encoder.put(event, new Chunk(bytes), 0)).toBe(bytes.length)
  return bytes
}

const decoded = (bytes: Buffer): Event => new EventDecoder().next(new AvroReader(bytes))

describe('Avro event datum', () => {
  it.each([
    ['no headers', { headers: noHeaders, body: Buffer.from('hello') }, '000a68656c6c6f'],
    ['one header', { headers: { k: 'v' }, body: Buffer.from('hello') }, '02026b0276000a68656c6c6f'],
    ['nothing at all', { headers: noHeaders, body: Buffer.alloc(0) }, '0000'],
  ])('has the bytes that Flume writes for %s', (_, event, hex) => {
    expect(encoded(event).toString('hex')).toBe(hex)
    expect(decoded(Buffer.from(hex, 'hex'))).toEqual(event)
  })

  it('reads blocks that give their size', () => {
    expect(decoded(Buffer.from('01 08 02 6b 02 76 00 02 78'.replaceAll(' ', ''), 'hex'))).toEqual({
      headers: { k: 'v' },
      body: Buffer.from('x'),
    })
  })

  it('carries any text and large bodies there and back', () => {
    const event = { headers: { 'é 😀': '', __proto__x: 'ü', a: 'b'.repeat(300) }, body: Buffer.alloc(100_000, 7) }
    expect(decoded(encoded(event))).toEqual(event)
  })

  it('lets events with equal headers share them', () => {
    const one = encoded({ headers: { host: 'a' }, body: Buffer.from('1') })
    const other = encoded({ headers: { host: 'b' }, body: Buffer.from('2') })
    const reader = new AvroReader(Buffer.concat([one, one, other, encoded({ headers: {}, body: Buffer.alloc(0) })]))
    const decoder = new EventDecoder()
    const [first, second, third, fourth] = [1, 2, 3, 4].map(() => decoder.next(reader))
    expect(second?.headers).toBe(first?.headers)
    expect(third?.headers).toEqual({ host: 'b' })
    expect(fourth?.headers).toEqual({})
    expect(reader.left).toBe(0)
  })

  it('keeps a header called __proto__ as a header', () => {
    const { headers } = decoded(
      encoded({ headers: JSON.parse('{"__proto__":"x"}') as Record<string, string>, body: Buffer.alloc(0) }),
    )
    expect(Object.keys(headers)).toEqual(['__proto__'])
  })

  it.each(['', '02', '02026b', '0002', '000a6869', 'feffffffffffffffff01', '00ffffffffffffffffffff01', 'feff03'])(
    'refuses the broken bytes %s',
    (hex) => {
      expect(() => decoded(Buffer.from(hex, 'hex'))).toThrow(BadAvro)
    },
  )

  it.each(['', '02', '02026b', '0002', '000a6869', '00', '0080'])(
    'refuses the broken bytes %s where others follow that are not theirs',
    (hex) => {
      const bytes = Buffer.from(hex, 'hex')
      const reader = new AvroReader(Buffer.alloc(0))
      reader.aim(Buffer.concat([Buffer.of(0), bytes, Buffer.alloc(40)]), 1, 1 + bytes.length)
      expect(() => new EventDecoder().next(reader)).toThrow(BadAvro)
    },
  )
})
