/**
 * The records of `__transaction_state`, byte for byte Kafka's: the key is the transactional id, the value its facts, null once it is forgotten. Written
 * as version 0, which every tool reads; version 1, the same in the compact form with tags, is read too.
 */
import { skipTags } from '../../protocol/compile.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { Reader } from '../../protocol/reader.ts'
import { Writer } from '../../protocol/writer.ts'
import { type Partitions, type TransactionFacts, transactionStates } from './transaction.ts'

const KEY = 0
const VALUE = 0
/** From this version on values are in the compact form. */
const COMPACT = 1
/** States that only memory knows are never written; what a foreign broker wrote of them means what stands here. */
const DEAD = 6

const writer = new Writer()

const written = (write: () => void): Buffer => {
  writer.begin()
  write()
  return Buffer.concat(writer.finish())
}

export const transactionKey = (id: string): Buffer =>
  written(() => {
    writer.i16(KEY)
    writer.str(id, false)
  })

export const transactionValue = (facts: TransactionFacts): Buffer =>
  written(() => {
    writer.i16(VALUE)
    writer.i64(facts.producerId)
    writer.i16(facts.producerEpoch)
    writer.i32(facts.timeoutMs)
    writer.i8(transactionStates.indexOf(facts.state))
    writePartitions(facts)
    writer.i64(facts.updatedMs)
    writer.i64(facts.startMs)
  })

const writePartitions = ({ state, partitions }: TransactionFacts): void => {
  if (state === 'Empty') return writer.length(-1, false, true)
  writer.length(partitions.size, false, true)
  for (const [topic, numbers] of partitions) {
    writer.str(topic, false)
    writer.length(numbers.size, false, true)
    for (const number of numbers) writer.i32(number)
  }
}

/** The transactional id, or undefined for a key of another kind. Throws Malformed. */
export const readTransactionKey = (bytes: Buffer): string | undefined => {
  const reader = new Reader(bytes)
  return reader.i16() === KEY ? (reader.str(false) ?? '') : undefined
}

/** Undefined for an id that is dead. Throws Malformed. */
export const readTransactionValue = (bytes: Buffer): TransactionFacts | undefined => {
  const reader = new Reader(bytes)
  const version = reader.i16()
  if (version < VALUE || version > COMPACT) throw new Malformed(`a transaction value of version ${version}`)
  const compact = version >= COMPACT
  const producer = { producerId: reader.i64(), producerEpoch: reader.i16(), timeoutMs: reader.i32() }
  const code = reader.i8()
  const partitions = readPartitions(reader, compact)
  const times = { updatedMs: reader.i64(), startMs: reader.i64() }
  if (code === DEAD) return undefined
  const state = transactionStates[code]
  if (state === undefined) throw new Malformed(`a transaction in state ${code}`)
  return { ...producer, lastEpoch: -1, previousProducerId: -1, state, partitions, ...times }
}

const readPartitions = (reader: Reader, compact: boolean): Partitions => {
  const partitions = new Map<string, Set<number>>()
  for (let left = reader.count(compact, 1); left > 0; left--) {
    const topic = reader.str(compact) ?? ''
    const numbers = new Set<number>()
    for (let more = reader.count(compact, 4); more > 0; more--) numbers.add(reader.i32())
    if (compact) skipTags(reader)
    partitions.set(topic, numbers)
  }
  return partitions
}
