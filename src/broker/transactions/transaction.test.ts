import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../protocol/error-codes.ts'
import {
  completed,
  decided,
  fenced,
  fresh,
  isExhausted,
  isKnown,
  withNextEpoch,
  withNextId,
  withPartitions,
} from './transaction.ts'
import type { TransactionFacts } from './transaction.ts'
import { readTransactionKey, readTransactionValue, transactionKey, transactionValue } from './transaction-records.ts'

const begin = { timeoutMs: 1000, nowMs: 50, expected: undefined }
const base: TransactionFacts = { ...fresh(7, 1000, 50), producerEpoch: 3, lastEpoch: 2 }

describe('the epoch of a producer that begins', () => {
  test('is the next one, from 0 on', () => {
    expect(withNextEpoch(fresh(7, 1, 1), begin)).toMatchObject({ producerEpoch: 0, lastEpoch: -1, state: 'Empty', timeoutMs: 1000 }) // prettier-ignore
    expect(withNextEpoch(base, begin)).toMatchObject({ producerEpoch: 4, lastEpoch: -1 })
  })

  test('is the next one for the producer that has the last, and again the last for one that missed the answer', () => {
    const named = (producerEpoch: number) => ({ ...begin, expected: { producerId: 7, producerEpoch } })
    expect(withNextEpoch(base, named(3))).toMatchObject({ producerEpoch: 4, lastEpoch: 3 })
    expect(withNextEpoch(base, named(2))).toMatchObject({ producerEpoch: 3, lastEpoch: 2 })
    expect(withNextEpoch(base, named(1))).toBe(errorCodes.PRODUCER_FENCED)
  })

  test('ends at 32766: then another producer id begins at 0, and whoever missed that is still known', () => {
    const last = { ...base, producerEpoch: 32_766 }
    expect([isExhausted(32_765), isExhausted(32_766), isExhausted(32_767)]).toEqual([false, true, true])
    const expected = { producerId: 7, producerEpoch: 32_766 }
    const next = withNextId(last, 8, { ...begin, expected })
    expect(next).toMatchObject({ producerId: 8, producerEpoch: 0, previousProducerId: 7, lastEpoch: 32_766 })
    expect(isKnown(next, expected)).toBe(true)
    expect(withNextEpoch(next, { ...begin, expected })).toMatchObject({ producerId: 8, producerEpoch: 0 })
    expect(isKnown(next, { producerId: 7, producerEpoch: 5 })).toBe(false)
    expect(isKnown(next, { producerId: 9, producerEpoch: 0 })).toBe(false)
  })
})

test('a transaction begins with its first partition and ends without any', () => {
  const one = withPartitions(base, new Map([['t', new Set([0])]]), 60)
  const two = withPartitions(one, new Map([['t', new Set([0, 2])], ['u', new Set([1])]]), 70) // prettier-ignore
  expect(two).toMatchObject({ state: 'Ongoing', startMs: 60, updatedMs: 70 })
  expect([...(two.partitions.get('t') ?? [])]).toEqual([0, 2])
  const over = completed(decided(two, 'commit', 80), 90)
  expect(over).toMatchObject({ state: 'CompleteCommit', updatedMs: 90 })
  expect(over.partitions.size).toBe(0)
  expect(withPartitions(over, new Map([['t', new Set([1])]]), 100)).toMatchObject({ state: 'Ongoing', startMs: 100 })
  expect(fenced(two, 80)).toMatchObject({ state: 'PrepareAbort', producerEpoch: 4, lastEpoch: -1 })
})

describe('the records of __transaction_state', () => {
  const open = withPartitions(base, new Map([['t', new Set([0, 258])]]), 60)

  test('have the form of Kafka', () => {
    expect(transactionKey('tx').toString('hex')).toBe('000000027478')
    expect(transactionValue(open).toString('hex')).toBe(
      ['0000', '0000000000000007', '0003', '000003e8', '01', '00000001', '000174', '00000002', '00000000', '00000102', '000000000000003c', '000000000000003c'].join(''), // prettier-ignore
    )
    // without partitions there is none, not an empty list
    expect(transactionValue(base).toString('hex')).toContain('00ffffffff0000000000000032ffffffffffffffff')
  })

  test('are read back', () => {
    expect(readTransactionKey(transactionKey('tx-ä'))).toBe('tx-ä')
    expect(readTransactionKey(Buffer.from('0001000178', 'hex'))).toBeUndefined()
    for (const facts of [base, open, decided(open, 'abort', 70), completed(decided(open, 'commit', 70), 80)])
      expect(readTransactionValue(transactionValue(facts))).toEqual({ ...facts, lastEpoch: -1 })
  })

  test('are read in the compact form of newer brokers', () => {
    const compact = ['0001', '0000000000000007', '0003', '000003e8', '01', '02', '0274', '02', '00000102', '00', '000000000000003c', '0000000000000032', '00'] // prettier-ignore
    expect(readTransactionValue(Buffer.from(compact.join(''), 'hex'))).toMatchObject({
      producerId: 7,
      state: 'Ongoing',
      partitions: new Map([['t', new Set([258])]]),
      startMs: 50,
    })
    expect(() => readTransactionValue(Buffer.from('0002', 'hex'))).toThrow('version 2')
  })
})
