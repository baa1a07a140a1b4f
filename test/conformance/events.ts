/** Events for the suites, and how to tell them apart again. */
import { type Batch, type Event, type Headers, noHeaders } from '../../src/flow/event.ts'

export const eventOf = (body: string, headers: Headers = noHeaders): Event => ({ headers, body: Buffer.from(body) })

/** Events whose bodies are the numbers `from` to `to - 1`. */
export const numbered = (from: number, to: number): Batch =>
  Array.from({ length: to - from }, (_, i) => eventOf(String(from + i)))

export const bodyOf = ({ body }: Event): string =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')

export const bodiesOf = (batch: Batch): string[] => batch.map(bodyOf)

/** Events that have broken some implementation or other: empty, large, NUL and invalid bytes, headers in any Unicode. */
export const awkwardEvents: readonly (readonly [what: string, event: Event])[] = [
  ['an empty body', eventOf('')],
  ['an empty body with headers', eventOf('', { a: '1' })],
  ['a body of 1 MB', { headers: noHeaders, body: Buffer.alloc(1_000_000, 'm') }],
  ['a body of 20 MB', { headers: noHeaders, body: Buffer.alloc(20_000_000, 'abcdefg') }],
  ['NUL bytes', { headers: noHeaders, body: Buffer.from([0, 0, 1, 0]) }],
  ['bytes that are no UTF-8', { headers: noHeaders, body: Buffer.from([0xff, 0xfe, 0xc3, 0x28]) }],
  ['headers in any Unicode', eventOf('u', { schlüssel: 'größe', 鍵: '値', emoji: '🚰', 'with space': 'a=b, c' })],
  ['an empty header value', eventOf('h', { empty: '' })],
  ['a header named like an object’s own', eventOf('p', { constructor: 'c', toString: 't', hasOwnProperty: 'h' })],
  ['a header named __proto__', eventOf('p', JSON.parse('{"__proto__":"x"}') as Headers)],
  ['a header with line ends, NUL and U+2028', eventOf('l', { 'a\r\nb': '\n\u0000\u2028' })],
  ['a header without a name', eventOf('n', { '': 'nameless' })],
  ['a header value of 100,000 characters', eventOf('w', { wide: 'ü'.repeat(100_000) })],
  ['2,000 headers', eventOf('m', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`h${i}`, `${i}`])))],
  ['a body that is a view into a larger chunk', { headers: noHeaders, body: Buffer.from('xxviewxx').subarray(2, 6) }],
]
