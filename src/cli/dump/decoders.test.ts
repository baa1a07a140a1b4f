import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupKey, offsetKey, offsetValue } from '../../broker/groups/group-records.ts'
import { transactionKey } from '../../broker/transactions/transaction-records.ts'
import { asText, offsetsDecoder, transactionDecoder } from './decoders.ts'

const committed = { offset: 5, leaderEpoch: 2, metadata: 'm', commitMs: 7, expireMs: undefined }

test('committed offsets and groups are shown as JSON, deletions as such', () => {
  expect(offsetsDecoder(offsetKey('g', 't', 1), offsetValue(committed))).toEqual({
    key: '{"type":"1","data":{"group":"g","topic":"t","partition":1}}',
    payload: '{"version":"3","data":{"offset":5,"leaderEpoch":2,"metadata":"m","commitTimestamp":7}}',
  })
  expect(offsetsDecoder(offsetKey('g', 't', 1), offsetValue({ ...committed, expireMs: 9 })).payload).toBe(
    '{"version":"1","data":{"offset":5,"metadata":"m","commitTimestamp":7,"expireTimestamp":9}}',
  )
  expect(offsetsDecoder(groupKey('g'), null)).toEqual({ key: '{"type":"2","data":{"group":"g"}}', payload: '<DELETE>' })
})

test('transactions are shown as JSON', () => {
  const value = Buffer.from('0000000000000000000700010000ea600100000001000174000000020000000000000003', 'hex')
  const times = Buffer.alloc(16)
  times.writeInt8(5, 7)
  times.writeInt8(4, 15)
  expect(transactionDecoder(transactionKey('tx'), Buffer.concat([value, times]))).toEqual({
    key: '{"type":"0","data":{"transactionalId":"tx"}}',
    payload:
      '{"version":"0","data":{"producerId":7,"producerEpoch":1,"transactionTimeoutMs":60000,"transactionStatus":1,"transactionPartitions":[{"topic":"t","partitionIds":[0,3]}],"transactionLastUpdateTimestampMs":5,"transactionStartTimestampMs":4}}',
  })
})

test('text is text, and what is missing is not shown', () => {
  expect(asText(null, Buffer.from('ä'))).toEqual({ key: undefined, payload: 'ä' })
  expect(asText(Buffer.from('k'), null)).toEqual({ key: 'k', payload: undefined })
})

test('whatever stands in a record, one line comes of it', () => {
  const bytes = fc.option(fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b)))
  const kinds = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 99)
  fc.assert(
    fc.property(kinds, bytes, bytes, (kind, key, value) => {
      const typed = key === null ? null : Buffer.concat([Buffer.from([0, kind]), key])
      for (const decoder of [offsetsDecoder, transactionDecoder]) expect(decoder(typed, value)).toBeDefined()
    }),
    { numRuns: 2000 },
  )
})
