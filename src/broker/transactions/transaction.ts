/**
 * What is known of a transactional id: who may write under it, and how far its transaction is. The facts are never changed, only replaced by others
 * that were stored before; the functions here say what may follow on what.
 */
import { errorCodes } from '../../protocol/error-codes.ts'

/** In the order of the numbers that stand for them on disk. */
export const transactionStates = [
  'Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort',
] as const // prettier-ignore
export type TransactionState = (typeof transactionStates)[number]
export type Outcome = 'commit' | 'abort'

/** Partition numbers by topic. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>

export interface TransactionFacts {
  readonly producerId: number
  /** -1 before the first producer got one. */
  readonly producerEpoch: number
  /** The epoch before, for a producer that asks again because it never got the answer; -1 when there is none, or after a restart. */
  readonly lastEpoch: number
  /** The producer id before, once all epochs of it were used up; -1 when there is none. */
  readonly previousProducerId: number
  /** How long a transaction may take. */
  readonly timeoutMs: number
  readonly state: TransactionState
  readonly partitions: Partitions
  /** When these facts came to be. */
  readonly updatedMs: number
  /** When the transaction began; -1 outside of one. */
  readonly startMs: number
}

export interface Transaction {
  readonly id: string
  facts: TransactionFacts
  /** Other facts are being stored. */
  isPending: boolean
  /** On the monotonic clock, which is set by nobody: when the transaction that is open began. */
  beganMs: number
}

/** A producer as it names itself. */
export interface ProducerName {
  readonly producerId: number
  readonly producerEpoch: number
}

/** From here on the next epoch would leave none to shut out whoever uses it. */
const EPOCH_LAST = 32_766
const noPartitions: Partitions = new Map()

/** All epochs of a producer id were given out. */
export const isExhausted = (epoch: number): boolean => epoch >= EPOCH_LAST

/** The facts of an id that nobody has used yet. */
export const fresh = (producerId: number, timeoutMs: number, nowMs: number): TransactionFacts => ({
  producerId,
  producerEpoch: -1,
  lastEpoch: -1,
  previousProducerId: -1,
  timeoutMs,
  state: 'Empty',
  partitions: noPartitions,
  updatedMs: nowMs,
  startMs: -1,
})

/** What a producer that begins (or begins again) says of itself. */
export interface Beginning {
  readonly timeoutMs: number
  readonly nowMs: number
  /** What it was before, if it says so. */
  readonly expected: ProducerName | undefined
}

/** The facts with the next epoch for a producer that begins, or the error for one that was shut out. No transaction may be open. */
export const withNextEpoch = (
  facts: TransactionFacts,
  { timeoutMs, nowMs, expected }: Beginning,
): TransactionFacts | number => {
  const { producerEpoch, lastEpoch } = facts
  const empty = {
    ...facts,
    timeoutMs,
    state: 'Empty',
    partitions: noPartitions,
    updatedMs: nowMs,
    startMs: -1,
  } as const
  const next = { ...empty, producerEpoch: producerEpoch + 1, lastEpoch: expected === undefined ? -1 : producerEpoch }
  if (producerEpoch === -1 || expected === undefined || expected.producerEpoch === producerEpoch) return next
  // it asked before and never got the answer
  return expected.producerEpoch === lastEpoch ? empty : errorCodes.PRODUCER_FENCED
}

/** The facts with another producer id, because the epochs of the present one are used up. */
export const withNextId = (facts: TransactionFacts, producerId: number, beginning: Beginning): TransactionFacts => ({
  ...fresh(producerId, beginning.timeoutMs, beginning.nowMs),
  producerEpoch: 0,
  lastEpoch: beginning.expected === undefined ? -1 : facts.producerEpoch,
  previousProducerId: facts.producerId,
})

/** Whether a producer that says what it was before may be given anything under this id. */
export const isKnown = (facts: TransactionFacts, { producerId, producerEpoch }: ProducerName): boolean =>
  facts.producerEpoch === -1 ||
  producerId === facts.producerId ||
  (producerId === facts.previousProducerId && isExhausted(producerEpoch))

export const holds = (partitions: Partitions, topic: string, partition: number): boolean =>
  partitions.get(topic)?.has(partition) === true

export const holdsAll = (partitions: Partitions, asked: Partitions): boolean => {
  for (const [topic, numbers] of asked)
    for (const number of numbers) if (!holds(partitions, topic, number)) return false
  return true
}

/** The facts with more partitions in the transaction, which begins with the first. */
export const withPartitions = (facts: TransactionFacts, added: Partitions, nowMs: number): TransactionFacts => {
  const isFirst = facts.state !== 'Ongoing'
  const partitions = new Map(isFirst ? [] : facts.partitions)
  for (const [topic, numbers] of added) partitions.set(topic, new Set([...(partitions.get(topic) ?? []), ...numbers]))
  return { ...facts, state: 'Ongoing', partitions, updatedMs: nowMs, startMs: isFirst ? nowMs : facts.startMs }
}

/** The decision, from which there is no way back. */
export const decided = (facts: TransactionFacts, outcome: Outcome, nowMs: number): TransactionFacts => ({
  ...facts,
  state: outcome === 'commit' ? 'PrepareCommit' : 'PrepareAbort',
  updatedMs: nowMs,
})

/** An abort that shuts out the producer at the same time: the epoch is one that nobody was given. */
export const fenced = (facts: TransactionFacts, nowMs: number): TransactionFacts => ({
  ...decided(facts, 'abort', nowMs),
  producerEpoch: facts.producerEpoch + 1,
  lastEpoch: -1,
})

/** Every partition has its marker. */
export const completed = (facts: TransactionFacts, nowMs: number): TransactionFacts => ({
  ...facts,
  state: facts.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
  partitions: noPartitions,
  updatedMs: nowMs,
})

/** What was decided and is still to be told to partitions; undefined when nothing is. */
export const decisionOf = ({ state }: TransactionFacts): Outcome | undefined =>
  state === 'PrepareCommit' ? 'commit' : state === 'PrepareAbort' ? 'abort' : undefined
