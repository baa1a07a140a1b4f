/** The Java producer's settings, by their names. */
import { codecs } from '../protocol/compression.ts'
import type { CodecName } from '../protocol/compression.ts'
import { commonRows } from './common-settings.ts'
import type { ClientPart } from './common-settings.ts'
import type { ProducerOptions } from './producer-options.ts'
import { applySettings, oneOfWords, refused, trueOrFalse, used, wholeNumber, without } from './setting-rows.ts'
import type { Closest, SettingFinding, SettingRows } from './setting-rows.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Where the settings end up: options to complete with the defaults. */
export interface ProducerSettings extends ClientPart {
  readonly producer: Mutable<Partial<ProducerOptions>>
}

/** `all`, `-1`, `0` and `1`. */
export const parseAcks = (text: string): -1 | 0 | 1 => {
  if (text.toLowerCase() === 'all' || text === '-1') return -1
  if (text === '0') return 0
  if (text === '1') return 1
  throw new Error(`'${text}' is none of all, -1, 0, 1`)
}

const codecNames = Object.keys(codecs) as CodecName[]
const noLinger = 'a batch is sent as soon as it is handed over'
const serialized = 'keys and values are sent as the bytes they are'
const transactions = 'What is sent here is not sent in transactions yet'
const atLeastNought = (text: string): number => wholeNumber(text, 0)
const bytesLimits = 'the number of open writes limits the memory'

export const producerRows: SettingRows<ProducerSettings> = {
  ...commonRows,
  acks: used((text, { producer }) => void (producer.acks = parseAcks(text))),
  'enable.idempotence': used((text, { producer }) => void (producer.idempotent = trueOrFalse(text))),
  'max.in.flight.requests.per.connection': used(
    (text, { producer }) => void (producer.inFlightMax = wholeNumber(text, 1, 5)),
  ),
  'max.request.size': used((text, { producer }) => void (producer.requestBytesMax = wholeNumber(text, 256))),
  'delivery.timeout.ms': used((text, { producer }) => void (producer.deliveryTimeoutMs = wholeNumber(text, 0))),
  'max.block.ms': used((text, { producer }) => void (producer.maxBlockMs = wholeNumber(text, 0))),
  'metadata.fetch.timeout.ms': used((text, { producer }) => void (producer.maxBlockMs = wholeNumber(text, 0))),
  'timeout.ms': used((text, { producer }) => void (producer.ackTimeoutMs = wholeNumber(text, 0))),
  'compression.type': used((text, { producer }) => void (producer.compression = oneOfWords(text, codecNames))),
  'compression.gzip.level': used((text, { producer }) => void (producer.compressionLevel = wholeNumber(text, -1, 9))),
  'compression.zstd.level': used((text, { producer }) => void (producer.compressionLevel = wholeNumber(text, -7, 22))),
  'compression.lz4.level': without('the lz4 library has one level'),
  retries: without('delivery.timeout.ms says how long a batch is tried', atLeastNought),
  'linger.ms': without(noLinger, atLeastNought),
  'batch.size': without(noLinger, atLeastNought),
  'buffer.memory': without(bytesLimits, atLeastNought),
  'block.on.buffer.full': without(bytesLimits),
  'metadata.max.idle.ms': used((text, { client }) => void (client.topicIdleMaxMs = wholeNumber(text, 5000))),
  'partitioner.class': used((text) => {
    if (!/(?:^|\.)(?:DefaultPartitioner|UniformStickyPartitioner|RoundRobinPartitioner)?$/.test(text))
      throw new Error(
        `the Java class ${text} cannot be loaded; keys go to partitions as Kafka's own partitioner does it`,
      )
  }),
  'partitioner.adaptive.partitioning.enable': without('batches without a key go to all partitions in turn'),
  'partitioner.availability.timeout.ms': without('batches without a key go to the partitions that have a leader'),
  'partitioner.ignore.keys': without('records with a key go by their key'),
  'key.serializer': without(serialized),
  'value.serializer': without(serialized),
  'interceptor.classes': refused('Java classes cannot be loaded; use an interceptor of the source'),
  'transactional.id': refused(transactions),
  'transaction.timeout.ms': without(transactions),
  'transaction.two.phase.commit.enable': without(transactions),
}

/** What the given settings mean, and what is to be said about them. */
export const parseProducerSettings = (
  given: Iterable<readonly [string, string]>,
  closest?: Closest,
): ProducerSettings & { readonly findings: readonly SettingFinding[] } => {
  const into: ProducerSettings = { client: {}, producer: {} }
  return { ...into, findings: applySettings(given, producerRows, into, closest) }
}
