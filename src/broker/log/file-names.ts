/** The names that Kafka gives to folders and files of a log, and what they say. */

/** `.log` entries, `.index` and `.timeindex` into them, `.txnindex` aborted transactions, `.snapshot` producers as of an offset. */
export type SegmentSuffix = '.log' | '.index' | '.timeindex' | '.txnindex' | '.snapshot'

/** Put behind a file's name while the file waits to be removed. */
export const deletedSuffix = '.deleted'
/** While compaction writes the file, and once it is whole but has not taken its place. */
export const cleanedSuffix = '.cleaned'
export const swapSuffix = '.swap'

/** Where KRaft keeps what it knows of the cluster; no partition of ours. */
export const metadataFolder = '__cluster_metadata-0'

const digits = 20

/** `00000000000000000042.log` */
export const segmentFileName = (offset: number, suffix: SegmentSuffix): string =>
  String(offset).padStart(digits, '0') + suffix

export interface SegmentFileName {
  readonly offset: number
  readonly suffix: SegmentSuffix
}

/** The offset and kind of a segment's file, or undefined for every other name, transient ones (`.deleted`, `.cleaned`, `.swap`) included. */
export const parseSegmentFileName = (name: string): SegmentFileName | undefined => {
  const found = /^(\d{20})(\.log|\.index|\.timeindex|\.txnindex|\.snapshot)$/.exec(name)
  const offset = Number(found?.[1])
  if (found === null || !Number.isSafeInteger(offset)) return undefined
  return { offset, suffix: found[2] as SegmentSuffix }
}

export const partitionFolderName = (topic: string, partition: number): string => `${topic}-${partition}`

export interface PartitionFolderName {
  readonly topic: string
  readonly partition: number
}

/** A topic's name may itself hold dashes, so the last one counts. */
export const parsePartitionFolderName = (name: string): PartitionFolderName | undefined => {
  const found = /^([a-zA-Z0-9._-]{1,249})-(0|[1-9]\d{0,8})$/.exec(name)
  return found?.[1] === undefined ? undefined : { topic: found[1], partition: Number(found[2]) }
}

const nameBytesMax = 255

/** What a partition's folder is called while its files are removed: `topic-0.<32 hex digits>-delete`, the topic cut where the whole would be too long. */
export const deletedFolderName = (topic: string, partition: number, hex: string): string => {
  const rest = `-${partition}.${hex}-delete`
  return topic.slice(0, nameBytesMax - rest.length) + rest
}

/** What the copy of a partition is called while it is made in another log folder: `topic-0.<32 hex digits>-future`. Undefined for a name that is too long. */
export const futureFolderName = (topic: string, partition: number, hex: string): string | undefined => {
  const name = `${partitionFolderName(topic, partition)}.${hex}-future`
  return name.length > nameBytesMax ? undefined : name
}

export interface FutureFolder extends PartitionFolderName {
  readonly name: string
}

export const parseFutureFolderName = (name: string): FutureFolder | undefined => {
  const [, live] = /^(.+)\.[0-9a-f]{32}-future$/.exec(name) ?? []
  const parsed = live === undefined ? undefined : parsePartitionFolderName(live)
  return parsed === undefined ? undefined : { ...parsed, name }
}

export const isDeletedFolderName = (name: string): boolean => /\.[0-9a-f]{32}-delete$/.test(name)
