import { describe, expect, it } from 'vitest'
import { javaRegex } from './java-regex.ts'

/** Each: expression, a text it finds something in, and what it finds; undefined for nothing. Results are those of Java 17. */
const finds: readonly (readonly [string, string, string | undefined])[] = [
  ['ERROR', 'an ERROR here', 'ERROR'],
  ['^[\\w.-]+@', 'a.b-c@d', 'a.b-c@'],
  ['(\\d{1,3}\\.){3}\\d{1,3}', 'from 10.1.22.3 on', '10.1.22.3'],
  ['end$', 'the end\n', 'end'],
  ['end$', 'the end\nno', undefined],
  ['end\\Z', 'the end\r\n', 'end'],
  ['end\\z', 'the end\n', undefined],
  ['\\Aa', 'ba', undefined],
  ['a.c', 'a\rc', undefined],
  ['(?s)a.c', 'a\nc', 'a\nc'],
  ['(?m)^b$', 'a\nb\nc', 'b'],
  ['(?m)^$', 'a\n', undefined],
  ['(?i)error', 'ErRoR', 'ErRoR'],
  ['a(?i)b|c', 'C', 'C'],
  ['(?i:a)b', 'AB', undefined],
  ['(?i:a)b', 'Ab', 'Ab'],
  ['(a(?i)b)c', 'aBC', undefined],
  ['(?i)a(?-i)b', 'Ab', 'Ab'],
  ['(?x) a b # and so on\n c', 'abc', 'abc'],
  ['\\Qa.b*\\E+', 'a.b**', 'a.b**'],
  ['\\Q[x', '[x', '[x'],
  ['[\\Q^]\\E]+', 'a^]', '^]'],
  ['\\\\Q', '\\Q', '\\Q'],
  ['\\p{Alpha}+', '12abC3', 'abC'],
  ['\\P{Alpha}+', 'ab12', '12'],
  ['\\p{javaWhitespace}', 'a\tb', '\t'],
  ['\\p{IsLatin}+', 'жaé1', 'aé'],
  ['\\p{L}\\pN', 'é5', 'é5'],
  ['[\\p{Punct}&&[^.]]+', 'a.b!?', '!?'],
  ['[a-z&&[^aeiou]]+', 'aeixyz', 'xyz'],
  ['[a-d[m-p]]+', 'xxbmpz', 'bmp'],
  ['[^a-c&&[b-d]]+', 'bcdx', 'dx'],
  ['[]a]+', 'x]a]', ']a]'],
  ['[a-]+', '-a', '-a'],
  ['[\\w-.]+', 'a-b.c', 'a-b.c'],
  ['[(){}/|*&]+', 'x(&)/', '(&)/'],
  ['\\s', '\u00A0', undefined],
  ['\\h', '\u00A0', '\u00A0'],
  ['[\\h\\d]+', 'x1 2', '1 2'],
  ['a\\Rb', 'a\r\nb', 'a\r\nb'],
  ['\\x41\\u0042\\x{43}\\0104\\t', 'ABCD\t', 'ABCD\t'],
  ['\\e\\[0m', '\u001B[0m', '\u001B[0m'],
  ['(a)(b)\\2\\1', 'abba', 'abba'],
  ['(a)\\10', 'aa0', 'aa0'],
  ['(?<year>\\d+)-\\k<year>', '12-12', '12-12'],
  ['a*+a', 'aaa', undefined],
  ['\\d++x', '12x', '12x'],
  ['(?>a|ab)c', 'abc', undefined],
  ['"[^"]*+"', 'a "b" c', '"b"'],
  ['(?<=a)b(?!c)', 'abcab', 'b'],
  ['a{2,3}?', 'aaa', 'aa'],
  ['x|', 'y', ''],
  ['日.', '日本', '日本'],
  ['^.$', '😀', '😀'],
]

describe('javaRegex', () => {
  it.each(finds)('%j in %j finds %j', (source, text, found) => {
    expect(javaRegex(source).exec(text)?.[0]).toBe(found)
  })

  it('matches the whole text where that is asked for', () => {
    const log = javaRegex('access\\.log|error\\.log', { whole: true })
    expect(['access.log', 'error.log', 'access.log.1', 'access.log\n', 'xaccess.log'].map((t) => log.test(t))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('keeps the numbers and names of groups', () => {
    const groups = javaRegex('(?<a>x)\\s(y)"[^"]*+"').exec('x y"z"')
    expect([groups?.[1], groups?.[2], groups?.groups?.['a']]).toEqual(['x', 'y', 'x'])
  })

  it.each([
    ['(a', 'a group is not closed'],
    ['a)', 'a ) has no group to close'],
    ['[a', 'a class is not closed'],
    ['*a', '* has nothing before it to repeat'],
    ['a{x', '{ begins no repetition'],
    ['a\\', 'it ends too early'],
    ['[z-a]', 'the range from z goes backwards'],
    ['\\p{InGreek}', '\\p{InGreek} has no form here'],
    ['\\p{constructor}', '\\p{constructor} has no form here'],
    ['\\G', '\\G has no form here'],
    ['\\b{g}', '\\b has no form here'],
    ['(?U)\\w', 'the flag (?U) has no form here'],
    ['\\d++(x)', 'a capturing group after a possessive quantifier'],
    ['(x)++', 'a possessive quantifier around a capturing group'],
    ['\\2(a)', 'there is no group 2'],
    ['\\k<b>', 'there is no group <b>'],
    ['(?#c)', 'begins no kind of group'],
    ['\\x{110000}', 'an escape lacks its digits'],
  ])('refuses %j: %s', (source, why) => {
    expect(() => javaRegex(source)).toThrow(why)
  })
})
