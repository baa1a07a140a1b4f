import { expect, test } from 'vitest'
import { sequenced } from '../../../test/fakes/batches.ts'
import { errorCodes, KafkaFault, type ErrorName } from '../../protocol/error-codes.ts'
import { readBatchHeader, stampOffset } from '../../protocol/record-batch.ts'
import { decodeSnapshot, encodeSnapshot } from './producer-snapshot.ts'
import { ProducerState, producersMax } from './producer-state.ts'

/** A state with a log end, which appends as the log would. */
const partition = () => {
  const state = new ProducerState()
  let end = 0
  return {
    state,
    send: (count: number, sequence: number, { id = 7, epoch = 0 } = {}): number => {
      const batch = sequenced(
        Array.from({ length: count }, () => 'x'),
        id,
        sequence,
        epoch,
      )
      const earlier = state.check(readBatchHeader(batch))
      if (earlier !== undefined) return earlier.firstOffset
      stampOffset(batch, 0, end, 0)
      state.note(readBatchHeader(batch), undefined)
      end += count
      return end - count
    },
  }
}

const codeOf = (action: () => unknown): number | undefined => {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return thrown.code
    throw thrown
  }
  return undefined
}

const refused = (error: ErrorName, action: () => unknown): void => expect(codeOf(action)).toBe(errorCodes[error])

test('the last five batches are recognized when they come again, and are not stored twice', () => {
  const { send } = partition()
  const offsets = [0, 10, 20, 30, 40, 50].map((sequence) => send(10, sequence))
  expect(offsets).toEqual([0, 10, 20, 30, 40, 50])
  expect([50, 40, 30, 20, 10].map((sequence) => send(10, sequence))).toEqual([50, 40, 30, 20, 10])
  refused('OUT_OF_ORDER_SEQUENCE_NUMBER', () => send(10, 0))
})

test('a gap is refused when the producer is known, and an unknown one may begin anywhere', () => {
  const { send } = partition()
  expect(send(5, 1234)).toBe(0)
  refused('OUT_OF_ORDER_SEQUENCE_NUMBER', () => send(5, 1240))
  refused('OUT_OF_ORDER_SEQUENCE_NUMBER', () => send(4, 1234))
  expect(send(5, 1239)).toBe(5)
})

test('a newer epoch begins at zero and shuts out the older one', () => {
  const { send } = partition()
  send(5, 0)
  refused('OUT_OF_ORDER_SEQUENCE_NUMBER', () => send(5, 5, { epoch: 1 }))
  expect(send(5, 0, { epoch: 1 })).toBe(5)
  refused('INVALID_PRODUCER_EPOCH', () => send(5, 5))
})

test('sequences go from 2147483647 to 0', () => {
  const { send } = partition()
  send(4, 2_147_483_644)
  expect(send(3, 0)).toBe(4)
  const across = partition()
  across.send(4, 2_147_483_646)
  expect(across.send(1, 2)).toBe(4)
  expect(across.send(4, 2_147_483_646)).toBe(0)
})

test('a snapshot has the form of Kafka and brings the last batch back', () => {
  const { state, send } = partition()
  send(10, 0, { id: 258, epoch: 3 })
  send(5, 10, { id: 258, epoch: 3 })
  const bytes = encodeSnapshot(state)
  expect(bytes.subarray(0, 2).toString('hex')).toBe('0001')
  expect(bytes.subarray(6, 36).toString('hex')).toBe(
    ['00000001', '0000000000000102', '0003', '0000000e', '000000000000000e', '00000004'].join(''),
  )
  const restored = decodeSnapshot(bytes)
  const again = readBatchHeader(sequenced(['x', 'x', 'x', 'x', 'x'], 258, 10, 3))
  expect(restored?.check(again)).toMatchObject({ firstOffset: 10, lastOffset: 14 })
  expect(restored?.check(readBatchHeader(sequenced(['x'], 258, 15, 3)))).toBeUndefined()
})

test('a damaged snapshot is none', () => {
  const { state, send } = partition()
  send(10, 0)
  const bytes = encodeSnapshot(state)
  for (const at of [0, 3, 8, 20, bytes.length - 1]) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    expect(decodeSnapshot(damaged)).toBeUndefined()
  }
  expect(decodeSnapshot(bytes.subarray(0, -1))).toBeUndefined()
  expect(decodeSnapshot(Buffer.alloc(0))).toBeUndefined()
})

test('there is a limit to how many producers are remembered', () => {
  const { state, send } = partition()
  for (let id = 0; id < producersMax + 5; id++) send(1, 0, { id })
  expect(state.size).toBeLessThanOrEqual(producersMax)
  expect(send(1, 1, { id: producersMax + 4 })).toBeGreaterThan(producersMax)
})

test('producers that are silent for long are forgotten', () => {
  const { state, send } = partition()
  send(1, 0)
  state.expire(1001)
  expect(state.size).toBe(0)
  expect(send(1, 77)).toBe(1)
})
