/** What a topic's settings come to: its own where it has them, else those of server.properties, else the defaults; and what that means for its logs. */
import type { Values } from '../../config/setting.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { BadValue, invalidValue } from '../config-kinds.ts'
import { unlimited, type LogSettings } from '../log/log-settings.ts'
import { AFTER_MAX_MS, brokerTwins, topicSetting, topicSettings, type TopicSetting } from './topic-settings.ts'

export type TopicValues = Values<typeof topicSettings>

/** Settings as they were written, by name. */
export type Given = ReadonlyMap<string, string>

const refused = (says: string): KafkaFault => new KafkaFault('INVALID_CONFIG', says)

/** Throws INVALID_CONFIG for a name that topics do not have, or a value that the setting cannot take. */
export const checkTopicConfigs = (configs: Given): void => {
  for (const [name, value] of configs) {
    const setting = topicSetting(name)
    if (setting === undefined) throw refused(`Unknown topic config name: ${name}`)
    try {
      setting.parse(value.trim())
    } catch (thrown) {
      if (!(thrown instanceof BadValue)) throw thrown
      throw refused(invalidValue(name, value, thrown))
    }
  }
}

/** Throws INVALID_CONFIG for settings of a topic that contradict each other. */
export const checkTogether = (values: TopicValues): void => {
  const { 'min.compaction.lag.ms': min, 'max.compaction.lag.ms': max } = values
  if (min > max)
    throw refused(`conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`)
}

/** What server.properties gives for a topic setting, in the topic's unit. */
const fromBroker = (name: TopicSetting, broker: Given): string | undefined => {
  for (const [twin, factor] of brokerTwins[name] ?? []) {
    const value = broker.get(twin)
    if (value === undefined) continue
    // any negative retention means none, of whatever unit
    if (name === 'retention.ms' && Number(value) < 0) return '-1'
    return factor === 1 ? value : String(Number(value) * factor)
  }
  return undefined
}

/** The value in effect, parsed; one that was stored and is not understood any more gives way to the default. */
const inEffect = (name: TopicSetting, topic: Given, broker: Given): unknown => {
  const setting = topicSetting(name)
  const text = topic.get(name) ?? fromBroker(name, broker)
  if (text === undefined) return setting?.default
  try {
    return setting?.parse(text.trim())
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    return setting?.default
  }
}

/** All settings of a topic. */
export const topicValues = (topic: Given, broker: Given): TopicValues =>
  Object.fromEntries(
    Object.keys(topicSettings).map((name) => [name, inEffect(name as TopicSetting, topic, broker)]),
  ) as unknown as TopicValues

/** The level of the codec that the topic asks for; of gzip -1 is the codec's own. */
const levelOf = (values: TopicValues): number | undefined => {
  if (values['compression.type'] === 'zstd') return values['compression.zstd.level']
  const level = values['compression.gzip.level']
  return values['compression.type'] === 'gzip' && level !== -1 ? level : undefined
}

/** What the logs of a topic obey. */
export const logSettings = (values: TopicValues): LogSettings => {
  // the older setting counts where the newer ones say nothing
  const difference = values['message.timestamp.difference.max.ms']
  const isCompacted = values['cleanup.policy'].includes('compact')
  // only closed segments are compacted
  const segmentMs = Math.min(values['segment.ms'], isCompacted ? values['max.compaction.lag.ms'] : Infinity)
  const apart = (newer: number, standard: number): number =>
    newer === standard && difference !== unlimited ? difference : newer
  return {
    segmentBytes: values['segment.bytes'],
    segmentMs,
    segmentJitterMs: Math.min(values['segment.jitter.ms'], segmentMs),
    segmentIndexBytes: values['segment.index.bytes'],
    indexIntervalBytes: values['index.interval.bytes'],
    maxMessageBytes: values['max.message.bytes'],
    flushMessages: values['flush.messages'],
    flushMs: values['flush.ms'],
    timestampType: values['message.timestamp.type'],
    timestampBeforeMaxMs: apart(values['message.timestamp.before.max.ms'], unlimited),
    timestampAfterMaxMs: apart(values['message.timestamp.after.max.ms'], AFTER_MAX_MS),
    compressionType: values['compression.type'],
    compressionLevel: levelOf(values),
    minInSyncReplicas: values['min.insync.replicas'],
    isDownConverted: values['message.downconversion.enable'],
    isCompacted,
    minCleanableRatio: values['min.cleanable.dirty.ratio'],
    minCompactionLagMs: values['min.compaction.lag.ms'],
    maxCompactionLagMs: values['max.compaction.lag.ms'],
    deleteRetentionMs: values['delete.retention.ms'],
    isDeleted: values['cleanup.policy'].includes('delete'),
    retentionMs: values['retention.ms'],
    retentionBytes: values['retention.bytes'],
    fileDeleteDelayMs: values['file.delete.delay.ms'],
  }
}
