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

test('offsets are written as Kafka writes them', () => {
  expect(hex(offsetKey('g', 'top', 7))).toBe('0001' + '000167' + '0003746f70' + '00000007')
  const committed = { offset: 258, leaderEpoch: 3, metadata: 'm', commitMs: 1000 }
  expect(hex(offsetValue({ ...committed, expireMs: undefined }))).toBe('0003' + '0000000000000102' + '00000003' + '00016d' + '00000000000003e8') // prettier-ignore
  expect(hex(offsetValue({ ...committed, expireMs: 2000 }))).toBe('0001' + '0000000000000102' + '00016d' + '00000000000003e8' + '00000000000007d0') // prettier-ignore
})

test.each([
  ['0000' + '0000000000000102' + '00016d' + '00000000000003e8', { offset: 258, leaderEpoch: -1, expireMs: undefined }],
  ['0001' + '0000000000000102' + '00016d' + '00000000000003e8' + '00000000000007d0', { offset: 258, expireMs: 2000 }],
  ['0002' + '0000000000000102' + '00016d' + '00000000000003e8', { offset: 258, leaderEpoch: -1 }],
  ['0003' + '0000000000000102' + '00000003' + '00016d' + '00000000000003e8', { leaderEpoch: 3 }],
  ['0004' + '0000000000000102' + '00000003' + '026d' + '00000000000003e8' + '00', { leaderEpoch: 3, metadata: 'm' }],
])('offset values of every version are read', (bytes, says) => {
  expect(readOffsetValue(Buffer.from(bytes, 'hex'))).toMatchObject({ metadata: 'm', commitMs: 1000, ...says })
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
  const expected =
    '0003' + '0008' + Buffer.from('consumer').toString('hex') + '00000005' + '000170' + '00016d' + '000000000000004d' +
    '00000001' + '00016d' + 'ffff' + '000163' + '00022f68' + '00000014' + '0000000a' + '00000003737562' + '000000026173' // prettier-ignore
  expect(hex(bytes)).toBe(expected)
  expect(hex(groupKey('g'))).toBe('0002' + '000167')
  const read = new Group('g', 0)
  readGroupValue(bytes, read)
  expect(hex(groupValue(read))).toBe(expected)
  expect(read).toMatchObject({ state: 'Stable', stateSinceMs: 77 })
})

test('keys of other kinds are passed over, and damaged ones are refused', () => {
  expect(readKey(Buffer.from('0003000167', 'hex'))).toEqual({ kind: 'other' })
  expect(() => readKey(Buffer.from('0001000167', 'hex'))).toThrow(Malformed)
  expect(() => readOffsetValue(Buffer.from('0009', 'hex'))).toThrow(Malformed)
  expect(() => readGroupValue(Buffer.from('00030001', 'hex'), new Group('g', 0))).toThrow(Malformed)
})
