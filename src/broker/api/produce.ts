/**
 * Produce: appends each partition's records, all of them or none, and answers when they are in the log (acks 1 and all are the same on one broker),
 * or after the sync where the flush settings promise one. acks=0 is not answered; what goes wrong then closes the connection, the only way to tell.
 * 0-2 carry message sets of magic 0 and 1, 3+ one batch of magic 2; 3+ may be part of a transaction (produce-verify.ts), 7+
 * may use zstd, 8+ is told which records were refused, 11+ knows TRANSACTION_ABORTABLE, 13+ names topics by id.
 */
import { errorCodes, errorName, KafkaFault } from '../../protocol/error-codes.ts'
import { produce as api } from '../../protocol/messages/produce.ts'
import { noUuid, type RequestOf, type ResponseInput } from '../../protocol/table.ts'
import { InvalidRecords } from '../../protocol/record-check.ts'
import type { Appended } from '../log/log-types.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { Refused } from '../server/connection.ts'
import type { Topic } from '../topics/topic-types.ts'
import { type Answer, defineHandler, noAnswer, type RequestContext } from './handler.ts'
import { type Verify, verifierOf } from './produce-verify.ts'
import { namedTwice } from './twice.ts'

type Request = RequestOf<typeof api>
type TopicAsked = Request['topics'][number]
type PartitionAsked = TopicAsked['partitions'][number]
type TopicAnswer = ResponseInput<typeof api>['topics'][number]
type PartitionAnswer = TopicAnswer['partitions'][number]

const IDS_SINCE = 13
const STORAGE_ERROR_SINCE = 4
const INVALID_RECORD_SINCE = 8
/** The Java admin tools may write internal topics under this name. */
const ADMIN_CLIENT = '__admin_client'
const noRecords = Buffer.alloc(0)

/** Errors that a client of an older version does not know are told as the nearest it does. */
const codeFor = (code: number, version: number): number => {
  if (code === errorCodes.KAFKA_STORAGE_ERROR && version < STORAGE_ERROR_SINCE) return errorCodes.NOT_LEADER_OR_FOLLOWER
  if (code === errorCodes.INVALID_RECORD && version < INVALID_RECORD_SINCE) return errorCodes.CORRUPT_MESSAGE
  return code
}

const failed = (partition: number, fault: KafkaFault, version: number): PartitionAnswer => ({
  partition,
  errorCode: codeFor(fault.code, version),
  baseOffset: -1,
  errorMessage: fault.message,
  ...(fault instanceof InvalidRecords ? rejected(fault) : {}),
})

/** Which records were the reason, in the words of Kafka, which clients show. */
const rejected = ({ code, message, recordErrors }: InvalidRecords): Partial<PartitionAnswer> => {
  const told = recordErrors.map(({ batchIndex, message: batchIndexErrorMessage }) => ({ batchIndex, batchIndexErrorMessage })) // prettier-ignore
  if (code !== errorCodes.INVALID_RECORD) return { errorMessage: message, recordErrors: told }
  const first = recordErrors.slice(0, 3).map((e) => `RecordError(batchIndex=${e.batchIndex}, message='${e.message}')`)
  const errorMessage = `One or more records have been rejected due to ${recordErrors.length} record errors in total, and only showing the first three errors at most: [${first.join(', ')}]`
  return { errorMessage, recordErrors: told }
}

const stored = (partition: number, appended: Appended): PartitionAnswer => ({
  partition,
  errorCode: errorCodes.NONE,
  baseOffset: appended.baseOffset,
  logAppendTimeMs: appended.logAppendTimeMs,
  logStartOffset: appended.logStartOffset,
})

/** Why nothing of the request may be stored. */
const refusal = ({ acks }: Request): KafkaFault | undefined =>
  acks < -1 || acks > 1 ? new KafkaFault('INVALID_REQUIRED_ACKS') : undefined

const topicOf = (asked: TopicAsked, { version, broker, clientId }: RequestContext): Topic | KafkaFault => {
  const byId = version >= IDS_SINCE
  const topic = byId ? broker.topics.byId(asked.topicId) : broker.topics.get(asked.topic)
  if (topic === undefined) return new KafkaFault(byId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION')
  if (topic.internal && clientId !== ADMIN_CLIENT) return new KafkaFault('INVALID_TOPIC_EXCEPTION')
  return topic
}

/** Answers one request; kept together because an answer may have to wait for syncs. */
class Writes {
  readonly #version: number
  readonly #verify: Verify
  readonly #needsAll: boolean
  #syncs: Promise<void>[] | undefined
  /** The first thing that went wrong. */
  fault: KafkaFault | undefined

  constructor({ acks }: Request, version: number, verify: Verify) {
    this.#needsAll = acks === -1
    this.#version = version
    this.#verify = verify
  }

  /** Resolves when everything that was promised to be on disk is; undefined when nothing was. */
  get synced(): Promise<unknown> | undefined {
    return this.#syncs === undefined ? undefined : Promise.all(this.#syncs)
  }

  refuse(partition: number, fault: KafkaFault): PartitionAnswer {
    this.fault ??= fault
    return failed(partition, fault, this.#version)
  }

  append(log: PartitionLog | undefined, { partition, records }: PartitionAsked): PartitionAnswer {
    if (log === undefined) return this.refuse(partition, new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION'))
    if (this.#needsAll && (log.settings.minInSyncReplicas ?? 1) > 1) return this.refuse(partition, tooFew(log))
    try {
      const unfit = this.#verify(log, records ?? noRecords)
      if (unfit !== undefined) return this.refuse(partition, unfit)
      const appended = log.append(records ?? noRecords, { origin: 'client', produceVersion: this.#version })
      if (appended.flushed !== undefined) (this.#syncs ??= []).push(appended.flushed)
      return stored(partition, appended)
    } catch (thrown) {
      if (thrown instanceof KafkaFault) return this.refuse(partition, thrown)
      throw thrown
    }
  }
}

/** There is one replica, in sync with itself. */
const tooFew = ({ topic, partition, settings }: PartitionLog): KafkaFault =>
  new KafkaFault(
    'NOT_ENOUGH_REPLICAS',
    `The size of the current ISR : 1 is insufficient to satisfy the min.isr requirement of ${settings.minInSyncReplicas} for partition ${topic}-${partition}`,
  )

const isTwice = (partitions: readonly PartitionAsked[]): boolean =>
  partitions.length > 1 && namedTwice(partitions.map((p) => p.partition)).size > 0

const answerTopic = (
  asked: TopicAsked,
  refused: KafkaFault | undefined,
  writes: Writes,
  context: RequestContext,
): TopicAnswer => {
  const topic = refused ?? topicOf(asked, context)
  const fault =
    topic instanceof KafkaFault ? topic : isTwice(asked.partitions) ? new KafkaFault('INVALID_REQUEST') : undefined
  return {
    topic: asked.topic,
    topicId: asked.topicId ?? noUuid,
    partitions: asked.partitions.map((p) =>
      fault === undefined
        ? writes.append((topic as Topic).partitions[p.partition], p)
        : writes.refuse(p.partition, fault),
    ),
  }
}

const finished = (acks: number, writes: Writes, answer: Answer<typeof api>): Answer<typeof api> => {
  if (acks !== 0) return answer
  if (writes.fault === undefined) return noAnswer
  throw new Refused(
    `Records sent with acks=0 could not be stored: ${errorName(writes.fault.code)}, ${writes.fault.message}`,
  )
}

/** A sync that failed takes the success of every partition back: which of them it was, only the disk knows. */
const unsynced = (answer: ResponseInput<typeof api>, thrown: unknown, version: number): ResponseInput<typeof api> => {
  if (!(thrown instanceof KafkaFault)) throw thrown
  const topics = answer.topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((p) =>
      p.errorCode === errorCodes.NONE ? failed(p.partition, thrown, version) : p,
    ),
  }))
  return { topics }
}

export const produce = defineHandler({
  api,
  versions: [0, 13],
  borrows: true,
  handle(request, context) {
    const writes = new Writes(request, context.version, verifierOf(request.transactionalId, context))
    const refused = refusal(request)
    const answer = { topics: request.topics.map((topic) => answerTopic(topic, refused, writes, context)) }
    const { synced } = writes
    if (synced === undefined) return finished(request.acks, writes, answer)
    return synced.then(
      () => finished(request.acks, writes, answer),
      (thrown: unknown) => finished(request.acks, writes, unsynced(answer, thrown, context.version)),
    )
  },
})
