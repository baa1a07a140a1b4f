/**
 * Which folders are the file channel that somebody means by one name: its checkpointDir, one of its dataDirs, or the folder they lie in. What stands in
 * them tells, and where that is not clear nothing is guessed.
 */
import { dirname, join, resolve } from 'node:path'
import { dataFileId } from '../../../channels/file/data-file-header.ts'
import type { FlumeFolders } from '../../../channels/file/flume/folders.ts'
import { hasJournal } from '../../../channels/file/takes-journal.ts'
import { Fault } from '../../base/faults.ts'
import type { Disk } from '../../io/disk.ts'

export interface GivenFolders {
  readonly words: readonly string[]
  readonly checkpoint: string | undefined
  readonly backup: string | undefined
  readonly data: readonly string[]
}

const logName = /^log-\d+$/

const isFolder = (disk: Disk, path: string): boolean => disk.stat(path)?.isDirectory === true
const isCheckpoint = (disk: Disk, folder: string): boolean =>
  hasJournal(disk, folder) || (disk.list(folder).includes('checkpoint.meta') && !isBackup(disk, folder))
const isBackup = (disk: Disk, folder: string): boolean => disk.list(folder).includes('backupComplete')
const isData = (disk: Disk, folder: string): boolean =>
  disk.list(folder).some((name) => dataFileId(name) !== undefined || logName.test(name))

const wrong = (problem: string, command = 'millrace channel'): Fault => new Fault('WRONG_USAGE', { command, problem })

const foldersIn = (disk: Disk, folder: string): string[] =>
  disk
    .list(folder)
    .map((name) => join(folder, name))
    .filter((path) => isFolder(disk, path))

/** Two folders of one channel never have a file of the same name. */
const checkOneChannel = (disk: Disk, dataFolders: readonly string[], dir: string): void => {
  const names = dataFolders.flatMap((folder) =>
    disk.list(folder).filter((name) => dataFileId(name) !== undefined || logName.test(name)),
  )
  if (new Set(names).size < names.length)
    throw wrong(`at ${dir} there are data folders of several channels: name those of one with --checkpoint and --data`)
}

const around = (disk: Disk, dir: string): FlumeFolders => {
  if (!isFolder(disk, dir)) throw wrong(`${dir} is no folder`)
  const isPart = isCheckpoint(disk, dir) || isData(disk, dir) || isBackup(disk, dir)
  const near = foldersIn(disk, isPart ? dirname(dir) : dir)
  const candidates = isPart && !near.includes(dir) ? [dir, ...near] : near
  const checkpoints = candidates.filter((folder) => isCheckpoint(disk, folder))
  const dataFolders = candidates.filter((folder) => isData(disk, folder))
  if (checkpoints.length === 0 && dataFolders.length === 0) throw wrong(`${dir} holds no file channel`)
  if (checkpoints.length > 1)
    throw wrong(`at ${dir} there are several channels: name the folders of one with --checkpoint and --data`)
  checkOneChannel(disk, dataFolders, dir)
  const backupFolder = candidates.find((folder) => isBackup(disk, folder))
  return { checkpointFolder: checkpoints[0], dataFolders, backupFolder }
}

/** The folders of a channel that somebody named one by one. Throws WRONG_USAGE where one is none, or nothing of a channel is in them. */
export const named = (disk: Disk, folders: FlumeFolders, command?: string): FlumeFolders => {
  const { checkpointFolder, dataFolders, backupFolder } = folders
  const all = [...new Set([checkpointFolder, ...dataFolders, backupFolder].filter((path) => path !== undefined))]
  for (const path of all) if (!isFolder(disk, path)) throw wrong(`${path} is no folder`, command)
  const hasCheckpoint = checkpointFolder !== undefined && isCheckpoint(disk, checkpointFolder)
  if (hasCheckpoint || dataFolders.some((folder) => isData(disk, folder))) return folders
  throw wrong(`there is no file channel in ${all.join(' and ')}`, command)
}

/** Throws WRONG_USAGE where it is not clear, and system errors. */
export const channelFolders = (disk: Disk, given: GivenFolders): FlumeFolders => {
  const { words, checkpoint, backup, data } = given
  if (checkpoint !== undefined || data.length > 0) {
    if (words[0] !== undefined) throw wrong(`${words[0]} beside --checkpoint or --data`)
    const of = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path))
    const dataFolders = data.flatMap((list) => list.split(',')).map((path) => resolve(path.trim()))
    return named(disk, { checkpointFolder: of(checkpoint), dataFolders, backupFolder: of(backup) })
  }
  const [dir, ...others] = words
  if (dir === undefined || others.length > 0) throw wrong('name one folder, or several with --checkpoint and --data')
  return around(disk, resolve(dir))
}
