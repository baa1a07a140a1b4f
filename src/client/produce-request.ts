/** Produce requests and what their answers mean, batch by batch. */
import { codecs } from '../protocol/compression.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { produce } from '../protocol/messages/produce.ts'
import type { RequestInput, ResponseOf } from '../protocol/table.ts'
import { BrokerError } from './errors.ts'
import type { Entry } from './delivery.ts'
import type { Outcome } from './outcome.ts'
import { noIdentity } from './partition-queue.ts'
import type { Verdict } from './partition-queue.ts'
import type { ProducerOptions } from './producer-options.ts'

interface Topic {
  readonly topic: string
  readonly partitions: { readonly partition: number; readonly records: Uint8Array }[]
}

const finished = ({ queue, records, sequence }: Entry, options: ProducerOptions): Buffer => {
  const { producerId, epoch } = queue.identity ?? noIdentity
  return records.finish({
    codec: codecs[options.compression],
    level: options.compressionLevel,
    producerId,
    producerEpoch: epoch,
    baseSequence: producerId < 0 ? -1 : sequence,
    isTransactional: options.transactionalId !== undefined,
  })
}

/** A request with one batch per partition. */
export const produceRequest = (entries: readonly Entry[], options: ProducerOptions): RequestInput<typeof produce> => {
  const topics: Topic[] = []
  for (const entry of entries) {
    const { queue } = entry
    let topic = topics.at(-1)
    if (topic?.topic !== queue.topic) topic = topics.find((t) => t.topic === queue.topic)
    if (topic === undefined) topics.push((topic = { topic: queue.topic, partitions: [] }))
    topic.partitions.push({ partition: queue.partition, records: finished(entry, options) })
  }
  const { transactionalId = null } = options
  return { transactionalId, acks: options.acks, timeoutMs: options.ackTimeoutMs, topics }
}

type PartitionReply = ResponseOf<typeof produce>['topics'][number]['partitions'][number]

export interface Answer {
  readonly verdict: Verdict
  readonly outcome: Outcome
}

const stored: ReadonlySet<number> = new Set([errorCodes.NONE, errorCodes.DUPLICATE_SEQUENCE_NUMBER])
const strangers: ReadonlySet<number> = new Set([errorCodes.INVALID_PRODUCER_EPOCH, errorCodes.UNKNOWN_PRODUCER_ID])

/** Inside a transaction nothing is mended by another epoch or id: it fails, and is aborted as a whole. */
const verdictOf = ({ queue }: Entry, error: BrokerError, isTransactional: boolean): Verdict => {
  if (isTransactional) return error.retriable ? 'again' : 'failed'
  if (error.errorCode === errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER) return queue.draining ? 'again' : 'resequence'
  if (strangers.has(error.errorCode)) return 'newId'
  return error.retriable ? 'again' : 'failed'
}

const unanswered = ({ queue }: Entry): Answer => {
  const error = new BrokerError(
    `${queue.topic}-${queue.partition}`,
    errorCodes.NETWORK_EXCEPTION,
    'It was not answered',
  )
  return { verdict: 'again', outcome: { baseOffset: -1, error } }
}

/** What the broker said of one batch; nothing, for a batch that the reply leaves out. */
export const answerOf = (entry: Entry, reply: PartitionReply | undefined, isTransactional: boolean): Answer => {
  if (reply === undefined) return unanswered(entry)
  if (stored.has(reply.errorCode)) return { verdict: 'stored', outcome: { baseOffset: reply.baseOffset } }
  const error = new BrokerError(`${entry.queue.topic}-${entry.queue.partition}`, reply.errorCode, reply.errorMessage)
  const badRecords = reply.recordErrors.map((bad) => ({ index: bad.batchIndex, says: bad.batchIndexErrorMessage }))
  return { verdict: verdictOf(entry, error, isTransactional), outcome: { baseOffset: -1, error, badRecords } }
}

/** The part of a reply that concerns a batch, or undefined when the broker left it out. */
export const replyFor = ({ queue }: Entry, reply: ResponseOf<typeof produce>): PartitionReply | undefined =>
  reply.topics
    .find((topic) => topic.topic === queue.topic)
    ?.partitions.find((partition) => partition.partition === queue.partition)
