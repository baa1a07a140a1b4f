/**
 * DescribeLogDirs: which partitions lie in which folder of `log.dirs`, and how large they are; a folder that has failed says so. 3+ could refuse the
 * whole, 4+ tells the size of the volume.
 */
import { resolve } from 'node:path'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { describeLogDirs as api } from '../../protocol/messages/describe-log-dirs.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { LogFolder } from '../log/log-folder.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Move } from '../topics/partition-moves.ts'
import { defineHandler } from './handler.ts'

type FolderAnswer = ResponseInput<typeof api>['dirs'][number]
type Wanted = (log: PartitionLog) => boolean

const wantedOf = ({ topics }: RequestOf<typeof api>): Wanted => {
  if (topics === null) return () => true
  const names = new Set(topics.flatMap(({ topic, partitions }) => partitions.map((one) => `${topic}-${one}`)))
  return ({ topic, partition }) => names.has(`${topic}-${partition}`)
}

/** A partition that cannot be read has no size that anybody could tell. */
const sizeOf = (log: PartitionLog): number => {
  try {
    return log.sizeOnDisk
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return 0
    throw thrown
  }
}

/** A copy has no offsets of its own before it is whole. */
const offsetsOf = (log: PartitionLog): number => (log.isEndUnknown ? 0 : log.logEndOffset - log.logStartOffset)

const failed = (path: string): FolderAnswer => ({
  errorCode: errorCodes.KAFKA_STORAGE_ERROR,
  dir: resolve(path),
  topics: [],
})

/** A partition, or its copy on the way to this folder. */
interface Told {
  readonly log: PartitionLog
  readonly size: number
  readonly isFuture: boolean
}

const told = (folder: LogFolder, moves: readonly Move[], wanted: Wanted): FolderAnswer => {
  const space = folder.isOffline ? undefined : folder.space()
  if (space === undefined) return failed(folder.path)
  const here = Array.from(folder.logs, (log): Told => ({ log, size: sizeOf(log), isFuture: false }))
  const coming = moves
    .filter(({ to }) => to === folder)
    .map(({ log, copy }): Told => ({ log, size: copy.sizeInBytes, isFuture: true }))
  const all = [...here, ...coming].filter(({ log }) => wanted(log))
  const topics = Array.from(
    Map.groupBy(all, ({ log }) => log.topic),
    ([topic, found]) => ({
      topic,
      partitions: found.map(({ log, size, isFuture }) => ({
        partition: log.partition,
        size,
        offsetLag: isFuture ? offsetsOf(log) : 0,
        isFuture,
      })),
    }),
  )
  return { errorCode: errorCodes.NONE, dir: resolve(folder.path), topics, ...space }
}

export const describeLogDirs = defineHandler({
  api,
  versions: [0, 4],
  handle(request, { broker: { topics } }) {
    const wanted = wantedOf(request)
    const moves = topics.moves.running
    const dirs = [...topics.folders.map((folder) => told(folder, moves, wanted)), ...topics.unreadable.map(failed)]
    return { throttleTimeMs: 0, errorCode: errorCodes.NONE, dirs }
  },
})
