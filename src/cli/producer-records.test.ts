import { describe, expect, it } from 'vitest'
import { decodeHeaders } from '../protocol/record-headers.ts'
import { BadLine, LineReader } from './producer-records.ts'

const reader = (...pairs: string[]): LineReader =>
  new LineReader(new Map(pairs.map((pair) => pair.split('=', 2) as [string, string])))

const read = (line: string, ...pairs: string[]): { key: string | null; value: string | null; headers: unknown } => {
  const lines = reader(...pairs)
  lines.read(Buffer.from(line))
  const { key, value, headers } = lines
  const decoded = headers && decodeHeaders(headers, 0, headers.length)
  return {
    key: key && String(key),
    value: value && String(value),
    headers: decoded?.map((header) => [header.name, header.value === null ? null : String(header.value)]) ?? null,
  }
}

const record = (value: string | null, key: string | null = null, headers: unknown = null) => ({ key, value, headers })

describe('a line becomes', () => {
  it('a value', () => {
    expect(reader().plain).toBe(true)
    expect(read('a\tb')).toEqual(record('a\tb'))
  })

  it('a key and a value, at the first separator', () => {
    expect(read('k\tv\tw', 'parse.key=true')).toEqual(record('v\tw', 'k'))
    expect(read('k::v', 'parse.key=TRUE', 'key.separator=::')).toEqual(record('v', 'k'))
    expect(read('\tv', 'parse.key=true')).toEqual(record('v', ''))
    expect(read('k\t', 'parse.key=true')).toEqual(record('', 'k'))
  })

  it('headers before them, in their order, as often as they stand there', () => {
    expect(read('a:1,b:2,a:3\tk\tv', 'parse.key=true', 'parse.headers=true')).toEqual(
      record('v', 'k', [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ]),
    )
    expect(read('a:\tv', 'parse.headers=true')).toEqual(record('v', null, [['a', '']]))
    expect(read(',\tv', 'parse.headers=true')).toEqual(record('v', null, []))
  })

  it('headers by separators of the user', () => {
    const given = ['parse.headers=true', 'headers.delimiter=|', 'headers.separator=;', 'headers.key.separator=->']
    expect(read('a->1;b->x->y|v', ...given)).toEqual(
      record('v', null, [
        ['a', '1'],
        ['b', 'x->y'],
      ]),
    )
  })

  it('nothing where the null marker stands', () => {
    const given = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL']
    expect(read('NULL\tNULL\tNULL', ...given)).toEqual(record(null))
    expect(read('a:NULL\tk\tv', ...given)).toEqual(record('v', 'k', [['a', null]]))
    expect(reader('null.marker=NULL').plain).toBe(false)
  })

  it('bytes that are no text, unchanged', () => {
    const lines = reader('parse.key=true')
    lines.read(Buffer.from([0xff, 0x09, 0x00, 0xfe]))
    expect([lines.key, lines.value]).toEqual([Buffer.from([0xff]), Buffer.from([0x00, 0xfe])])
  })
})

describe('a line of another form', () => {
  it.each([
    ['parse.key=true', 'nokey', "No key separator found on line number 1: 'nokey'"],
    ['parse.headers=true', 'h:1', "No headers delimiter found on line number 1: 'h:1'"],
    ['parse.headers=true', 'h1\tv', "No header key separator found in pair 'h1' on line number 1"],
    ['parse.headers=true', '\tv', "No header key separator found in pair '' on line number 1"],
  ])('under %s is refused in the words of Kafka: %s', (property, line, message) => {
    expect(() => read(line, property)).toThrow(new BadLine(message))
  })

  it('is named by its number', () => {
    const lines = reader('parse.key=true')
    lines.read(Buffer.from('k\tv'))
    expect(() => lines.read(Buffer.from('w'))).toThrow('on line number 2')
  })

  it('is quoted in part when it is long', () => {
    expect(() => read('x'.repeat(100_000), 'parse.key=true')).toThrow(/: 'x{1000}…'$/)
  })

  it('is a value under ignore.error', () => {
    expect(read('nokey', 'parse.key=true', 'ignore.error=true')).toEqual(record('nokey'))
    expect(read('h1\tv', 'parse.headers=true', 'ignore.error=true')).toEqual(record('v', null, [['h1', null]]))
  })

  it('may not name a header with the null marker', () => {
    expect(() => read('NULL:1\tv', 'parse.headers=true', 'null.marker=NULL')).toThrow('Header keys should not be equal')
  })
})

it.each([
  ['headers.separator=:', 'headers.separator and headers.key.separator may not be equal'],
  ['headers.delimiter=,', 'headers.delimiter and headers.separator may not be equal'],
  ['null.marker=\t', 'null.marker and key.separator may not be equal'],
])('%j: separators that cannot be told apart are refused', (property, message) => {
  expect(() => reader(property)).toThrow(message)
})
