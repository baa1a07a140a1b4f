/** The data folders that a checkpointDir has on its list, held against those that were found or named: what lies elsewhere, and what would be left out. */
import { basename } from 'node:path'
import { channelIn } from '../../../channels/file/channel-signs.ts'
import { reasonOf, systemCode } from '../../base/faults.ts'
import type { Disk } from '../../io/disk.ts'
import { type ChannelPart, partOf } from './channel-part.ts'

export interface DataFolders {
  readonly dataFolders: readonly string[]
  /** Of each data folder that the channel has and that is not among them: a sentence without its end. */
  readonly leftOut: readonly string[]
  /** What is worth knowing beside that, likewise. */
  readonly notes: readonly string[]
}

type Checkpoint = Pick<ChannelPart, 'channel' | 'listed'>

/**
 * Those on the list that are not among the folders. Where the channel was moved or copied, a folder of its number that is not on the list stands for one
 * that is: for that of its name, or for any.
 */
const absent = (disk: Disk, { channel, listed }: Checkpoint, folders: readonly string[]) => {
  const moved = folders.filter((folder) => !listed.includes(folder) && channelIn(disk, folder) === channel)
  const missed: string[] = []
  for (const path of listed) {
    if (folders.includes(path)) continue
    const i = moved.findIndex((folder) => basename(folder) === basename(path))
    if (i < 0) missed.push(path)
    else moved.splice(i, 1)
  }
  return { missed: missed.length > moved.length ? missed : [], others: moved.length }
}

/** Why what a folder on the list has held is missing, or may be; undefined where it is there, or where somebody has begun it anew. */
const goneText = (disk: Disk, path: string, { channel }: Checkpoint): string | undefined => {
  const says = `${path}, a data folder of this channel,`
  try {
    if (disk.stat(path)?.isDirectory !== true || disk.list(path).length === 0)
      return `${says} is not there or has nothing in it: what it held is missing here`
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return `${says} cannot be read: ${reasonOf(thrown)}`
  }
  const isOther = (channelIn(disk, path) ?? channel) !== channel
  return isOther ? `${says} belongs to another one now: what it held is missing here` : undefined
}

/** With those that lie elsewhere. Throws system errors. */
export const withListed = (disk: Disk, checkpoint: Checkpoint, found: readonly string[]): DataFolders => {
  const { missed, others } = absent(disk, checkpoint, found)
  const gone = missed.flatMap((path) => goneText(disk, path, checkpoint) ?? [])
  const there = missed.filter((path) => goneText(disk, path, checkpoint) === undefined)
  const elsewhere = there.filter((path) => partOf(disk, path)?.isData === true)
  // Nothing is written into those that may serve another purpose by now.
  const anew = there.filter((path) => !elsewhere.includes(path))
  return {
    dataFolders: [...found, ...elsewhere],
    leftOut: gone.length > others ? gone : [],
    notes: anew.map((path) => `${path}, a data folder of this channel, has nothing of it any more`),
  }
}

/** Of what somebody has named, nothing is added; but what this leaves out is told. Throws system errors. */
export const leftOutOf = (disk: Disk, checkpoint: Checkpoint, named: readonly string[]): string[] =>
  absent(disk, checkpoint, named).missed.flatMap((path) => {
    const gone = goneText(disk, path, checkpoint)
    if (gone !== undefined) return [gone]
    const isEmpty = (partOf(disk, path)?.files ?? []).length === 0
    return isEmpty ? [] : [`${path} is a data folder of this channel as well, and was not named`]
  })
