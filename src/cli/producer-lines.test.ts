import { describe, expect, it } from 'vitest'
import { ProducerLines } from './producer-lines.ts'

const cut = (chunks: readonly string[], bytesMax = 100): { lines: string[]; tooLong: number[] } => {
  const tooLong: number[] = []
  const lines = new ProducerLines(bytesMax, (bytes) => void tooLong.push(bytes))
  const all = [...chunks.flatMap((chunk) => lines.push(Buffer.from(chunk, 'latin1'))), ...lines.finish()]
  return { lines: all.map((line) => line.toString('latin1')), tooLong }
}

describe('lines of standard input', () => {
  it.each([
    ['one line', ['a\n'], ['a']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['empty lines', ['\n\na\n\n'], ['', '', 'a', '']],
    ['nothing', [''], []],
    ['CR LF, as Windows ends lines', ['a\r\nb\r\n'], ['a', 'b']],
    ['a CR alone, as Java readers take it', ['a\rb\r\rc'], ['a', 'b', '', 'c']],
    ['CR LF in two chunks', ['a\r', '\nb\n'], ['a', 'b']],
    ['CR at the end of one chunk, no LF in the next', ['a\r', 'b\n'], ['a', 'b']],
    ['CR at the very end', ['a\r'], ['a']],
    ['LF CR', ['a\n\rb\n'], ['a', '', 'b']],
    ['a line over many chunks', ['one ', 'li', 'ne', '\ntwo\n'], ['one line', 'two']],
    ['bytes that are no text', ['\x00\xff\xfe\n\x80'], ['\x00\xff\xfe', '\x80']],
  ])('%s', (_what, chunks, lines) => {
    expect(cut(chunks)).toEqual({ lines, tooLong: [] })
  })

  it('says the size of a line that is too long, and goes on behind it', () => {
    const long = 'x'.repeat(101)
    expect(cut([`a\n${long}\nb\n`])).toEqual({ lines: ['a', 'b'], tooLong: [101] })
    expect(cut(['a\n', 'x'.repeat(60), 'x'.repeat(60), 'x'.repeat(5), '\nb\n'])).toEqual({
      lines: ['a', 'b'],
      tooLong: [125],
    })
    expect(cut(['x'.repeat(300)])).toEqual({ lines: [], tooLong: [300] })
  })

  it('takes a line that is just as long as one may be', () => {
    const longest = 'x'.repeat(100)
    expect(cut([longest.slice(0, 40), `${longest.slice(40)}\n`]).lines).toEqual([longest])
  })
})
