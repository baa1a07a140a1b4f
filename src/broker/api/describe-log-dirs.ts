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
    return log.segmentStarts().reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0)
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return 0
    throw thrown
  }
}

const failed = (path: string): FolderAnswer => ({
  errorCode: errorCodes.KAFKA_STORAGE_ERROR,
  dir: resolve(path),
  topics: [],
})

const told = (folder: LogFolder, wanted: Wanted): FolderAnswer => {
  const space = folder.isOffline ? undefined : folder.space()
  if (space === undefined) return failed(folder.path)
  const byTopic = Map.groupBy(Array.from(folder.logs).filter(wanted), ({ topic }) => topic)
  const topics = Array.from(byTopic, ([topic, logs]) => ({
    topic,
    partitions: logs.map((log) => ({ partition: log.partition, size: sizeOf(log), offsetLag: 0, isFuture: false })),
  }))
  return { errorCode: errorCodes.NONE, dir: resolve(folder.path), topics, ...space }
}

export const describeLogDirs = defineHandler({
  api,
  versions: [0, 4],
  handle(request, { broker: { topics } }) {
    const wanted = wantedOf(request)
    const dirs = [...topics.folders.map((folder) => told(folder, wanted)), ...topics.unreadable.map(failed)]
    return { throttleTimeMs: 0, errorCode: errorCodes.NONE, dirs }
  },
})
