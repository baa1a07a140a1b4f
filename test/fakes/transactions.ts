/** A transactional producer and a reader of committed data, in single requests over the wire: every step is the test's. */
import { addOffsetsToTxn } from '../../src/protocol/messages/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.ts'
import { endTxn } from '../../src/protocol/messages/end-txn.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { txnOffsetCommit } from '../../src/protocol/messages/txn-offset-commit.ts'
import { noUuid } from '../../src/protocol/table.ts'
import { batchOf, recordsOf } from './batches.ts'
import type { BrokerPeer } from './broker.ts'

export class TestProducer {
  readonly #peer: BrokerPeer
  readonly transactionalId: string
  producerId = -1
  producerEpoch = -1
  readonly #sequences = new Map<string, number>()

  constructor(peer: BrokerPeer, transactionalId = 'tx') {
    this.#peer = peer
    this.transactionalId = transactionalId
  }

  get #name() {
    const { transactionalId, producerId, producerEpoch } = this
    return { transactionalId, producerId, producerEpoch }
  }

  /** Asks for an epoch; gives the error. */
  async init({ timeoutMs = 60_000, version = 4, asKnown = false } = {}): Promise<number> {
    const known = asKnown ? { producerId: this.producerId, producerEpoch: this.producerEpoch } : {}
    const body = { transactionalId: this.transactionalId, transactionTimeoutMs: timeoutMs, ...known }
    const answer = await this.#peer.call(initProducerId, version, body)
    if (answer.errorCode !== 0) return answer.errorCode
    this.producerId = answer.producerId
    this.producerEpoch = answer.producerEpoch
    this.#sequences.clear()
    return 0
  }

  async add(topic: string, partitions: readonly number[] = [0], version = 3): Promise<number[]> {
    const answer = await this.#peer.call(addPartitionsToTxn, version, {
      ...this.#name,
      topics: [{ topic, partitions }],
    })
    return answer.topics.flatMap((t) => t.partitions.map((p) => p.errorCode))
  }

  /** Sends records; gives the error. */
  async send(topic: string, values: readonly string[], { partition = 0, version = 9 } = {}): Promise<number> {
    const { transactionalId, producerId, producerEpoch } = this
    const key = `${topic}/${partition}`
    const baseSequence = this.#sequences.get(key) ?? 0
    const records = batchOf(values, { isTransactional: true, producerId, producerEpoch, baseSequence })
    const topics = [{ topic, partitions: [{ partition, records }] }]
    const answer = await this.#peer.call(produce, version, { transactionalId, acks: -1, timeoutMs: 1000, topics })
    const errorCode = answer.topics[0]?.partitions[0]?.errorCode ?? -1
    if (errorCode === 0) this.#sequences.set(key, baseSequence + values.length)
    return errorCode
  }

  /** Adds the partition and sends; the errors of both must be none. */
  async write(topic: string, values: readonly string[], partition = 0): Promise<void> {
    const errors = [...(await this.add(topic, [partition])), await this.send(topic, values, { partition })]
    if (errors.some((error) => error !== 0)) throw new Error(`A transactional write gave the errors ${errors.join()}`)
  }

  async addOffsets(groupId: string): Promise<number> {
    return (await this.#peer.call(addOffsetsToTxn, 3, { ...this.#name, groupId })).errorCode
  }

  async commitOffset(groupId: string, topic: string, offset: number, version = 3): Promise<number> {
    const partitions = [{ partition: 0, offset, leaderEpoch: -1, metadata: null }]
    const member = version < 3 ? {} : { generationId: -1, memberId: '', groupInstanceId: null }
    const body = { ...this.#name, groupId, ...member, topics: [{ topic, partitions }] }
    return (await this.#peer.call(txnOffsetCommit, version, body)).topics[0]?.partitions[0]?.errorCode ?? -1
  }

  async end(outcome: 'commit' | 'abort', version = 3): Promise<number> {
    return (await this.#peer.call(endTxn, version, { ...this.#name, commit: outcome === 'commit' })).errorCode
  }
}

export interface Read {
  /** With the records of aborted transactions left out, as clients do. */
  readonly values: readonly string[]
  readonly aborted: readonly { producerId: number; firstOffset: number }[] | null
  readonly lastStableOffset: number
  readonly highWatermark: number
}

interface ReadOptions {
  readonly partition?: number
  readonly from?: number
  readonly isolationLevel?: number
}

/** One fetch from an offset on. */
const fetched = async (
  peer: BrokerPeer,
  topic: string,
  { partition = 0, from = 0, isolationLevel = 1 }: ReadOptions,
) => {
  const partitions = [{ partition, fetchOffset: from, partitionMaxBytes: 10_000_000 }]
  const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 50_000_000, isolationLevel }
  const body = { replicaId: -1, ...limits, topics: [{ topic, topicId: noUuid, partitions }], rackId: '' }
  const answer = (await peer.call(fetch, 11, body)).topics[0]?.partitions[0]
  if (answer === undefined || answer.errorCode !== 0) throw new Error(`A fetch gave the error ${answer?.errorCode}`)
  return { ...answer, records: answer.records ?? Buffer.alloc(0) }
}

/** Everything from an offset on, in as many fetches as it takes, and what a client makes of it. */
export const readFrom = async (peer: BrokerPeer, topic: string, options: ReadOptions = {}): Promise<Read> => {
  const values: string[] = []
  const aborted = new Map<string, { producerId: number; firstOffset: number }>()
  for (let from = options.from ?? 0; ;) {
    const answer = await fetched(peer, topic, { ...options, from })
    for (const each of answer.abortedTransactions ?? []) aborted.set(`${each.producerId} ${each.firstOffset}`, each)
    values.push(...committedValues(answer.records, answer.abortedTransactions ?? []))
    const { lastStableOffset, highWatermark } = answer
    const last = recordsOf(answer.records).at(-1)
    if (last === undefined)
      return { values, aborted: answer.abortedTransactions && [...aborted.values()], lastStableOffset, highWatermark }
    from = last.offset + 1
  }
}

/** What is left once control records and the records of aborted transactions are taken out. */
export const committedValues = (bytes: Buffer, aborted: NonNullable<Read['aborted']>): string[] => {
  const open = new Set<number>()
  const starting = [...aborted]
  return recordsOf(bytes).flatMap(({ offset, value, batch }) => {
    while (starting[0] !== undefined && starting[0].firstOffset <= offset) open.add(starting.shift()?.producerId ?? -1)
    if (batch.isControl) {
      open.delete(batch.producerId)
      return []
    }
    return batch.isTransactional && open.has(batch.producerId) ? [] : [value]
  })
}
