/** Whatever stands in `__transaction_state`, reading it gives facts or says that it cannot be read, and what we write is read back. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Malformed } from '../../protocol/malformed.ts'
import { type TransactionFacts, transactionStates } from './transaction.ts'
import { readTransactionKey, readTransactionValue, transactionKey, transactionValue } from './transaction-records.ts'

const partitions = fc
  .array(fc.tuple(fc.string({ maxLength: 20 }), fc.uniqueArray(fc.nat(100_000), { maxLength: 5 })), { maxLength: 5 })
  .map((topics) => new Map(topics.map(([topic, numbers]) => [topic, new Set(numbers)])))

const facts: fc.Arbitrary<TransactionFacts> = fc
  .record({
    producerId: fc.maxSafeNat(),
    producerEpoch: fc.integer({ min: -1, max: 32_767 }),
    lastEpoch: fc.constant(-1),
    previousProducerId: fc.constant(-1),
    timeoutMs: fc.nat(),
    state: fc.constantFrom(...transactionStates),
    partitions,
    updatedMs: fc.maxSafeNat(),
    startMs: fc.maxSafeNat(),
  })
  .map((all) => (all.state === 'Empty' ? { ...all, partitions: new Map() } : all))

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), facts, (id, written) => {
      expect(readTransactionKey(transactionKey(id))).toBe(id)
      expect(readTransactionValue(transactionValue(written))).toEqual(written)
    }),
  )
})

test('damaged bytes are read as something, or refused as malformed', () => {
  const damaged = fc.tuple(facts, fc.nat(200), fc.nat(255), fc.nat(200)).map(([written, at, byte, cut]) => {
    const bytes = transactionValue(written)
    if (at < bytes.length) bytes[at] = byte
    return bytes.subarray(0, Math.max(0, bytes.length - (cut % bytes.length)))
  })
  const anything = fc.oneof(damaged, fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes))) // prettier-ignore
  fc.assert(
    fc.property(anything, (bytes) => {
      for (const read of [readTransactionValue, readTransactionKey])
        try {
          read(bytes)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Malformed)
        }
    }),
  )
})
