import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../../test/conformance/events.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import { type Batch, noHeaders } from '../../flow/event.ts'
import { regexFilter } from './regex_filter.ts'

const interceptor = async (regex: RegExp, excludeEvents = false, charset = 'utf-8') => {
  const made = await regexFilter.create({ regex, excludeEvents, charset }, fakeContext())
  return (batch: Batch): Batch => made.intercept(batch)
}

describe('regex_filter', () => {
  it('keeps what matches anywhere in the body, in order', async () => {
    const intercept = await interceptor(/1/u)
    expect(bodiesOf(intercept(numbered(0, 22)))).toEqual([
      '1',
      '10',
      '11',
      '12',
      '13',
      '14',
      '15',
      '16',
      '17',
      '18',
      '19',
      '21',
    ])
  })

  it('drops what matches when it is to exclude', async () => {
    const intercept = await interceptor(/^ERROR/u, true)
    expect(bodiesOf(intercept([eventOf('ERROR x'), eventOf('an ERROR'), eventOf('')]))).toEqual(['an ERROR', ''])
  })

  it('gives the batch itself back when it drops nothing, and an empty one when it drops all', async () => {
    const batch = numbered(0, 3)
    expect((await interceptor(/\d/u))(batch)).toBe(batch)
    expect((await interceptor(/x/u))(batch)).toEqual([])
  })

  it('remembers nothing from one event to the next, whatever flags the expression has', async () => {
    const intercept = await interceptor(/a/gu)
    expect(bodiesOf(intercept([eventOf('a1'), eventOf('a2'), eventOf('a3')]))).toEqual(['a1', 'a2', 'a3'])
  })

  it('reads the body as UTF-8, or every byte as a character', async () => {
    const euro = { headers: noHeaders, body: Buffer.from('10 €') }
    const invalid = { headers: noHeaders, body: Buffer.from([0x61, 0xff]) }
    expect((await interceptor(/€/u))([euro, invalid])).toEqual([euro])
    expect((await interceptor(/\xff/u, false, 'latin1'))([euro, invalid])).toEqual([invalid])
    expect((await interceptor(/\xff/u))([euro, invalid])).toEqual([])
  })

  it('reads a body that is a view into a larger chunk', async () => {
    const chunk = Buffer.from('nopeyesnope')
    const view = { headers: noHeaders, body: new Uint8Array(chunk.buffer, chunk.byteOffset + 4, 3) }
    expect((await interceptor(/^yes$/u))([view])).toEqual([view])
  })
})
