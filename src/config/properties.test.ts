import { describe, expect, it } from 'vitest'
import { findingText } from './finding.ts'
import { parseProperties } from './properties.ts'

const pairs = (text: string): string[] => parseProperties(text, 'f').entries.map((e) => `${e.key}|${e.value}`)
const says = (text: string): string[] => parseProperties(text, 'f.properties').findings.map(findingText)

describe('parseProperties', () => {
  it.each([
    ['k v', 'k|v'],
    ['k:v', 'k|v'],
    ['k=v', 'k|v'],
    ['  \t\fk\t=\f v', 'k|v'],
    ['k = = v', 'k|= v'],
    ['k = v  ', 'k|v'],
    ['a\\ b = c', 'a b|c'],
    ['a\\=b = c', 'a=b|c'],
    ['k = \\u00e9', 'k|é'],
    ['k = é', 'k|é'],
    ['k = a\\tb', 'k|a\tb'],
    ['port = 1 # x', 'port|1 # x'],
    ['a.e5 = (\\\\d+) and (\\d+)', 'a.e5|(\\d+) and (d+)'],
    ['\uFEFFk = v', 'k|v'],
    ['__proto__ = v', '__proto__|v'],
  ])('reads %j', (text, pair) => expect(pairs(text)).toEqual([pair]))

  it.each(['\n', '\r\n', '\r'])('continues over lines that end in %j', (end) => {
    const text = ['a.d2 = cont\\', '   inued', 'k\\', 'ey = \\', '\t# no comment', 'last \\', ' = x'].join(end)
    expect(pairs(text)).toEqual(['a.d2|continued', 'key|# no comment', 'last|x'])
  })

  it('takes a continuation into a blank line as the end of the value', () => {
    expect(pairs('a = b\\\n\nc = d')).toEqual(['a|b', 'c|d'])
  })

  it('continues no comment, and knows both comment signs', () => {
    expect(pairs('# a = 1 \\\nb = 2\n  ! c = 3\n\n \t\nd = 4')).toEqual(['b|2', 'd|4'])
  })

  it('gives each entry the line of its key', () => {
    const { entries } = parseProperties('# one\r\n\r\na = 1\\\r\n 2\r\nb = 3\r\n', 'f')
    expect(entries.map((e) => [e.key, e.line])).toEqual([
      ['a', 3],
      ['b', 5],
    ])
  })

  it('keeps how the value was written', () => {
    expect(parseProperties('k = a\\\n  \\u0062', 'f').entries[0]).toMatchObject({ raw: 'a\\\n  \\u0062', value: 'ab' })
  })
})

describe('the traps of the grammar', () => {
  it('names a dropped backslash where it stands', () => {
    expect(says('a = 1\nr = x\\\n  (\\d+)\\.log')).toEqual([
      'f.properties:3: warning: r: the properties grammar drops the backslash of \\d \\. (to keep it write \\\\d \\\\.)',
    ])
    expect(says('r = \\\\d+ \\"quoted\\" a\\=b')).toEqual([])
  })

  it('names a # that is no comment, unless it was written on purpose', () => {
    expect(says('port = 1 # the port')[0]).toContain(
      'f.properties:1: warning: port: the # and what follows it are part',
    )
    expect(says('k = a \\# b\nchan = #flume\nuri = a#b')).toEqual([])
  })

  it('refuses a bad \\u as Java does, and leaves the entry out', () => {
    const { entries, findings } = parseProperties('a = \\u12\nb = C:\\\\users', 'f')
    expect(entries.map((e) => e.key)).toEqual(['b'])
    expect(findings).toMatchObject([{ level: 'fault', line: 1 }])
  })

  it('says that a setting without a value is ignored', () => {
    expect(pairs('a =\nb\nc = 1')).toEqual(['c|1'])
    expect(says('a =')).toEqual([
      'f.properties:1: warning: a has no value and is ignored (an empty value cannot be set; remove the line)',
    ])
  })

  it('says which of two lines wins', () => {
    expect(says('a = 1\nb = 2\na = 3')).toEqual([
      'f.properties:1: warning: a is set again on line 3, which wins (remove one of the two)',
    ])
  })

  it('names Windows paths that turn into control characters, and blanks that are none', () => {
    expect(says('a = C:\\temp')[0]).toContain('control characters')
    expect(says('a = C:\\\\temp')).toEqual([])
    expect(says('a = r1\u00A0r2')[0]).toContain('no-break')
  })

  it('says that quotation marks are part of a value', () => {
    expect(says('a = "/x y"')[0]).toContain('a: the quotation marks are part of the value (leave them away)')
    expect(says('a = echo "x" "y"')).toEqual([])
  })

  it('shows no value, for it may be a secret', () => {
    const text = 'password = s3cret\\d # s3cret\npassword = s3cret2\u00A0'
    expect(says(text).join('\n')).not.toContain('s3cret')
  })
})
