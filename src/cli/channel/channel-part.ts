/** What a folder is to a file channel, ours or Flume's: its checkpointDir, one of its dataDirs, or Flume's backup; and of which channel, as far as that shows. */
import { channelIn } from '../../../channels/file/channel-signs.ts'
import { dataFileId } from '../../../channels/file/data-file-header.ts'
import { signIn } from '../../../channels/file/sign.ts'
import { hasJournal } from '../../../channels/file/takes-journal.ts'
import type { Disk } from '../../io/disk.ts'

export interface ChannelPart {
  readonly folder: string
  readonly isCheckpoint: boolean
  readonly isData: boolean
  readonly isBackup: boolean
  /** The channel's number; undefined of Flume's folders, and of ours that no version since has signed. */
  readonly channel: number | undefined
  /** In a checkpointDir: the channel's data folders, as they were when it was open. */
  readonly listed: readonly string[]
  /** Names of its data files, of ours and of Flume's. */
  readonly files: readonly string[]
}

const logName = /^log-\d+$/
const isDataFile = (name: string): boolean => dataFileId(name) !== undefined || logName.test(name)

/** Undefined where a folder is no part of a channel. Throws system errors. */
export const partOf = (disk: Disk, folder: string): ChannelPart | undefined => {
  const names = disk.list(folder)
  const files = names.filter(isDataFile)
  const sign = signIn(disk, folder)
  const listed = sign?.dataFolders.map(({ path }) => path) ?? []
  const isBackup = names.includes('backupComplete')
  const isCheckpoint = hasJournal(disk, folder) || listed.length > 0 || (names.includes('checkpoint.meta') && !isBackup)
  const isData = files.length > 0 || (sign !== undefined && (!isCheckpoint || listed.includes(folder)))
  if (!isCheckpoint && !isData && !isBackup) return undefined
  return { folder, isCheckpoint, isData, isBackup, channel: channelIn(disk, folder), listed, files }
}

/** Whether parts may be those of one channel: no two of its folders have a file of the same name, and only one is its checkpointDir. */
export const areOneChannel = (parts: readonly ChannelPart[]): boolean => {
  const numbers = new Set(parts.flatMap(({ channel }) => channel ?? []))
  const files = parts.flatMap((part) => part.files)
  const checkpoints = parts.filter(({ isCheckpoint }) => isCheckpoint)
  return numbers.size <= 1 && checkpoints.length <= 1 && new Set(files).size === files.length
}
