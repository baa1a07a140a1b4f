import { expect, test } from 'vitest'
import { Malformed } from '../../protocol/malformed.ts'
import { Group } from './group.ts'
import {
  groupKey,
  groupValue,
  offsetKey,
  offsetValue,
  readGroupValue,
  readKey,
  readOffsetValue,
} from './group-records.ts'
import { Member } from './member.ts'

const hex = (bytes: Buffer): string => bytes.toString('hex')
/** Bytes from hexadecimal digits, with blanks between the fields. */
const digits = (spaced: string): string => spaced.replaceAll(' ', '')
const bytesOf = (spaced: string): Buffer => Buffer.from(digits(spaced), 'hex')

test('offsets are written as Kafka writes them', () => {
  expect(hex(offsetKey('g', 'top', 7))).toBe(digits('0001 000167 0003746f70 00000007'))
  const committed = { offset: 258, leaderEpoch: 3, metadata: 'm', commitMs: 1000 }
  expect(hex(offsetValue({ ...committed, expireMs: undefined }))).toBe(digits('0003 0000000000000102 00000003 00016d 00000000000003e8')) // prettier-ignore
  expect(hex(offsetValue({ ...committed, expireMs: 2000 }))).toBe(digits('0001 0000000000000102 00016d 00000000000003e8 00000000000007d0')) // prettier-ignore
})

test.each([
  ['0000 0000000000000102 00016d 00000000000003e8', { offset: 258, leaderEpoch: -1, expireMs: undefined }],
  ['0001 0000000000000102 00016d 00000000000003e8 00000000000007d0', { offset: 258, expireMs: 2000 }],
  ['0002 0000000000000102 00016d 00000000000003e8', { offset: 258, leaderEpoch: -1 }],
  ['0003 0000000000000102 00000003 00016d 00000000000003e8', { leaderEpoch: 3 }],
  ['0004 0000000000000102 00000003 026d 00000000000003e8 00', { leaderEpoch: 3, metadata: 'm' }],
])('offset values of every version are read', (bytes, says) => {
  expect(readOffsetValue(bytesOf(bytes))).toMatchObject({ metadata: 'm', commitMs: 1000, ...says })
})

const example = (): Group => {
  const group = new Group('g', 77)
  const facts = {
    clientId: 'c',
    clientHost: '/h',
    sessionTimeoutMs: 10,
    rebalanceTimeoutMs: 20,
    protocolType: 'consumer',
  }
  const member = new Member({ ...facts, id: 'm', instanceId: undefined, protocols: [{ name: 'p', metadata: Buffer.from('sub') }] }) // prettier-ignore
  member.assignment = Buffer.from('as')
  group.add(member)
  group.generation = 5
  group.protocolName = 'p'
  return group
}

test('groups are written as Kafka writes them, and read back', () => {
  const bytes = groupValue(example())
  const expected = digits('0003 0008 636f6e73756d6572 00000005 000170 00016d 000000000000004d 00000001 00016d ffff 000163 00022f68 00000014 0000000a 00000003737562 000000026173') // prettier-ignore
  expect(hex(bytes)).toBe(expected)
  expect(hex(groupKey('g'))).toBe(digits('0002 000167'))
  const read = new Group('g', 0)
  readGroupValue(bytes, read)
  expect(hex(groupValue(read))).toBe(expected)
  expect(read).toMatchObject({ state: 'Stable', stateSinceMs: 77 })
})

test('keys of other kinds are passed over, and damaged ones are refused', () => {
  expect(readKey(bytesOf('0009000167'))).toEqual({ kind: 'other' })
  expect(() => readKey(bytesOf('0001000167'))).toThrow(Malformed)
  expect(() => readOffsetValue(bytesOf('0009'))).toThrow(Malformed)
  expect(() => readGroupValue(bytesOf('00030001'), new Group('g', 0))).toThrow(Malformed)
})
