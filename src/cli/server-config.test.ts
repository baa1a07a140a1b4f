import { expect, test } from 'vitest'
import { serverArguments } from './server-config.ts'

test.each([
  [['s.properties'], { daemon: false, file: 's.properties', overrides: {} }],
  [['-daemon', 's.properties'], { daemon: true, file: 's.properties', overrides: {} }],
  [['s.properties', '--override', 'a.b=c=d', '--override=e=f'], { daemon: false, file: 's.properties', overrides: { 'a.b': 'c=d', e: 'f' } }], // prettier-ignore
])('%o is understood', (argv, expected) => {
  expect(serverArguments(argv)).toEqual(expected)
})

test.each([
  [[]],
  [['-daemon']],
  [['--override', 'a=b']],
  [['s', '--override']],
  [['s', '--override', 'a']],
  [['s', 'more']],
  [['s', '-daemon']],
])('%o shows the usage', (argv) => {
  expect(serverArguments(argv)).toBeUndefined()
})
