/**
 * Which folders are the file channel that somebody means by one name: its checkpointDir, one of its dataDirs, or the folder they lie in. What stands in
 * them tells, its number above all, and where that is not clear nothing is guessed.
 */
import { dirname, join, resolve } from 'node:path'
import type { FlumeFolders } from '../../../channels/file/flume/folders.ts'
import { ifReadable } from '../../../channels/file/sign.ts'
import { Fault } from '../../base/faults.ts'
import type { Disk } from '../../io/disk.ts'
import { areOneChannel, type ChannelPart, partOf } from './channel-part.ts'
import { leftOutOf, withListed } from './listed-folders.ts'

export interface GivenFolders {
  readonly words: readonly string[]
  readonly checkpoint: string | undefined
  readonly backup: string | undefined
  readonly data: readonly string[]
}

export interface ChosenFolders extends FlumeFolders {
  /** Of each data folder of the channel that is not among these: a sentence without its end. */
  readonly leftOut: readonly string[]
  /** What is no fault, and worth knowing: likewise. */
  readonly notes: readonly string[]
}

const isFolder = (disk: Disk, path: string): boolean => disk.stat(path)?.isDirectory === true

export const wrong = (problem: string, command = 'millrace channel'): Fault =>
  new Fault('WRONG_USAGE', { command, problem })

/** The parts of channels in a folder. One that cannot be read is none of what is meant: a checkpointDir that has it on its list would tell. */
const partsIn = (disk: Disk, folder: string): ChannelPart[] =>
  disk.list(folder).flatMap((name) => {
    const path = join(folder, name)
    return ifReadable(() => (isFolder(disk, path) ? partOf(disk, path) : undefined)) ?? []
  })

const severalAt = (dir: string): Fault =>
  wrong(
    `at ${dir} there are several channels: name the checkpointDir or a data folder of one, or all its folders with --checkpoint and --data`,
  )

/** The channel meant: all there is, or, where that is of several, what has the same number as `own`, or as the one checkpointDir. */
const meant = (parts: readonly ChannelPart[], own: ChannelPart | undefined, dir: string): readonly ChannelPart[] => {
  if (areOneChannel(parts)) return parts
  const checkpoints = parts.filter(({ isCheckpoint }) => isCheckpoint)
  const channel = (own ?? (checkpoints.length === 1 ? checkpoints[0] : undefined))?.channel
  const same = parts.filter((part) => channel !== undefined && part.channel === channel)
  // A folder that was put aside has files of the same names: it is not on the list any more.
  const [checkpoint] = same.filter(({ isCheckpoint }) => isCheckpoint)
  const listed = same.filter((part) => part === checkpoint || checkpoint?.listed.includes(part.folder))
  const found = [same, listed].find((some) => some.length > 0 && areOneChannel(some))
  const hasOwn = own === undefined || found?.some(({ folder }) => folder === own.folder) === true
  if (found !== undefined && hasOwn) return found
  throw severalAt(dir)
}

const leftOutText = ({ folder, channel }: ChannelPart, checkpoint: ChannelPart | undefined): string =>
  channel !== undefined && channel === checkpoint?.channel
    ? `${folder} has been a data folder of this channel, is on its list no more, and is left out`
    : `${folder} is of another channel, and left out`

const around = (disk: Disk, dir: string): ChosenFolders => {
  if (!isFolder(disk, dir)) throw wrong(`${dir} is no folder`)
  const own = partOf(disk, dir)
  const near = own === undefined ? partsIn(disk, dir) : (ifReadable(() => partsIn(disk, dirname(dir))) ?? [])
  const all = own === undefined || near.some(({ folder }) => folder === dir) ? near : [own, ...near]
  const parts = meant(all, own, dir)
  const checkpoint = parts.find(({ isCheckpoint }) => isCheckpoint)
  const found = parts.filter(({ isData }) => isData).map(({ folder }) => folder)
  if (checkpoint === undefined && found.length === 0) throw wrong(`${dir} holds no file channel`)
  const data =
    checkpoint === undefined ? { dataFolders: found, leftOut: [], notes: [] } : withListed(disk, checkpoint, found)
  const elsewhere = data.dataFolders.slice(found.length).flatMap((folder) => partOf(disk, folder) ?? [])
  // A part of the channel was copied here, and the list leads to the originals of the rest.
  if (!areOneChannel([...parts, ...elsewhere])) throw severalAt(dir)
  const others = all.filter((part) => !parts.includes(part) && (own === undefined || part.channel === own.channel))
  return {
    ...data,
    checkpointFolder: checkpoint?.folder,
    backupFolder: parts.find(({ isBackup }) => isBackup)?.folder,
    notes: [...data.notes, ...others.map((other) => leftOutText(other, checkpoint))],
  }
}

/** The folders of a channel that somebody named one by one. Throws WRONG_USAGE where one is none, or nothing of a channel is in them. */
export const named = (disk: Disk, folders: FlumeFolders, command?: string): ChosenFolders => {
  const { checkpointFolder, dataFolders, backupFolder } = folders
  const all = [...new Set([checkpointFolder, ...dataFolders, backupFolder].filter((path) => path !== undefined))]
  for (const path of all) if (!isFolder(disk, path)) throw wrong(`${path} is no folder`, command)
  const checkpoint = checkpointFolder === undefined ? undefined : partOf(disk, checkpointFolder)
  const hasData = dataFolders.some((folder) => partOf(disk, folder)?.isData === true)
  if (checkpoint?.isCheckpoint !== true && !hasData)
    throw wrong(`there is no file channel in ${all.join(' and ')}`, command)
  if (checkpoint === undefined) return { ...folders, leftOut: [], notes: [] }
  if (dataFolders.length === 0) return { ...folders, ...withListed(disk, checkpoint, []) }
  return { ...folders, leftOut: leftOutOf(disk, checkpoint, dataFolders), notes: [] }
}

/** Throws WRONG_USAGE where it is not clear, and system errors. */
export const channelFolders = (disk: Disk, given: GivenFolders): ChosenFolders => {
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
