import { describe, expect, it } from 'vitest'
import { Chunk } from '../base/chunk.ts'
import { noHeaders, type Event } from '../flow/event.ts'
import { splitLines } from './line-splitter.ts'

const texts = (events: readonly Event[]): string[] => events.map((e) => Buffer.from(e.body).toString('latin1'))

const split = (text: string, { max = 100, maxLineBytes = 100, dropReturn = true, from = 0 } = {}) => {
  const into: Event[] = []
  const at = splitLines(new Chunk(Buffer.from(text, 'latin1')), from, into, noHeaders, {
    max,
    maxLineBytes,
    dropReturn,
  })
  return { lines: texts(into), at }
}

describe('splitLines', () => {
  it('takes whole lines and leaves the unfinished one', () => {
    expect(split('one\ntwo\npart')).toEqual({ lines: ['one', 'two'], at: 8 })
  })

  it('drops a return before the line end only where told', () => {
    expect(split('a\r\n\r\nb\rc\n').lines).toEqual(['a', '', 'b\rc'])
    expect(split('a\r\n\r\n', { dropReturn: false }).lines).toEqual(['a\r', '\r'])
  })

  it('passes empty lines, NULs and bytes that are no UTF-8', () => {
    expect(split('\n\n\0\xff\xfe\n').lines).toEqual(['', '', '\0\xff\xfe'])
  })

  it('stops at the count, and goes on from where it stopped', () => {
    const first = split('a\nb\nc\n', { max: 2 })
    expect(first).toEqual({ lines: ['a', 'b'], at: 4 })
    expect(split('a\nb\nc\n', { from: first.at }).lines).toEqual(['c'])
  })

  it('stops before a line that is too long', () => {
    expect(split('abc\nabcd\n', { maxLineBytes: 3 })).toEqual({ lines: ['abc'], at: 4 })
    expect(split('abc\r\n', { maxLineBytes: 3 }).lines).toEqual(['abc'])
  })

  it('copies nothing: bodies are views into the chunk', () => {
    const chunk = Buffer.from('one\n')
    const into: Event[] = []
    splitLines(new Chunk(chunk), 0, into, noHeaders, { max: 1, maxLineBytes: 10, dropReturn: true })
    expect(into[0]?.body.buffer).toBe(chunk.buffer)
  })
})
