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

  it('splits what is long as it splits what is short', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => 'x'.repeat((i * i) % 211) + (i % 3 === 0 ? '\r' : ''))
    const text = `${lines.join('\n')}\npart`
    const taken = { max: 10_000, maxLineBytes: 1000 }
    const without = lines.map((line) => line.replace('\r', ''))
    expect(split(text, taken)).toEqual({ lines: without, at: text.length - 4 })
    expect(split(text, { ...taken, dropReturn: false }).lines).toEqual(lines)
    expect(split(`no end${text}`, { ...taken, from: 6 }).lines).toEqual(without)
  })

  it('stops in the midst of what is long, at the count and before a line that is too long', () => {
    const text = `${'0123456789\n'.repeat(5000)}${'x'.repeat(40_000)}\n${'0123456789\n'.repeat(5000)}`
    const rules = { max: 1777, maxLineBytes: 39_999 }
    const batches: number[] = []
    let from = 0
    for (;;) {
      const { lines, at } = split(text, { ...rules, from })
      if (lines.length === 0) break
      batches.push(lines.length)
      from = at
    }
    expect(batches).toEqual([1777, 1777, 1446])
    expect(from).toBe(55_000)
    expect(split(text, { ...rules, maxLineBytes: 40_000, from }).lines.slice(0, 2)).toEqual([
      'x'.repeat(40_000),
      '0123456789',
    ])
  })
})
