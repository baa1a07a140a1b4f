import { expect, it } from 'vitest'
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts'
import { Malformed } from './malformed.ts'

const owned = [{ topic: 'log', partitions: [0, 2] }]

it.each([0, 1, 2, 3])('a subscription of version %i says what that version can', (version) => {
  const said = { topics: ['log'], userData: Buffer.from('u'), ownedPartitions: owned, generationId: 4, rackId: 'r' }
  expect(decodeSubscription(encodeSubscription(said, version))).toEqual({
    topics: ['log'],
    userData: Buffer.from('u'),
    ownedPartitions: version >= 1 ? owned : [],
    generationId: version >= 2 ? 4 : -1,
    rackId: version >= 3 ? 'r' : null,
  })
})

it('lays a subscription out as other clients do', () => {
  const hex = '0001 00000001 0003 6c6f67 ffffffff 00000001 0003 6c6f67 00000001 00000005'.replaceAll(' ', '')
  const said = { topics: ['log'], ownedPartitions: [{ topic: 'log', partitions: [5] }] }
  expect(encodeSubscription(said, 1).toString('hex')).toBe(hex)
})

it('reads a version of the future as the newest it knows, the rest ignored', () => {
  const future = Buffer.concat([encodeSubscription({ topics: ['log'] }, 3), Buffer.from('more')])
  future.writeInt16BE(9)
  expect(decodeSubscription(future)).toMatchObject({ topics: ['log'], rackId: null })
})

it('gives an assignment back, and takes no bytes for none', () => {
  expect(decodeAssignment(encodeAssignment({ partitions: owned }))).toEqual({ partitions: owned, userData: null })
  expect(decodeAssignment(Buffer.alloc(0)).partitions).toEqual([])
})

it('refuses what another protocol put there', () => {
  expect(() => decodeSubscription(Buffer.from('0001ffffffff', 'hex'))).toThrow(Malformed)
  expect(() => decodeAssignment(Buffer.from([1]))).toThrow(Malformed)
})
