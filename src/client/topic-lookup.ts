/** Waits for a topic to be known, and created where the broker does that: the first thing a producer or consumer needs of it. */
import { Fault } from '../base/faults.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { Cluster } from './cluster.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import { BrokerError, isRetriable } from './errors.ts'
import { backOff } from './waiting.ts'

/** A topic that is to be created by being asked for shows up within this time, or not at all. */
export const creationMaxMs = 10_000
/** And nearly always within this one: a topic that does not is said to be missing, or is given up by those that ask again anyway. */
export const creationSoonMs = 1200

/** The topic's metadata, if it is known and in order. */
export const knownTopic = (cluster: Cluster, topic: string): TopicMetadata | undefined => {
  const found = cluster.metadata.topics.get(topic)
  return found !== undefined && found.errorCode === errorCodes.NONE && found.partitions.length > 0 ? found : undefined
}

const problemWith = (cluster: Cluster, topic: string): BrokerError =>
  new BrokerError(
    `Topic ${topic}`,
    cluster.metadata.topics.get(topic)?.errorCode || errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  )

const tryOnce = async (cluster: Cluster, topic: string): Promise<TopicMetadata | Error> => {
  try {
    await cluster.refresh()
    return knownTopic(cluster, topic) ?? problemWith(cluster, topic)
  } catch (error) {
    if (isRetriable(error)) return error as Error
    throw error
  }
}

const isMissing = (problem: Error): boolean =>
  problem instanceof BrokerError && problem.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION

const missingYet = (topic: string): string =>
  `There is no topic ${topic} yet. It is waited for; where the broker does not create it by itself, kafka-topics.sh --create --topic ${topic} does.`

/**
 * The topic's metadata, waited for up to `maxMs`; a topic that does not exist up to `missingMaxMs`, since asking may create it. Where that is long, it
 * is said meanwhile. Rejects with TOPIC_MISSING, with what the broker says is wrong with the topic (its name, say),
 * with the network's trouble, or with the signal's reason.
 */
export const lookUpTopic = async (
  cluster: Cluster,
  topic: string,
  maxMs: number,
  signal?: AbortSignal,
  missingMaxMs = creationMaxMs,
): Promise<TopicMetadata> => {
  cluster.use(topic)
  try {
    return await waitedFor(cluster, topic, maxMs, signal, missingMaxMs)
  } catch (error) {
    cluster.unwatch(topic)
    throw error
  }
}

const waitedFor = async (
  cluster: Cluster,
  topic: string,
  maxMs: number,
  signal: AbortSignal | undefined,
  missingMaxMs: number,
): Promise<TopicMetadata> => {
  const { clock, log } = cluster.options
  const startMs = clock.monotonic()
  let isSaid = false
  for (let failures = 1; ; failures++) {
    const found = await tryOnce(cluster, topic)
    if (!(found instanceof Error)) return found
    const waitedMs = clock.monotonic() - startMs
    const over = waitedMs >= (isMissing(found) ? Math.min(maxMs, missingMaxMs) : maxMs)
    if (over || !isRetriable(found)) throw isMissing(found) ? new Fault('TOPIC_MISSING', { topic }, found) : found
    if (isMissing(found) && !isSaid && waitedMs >= creationSoonMs) {
      log.warn(missingYet(topic))
      isSaid = true
    }
    await backOff(cluster.options, failures, signal)
    signal?.throwIfAborted()
  }
}
