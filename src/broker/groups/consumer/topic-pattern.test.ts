import { describe, expect, test } from 'vitest'
import { patternProblem, TopicPattern } from './topic-pattern.ts'

/** Pattern, names that match as a whole, names that do not. */
const cases: readonly [string, readonly string[], readonly string[]][] = [
  ['abc', ['abc'], ['ab', 'abcd', 'xabc', '']],
  ['', [''], ['a']],
  ['a.c', ['abc', 'a.c'], ['ac', 'a\nc']],
  [String.raw`a\.c`, ['a.c'], ['abc']],
  ['logs-.*', ['logs-', 'logs-a.b'], ['log-a', 'xlogs-']],
  ['a|b|', ['a', 'b', ''], ['ab']],
  ['(a|bc)+d?', ['a', 'bca', 'abcd'], ['', 'd', 'bd']],
  ['(?:ab){2,3}', ['abab', 'ababab'], ['ab', 'abababab']],
  ['a{3}', ['aaa'], ['aa', 'aaaa']],
  ['a{2,}', ['aa', 'aaaaa'], ['a']],
  ['a{,2}', ['a{,2}'], ['aa']],
  ['a*?b+?', ['b', 'aab'], ['a']],
  ['[a-c_][^0-9]', ['a-', '_x'], ['d-', 'a1']],
  ['[]a]', [']', 'a'], ['b']],
  ['[^]]', ['a'], [']']],
  ['[a-]', ['a', '-'], ['b']],
  ['[[:alpha:][:digit:]]+', ['a1'], ['-']],
  ['[[:^alpha:]]', ['1'], ['a']],
  [String.raw`\d{4}-\w+\s?`, ['2026-ab', '2026-ab '], ['202-ab']],
  [String.raw`[\d\-]+`, ['1-2'], ['a']],
  [String.raw`\x41\x{42}`, ['AB'], ['ab']],
  [String.raw`\Qa.b\E+`, ['a.b', 'a.bb'], ['axb']],
  ['^a$', ['a'], ['ba', 'ab']],
  [String.raw`\Aa\z`, ['a'], ['ab']],
  [String.raw`\bfoo\b.*`, ['foo', 'foo-bar'], ['foobar']],
  ['(?i)Logs', ['LOGS', 'logs'], ['log']],
  ['(?i:a)b', ['Ab', 'ab'], ['AB']],
  ['(?s).', ['\n', 'a'], ['']],
  ['(?P<name>a)(?<other>b)', ['ab'], ['a']],
  ['((a*)*)*', ['', 'aaa'], ['b']],
  ['(|a)+', ['', 'aa'], ['b']],
]

describe.each(cases)('%s', (pattern, good, bad) => {
  test('matches whole names', () => {
    const matcher = new TopicPattern(pattern)
    expect(good.filter((name) => !matcher.test(name))).toEqual([])
    expect(bad.filter((name) => matcher.test(name))).toEqual([])
  })
})

test.each([
  ['a(b', 'missing closing ): a(b'],
  ['a)b', 'unexpected ): a)b'],
  ['[a', 'missing closing ]: [a'],
  ['*a', 'no argument for repetition operator: *'],
  ['a|+', 'no argument for repetition operator: +'],
  ['a**', 'invalid nested repetition operator: a**'],
  ['a{1001}', 'invalid repetition size: {1001}'],
  ['a{2,1}', 'invalid repetition size: {2,1}'],
  ['[b-a]', 'invalid character class range: b-a'],
  ['[[:nope:]]', 'invalid character class range: [:nope:]'],
  ['(?=a)', 'invalid perl operator: (?='],
  ['(?<=a)b', 'invalid perl operator: (?<'],
  [String.raw`(a)\1`, String.raw`invalid escape sequence: \1`],
  [String.raw`\pL`, String.raw`invalid escape sequence: \p`],
  ['a\\', String.raw`trailing \ at end of regexp`],
  ['((a{1000}){1000}){1000}', 'pattern too large - compile failed'],
  ['x'.repeat(10_001), 'pattern longer than 10000 characters'],
  ['('.repeat(5000), 'expression nests too deeply'],
])('%s is refused', (pattern, problem) => {
  expect(patternProblem(pattern)).toBe(problem)
})

test('a large pattern is read in no time', () => {
  const many = Array.from({ length: 1500 }, (_, i) => `n${i}`).join('|')
  expect(new TopicPattern(many).test('n1499')).toBe(true)
  expect(new TopicPattern('(x{19}){0,900}').test('x'.repeat(38))).toBe(true)
  expect(new TopicPattern('(x{19}){0,900}').test('x'.repeat(37))).toBe(false)
  expect(new TopicPattern(`${'('.repeat(190)}a{1000}${')'.repeat(190)}`).test('a'.repeat(249))).toBe(false)
})

test('a pattern that would hold up a backtracking engine for years takes no time', () => {
  const name = 'a'.repeat(249)
  for (const pattern of ['(a*)*b', '(a|a)*b', '(a|aa)+b', '(.*.*.*.*.*.*x)+']) expect(new TopicPattern(pattern).test(name)).toBe(false) // prettier-ignore
})
