import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/flow/event.ts'
import { LineAssembler } from './line-assembler.ts'

const assembler = (maxLineBytes = 100) => {
  let long = 0
  const lines = new LineAssembler(maxLineBytes, () => long++)
  return {
    lines,
    take: (text: string): string[] => {
      const batch: Event[] = []
      lines.take(Buffer.from(text), 0, batch, 1000)
      return batch.map((event) => Buffer.from(event.body).toString())
    },
    get long() {
      return long
    },
  }
}

describe('LineAssembler', () => {
  it('puts a line together over chunks, its end included', () => {
    const { take } = assembler()
    expect([take('on'), take('e\ntwo\r'), take('\n'), take('\n')]).toEqual([[], ['one'], ['two'], ['']])
  })

  it('gives the rest on demand, and the end that follows is no line', () => {
    const { lines, take } = assembler()
    take('part')
    expect(Buffer.from(lines.rest()?.body ?? []).toString()).toBe('part')
    expect(lines.rest()).toBeUndefined()
    expect([take('\r'), take('\nnext\n')]).toEqual([[], ['next']])
  })

  it('goes on with a line whose beginning went out', () => {
    const { lines, take } = assembler()
    take('part')
    lines.rest()
    expect(take(' and more\nnext\n')).toEqual([' and more', 'next'])
  })

  it('forgets an unfinished line at a new file', () => {
    const { lines, take } = assembler()
    take('part')
    lines.rest()
    lines.reset()
    expect(take('\nnext\n')).toEqual(['', 'next'])
  })

  it('says once that a line is too long', () => {
    const at = assembler(10)
    expect(at.take(`${'x'.repeat(30)}\nok\n`).join('')).toBe(`${'x'.repeat(30)}ok`)
    expect(at.long).toBe(1)
  })
})
