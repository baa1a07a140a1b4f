import { expect, it } from 'vitest'
import { Chunk } from '../base/chunk.ts'
import { bodyLengthOf, copyBody, LineEvent, noHeaders, PlainEvent } from './event.ts'
import { withHeaders } from './interceptor.ts'

const chunk = new Chunk(Buffer.from('one\ntwo\n'))

it('a line is the bytes between its ends, and reads the same each time', () => {
  const event = new LineEvent(noHeaders, chunk, 4, 7)
  expect([event.body, event.body]).toEqual([Buffer.from('two'), Buffer.from('two')])
  expect(bodyLengthOf(event)).toBe(3)
  expect(bodyLengthOf(new PlainEvent(noHeaders, Buffer.from('four')))).toBe(4)
})

it('a line is written as JSON like every other event, and not with all that was read beside it', () => {
  const plain = new PlainEvent({ host: 'h' }, Buffer.from('two'))
  expect(JSON.stringify(new LineEvent({ host: 'h' }, chunk, 4, 7))).toBe(JSON.stringify(plain))
})

it('a line and any other event copy their bodies to where they are wanted', () => {
  for (const event of [new LineEvent(noHeaders, chunk, 4, 7), new PlainEvent(noHeaders, Buffer.from('two'))]) {
    const into = new Chunk(Buffer.from('.......'))
    copyBody(event, into, 2)
    expect(String(into.bytes)).toBe('..two..')
  }
})

it('lines under other headers keep their bytes, as all events do', () => {
  const batch = [new LineEvent(noHeaders, chunk, 0, 3), new PlainEvent(noHeaders, Buffer.from('plain'))]
  const changed = withHeaders(batch, () => ({ host: 'h' }))
  expect(changed.map(({ headers, body }) => [headers, Buffer.from(body).toString()])).toEqual([
    [{ host: 'h' }, 'one'],
    [{ host: 'h' }, 'plain'],
  ])
  expect(changed[0]).toBeInstanceOf(LineEvent)
})
