/** What a log obeys: the settings of its topic that concern storage, as values. src/broker/topics works them out; they may change while the log is open. */

export interface LogSettings {
  /** `segment.bytes`: a segment is closed before it grows beyond. */
  readonly segmentBytes: number
  /** `segment.ms`: a segment is closed when its first record is that old. */
  readonly segmentMs: number
  /** `segment.jitter.ms`: up to so much is taken off, by chance, so that not all segments are closed at once. */
  readonly segmentJitterMs: number
  /** `segment.index.bytes`: a segment is closed when one of its indexes is that large. */
  readonly segmentIndexBytes: number
  /** `index.interval.bytes`: bytes of log between two index entries. */
  readonly indexIntervalBytes: number
  /** `max.message.bytes`: the largest batch, as it is stored. */
  readonly maxMessageBytes: number
  /** `flush.messages`: so many records may be unsynced; the append that reaches it is acknowledged after the sync. */
  readonly flushMessages: number
  /** `flush.ms`: the longest that a record stays unsynced. */
  readonly flushMs: number
  /** `message.timestamp.type`. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  /** How far a producer's timestamp may lie before and after the broker's clock. */
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  /** `compression.type`: `producer` keeps what was sent. */
  readonly compressionType: 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** `compression.gzip.level` or `compression.zstd.level`, whichever is meant; undefined is the codec's own. */
  readonly compressionLevel?: number | undefined
  /** `min.insync.replicas`: what acks=all asks for. One broker has one replica to give. */
  readonly minInSyncReplicas?: number
  /** `message.downconversion.enable`: whether readers of the old formats are served. */
  readonly isDownConverted: boolean
  /** `cleanup.policy` names `compact`: every record must have a key. */
  readonly isCompacted: boolean
  /** `min.cleanable.dirty.ratio`: a log is cleaned when so much of it is not. */
  readonly minCleanableRatio: number
  /** `min.compaction.lag.ms`: younger records are not cleaned. */
  readonly minCompactionLagMs: number
  /** `max.compaction.lag.ms`: records that have waited so long are cleaned, however little of the log is dirty. */
  readonly maxCompactionLagMs: number
  /** `delete.retention.ms`: how long a tombstone stays readable once it was met. */
  readonly deleteRetentionMs: number
  /** `cleanup.policy` names `delete`: retention by time and size applies. */
  readonly isDeleted: boolean
  /** `retention.ms`: a segment goes when its newest record is older; -1 never. */
  readonly retentionMs: number
  /** `retention.bytes`: the oldest segments go while the others have that much; -1 never. */
  readonly retentionBytes: number
  /** `file.delete.delay.ms`: how long files are kept after they were deleted. */
  readonly fileDeleteDelayMs: number
}

/** Kafka's largest long, as far as a number goes: no limit. */
export const unlimited = Number.MAX_SAFE_INTEGER

export const logSettingsDefault: LogSettings = {
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10_485_760,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  flushMessages: unlimited,
  flushMs: unlimited,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: unlimited,
  timestampAfterMaxMs: unlimited,
  compressionType: 'producer',
  isDownConverted: true,
  isCompacted: false,
  isDeleted: true,
  retentionMs: 604_800_000,
  retentionBytes: -1,
  minCleanableRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: unlimited,
  deleteRetentionMs: 86_400_000,
  fileDeleteDelayMs: 60_000,
}
