/** How a producer behaves; the defaults are those of Kafka's own producer, but for idempotence, which does not depend on `acks` here. */
import type { CodecName } from '../protocol/compression.ts'
import { creationMaxMs } from './topic-lookup.ts'

export interface ProducerOptions {
  /** Who must have a batch before it counts as stored: -1 all in-sync replicas, 1 the leader, 0 nobody. */
  readonly acks: -1 | 0 | 1
  /** Numbers batches, so that the broker drops repeats and order holds with several in flight. Without effect where the broker cannot, or with acks=0. */
  readonly idempotent: boolean
  /** Produce requests that one connection may have unanswered. */
  readonly inFlightMax: number
  /** Largest request, and largest batch before compression. */
  readonly requestBytesMax: number
  /** How long a batch is tried before it fails. */
  readonly deliveryTimeoutMs: number
  /** How long to wait for the metadata of a topic. */
  readonly maxBlockMs: number
  /** How long of it to wait for a topic that does not exist, which asking for it may create. */
  readonly missingTopicMaxMs: number
  /** How long the broker may take to have a batch acknowledged. */
  readonly ackTimeoutMs: number
  readonly compression: CodecName
  /** Set for a producer whose batches belong to transactions (transactional-producer.ts), and never by others. */
  readonly transactionalId: string | undefined
  /** How long a transaction may take before the broker aborts it. */
  readonly transactionTimeoutMs: number
  /** Of gzip and zstd; the codec's own default when undefined. */
  readonly compressionLevel: number | undefined
}

export const producerDefaults: ProducerOptions = {
  acks: -1,
  idempotent: true,
  inFlightMax: 5,
  requestBytesMax: 1_048_576,
  deliveryTimeoutMs: 120_000,
  maxBlockMs: 60_000,
  missingTopicMaxMs: creationMaxMs,
  ackTimeoutMs: 30_000,
  compression: 'none',
  compressionLevel: undefined,
  transactionalId: undefined,
  transactionTimeoutMs: 60_000,
}
