/** Which channel folders and data files belong to, by their signs and headers: the journal of one channel is never used on the data of another. */
import { join } from 'node:path'
import { Fault } from '../../src/base/faults.ts'
import type { Disk } from '../../src/io/disk.ts'
import { dataFileId, fileHeaderBytes, readFileHeader } from './data-file-header.ts'
import { ifReadable, signIn } from './sign.ts'

export interface ChannelFolders {
  readonly checkpointFolder: string | undefined
  readonly dataFolders: readonly string[]
}

/** Something that says which channel it is of. */
interface Signed {
  readonly path: string
  readonly channel: number
}

const headerChannel = (disk: Disk, path: string): number => {
  const fd = disk.open(path, 'r')
  try {
    const header = Buffer.alloc(fileHeaderBytes)
    return readFileHeader(header.subarray(0, disk.read(fd, header, 0, header.length, 0)))?.channel ?? 0
  } finally {
    disk.close(fd)
  }
}

/** Paths of the data files in a folder that can be read. */
export const dataFilesAt = (disk: Disk, folder: string): string[] =>
  (ifReadable(() => disk.list(folder)) ?? [])
    .filter((name) => dataFileId(name) !== undefined)
    .map((name) => join(folder, name))

/** The data files whose headers say it. */
const signedFiles = (disk: Disk, dataFolders: readonly string[]): Signed[] =>
  dataFolders
    .flatMap((folder) => dataFilesAt(disk, folder))
    .map((path) => ({ path, channel: ifReadable(() => headerChannel(disk, path)) ?? 0 }))
    .filter(({ channel }) => channel !== 0)

const signed = (disk: Disk, { checkpointFolder, dataFolders }: ChannelFolders): Signed[] => {
  const folders = [...(checkpointFolder === undefined ? [] : [checkpointFolder]), ...dataFolders]
  const signs = folders.map((folder) => ({ path: folder, channel: signIn(disk, folder)?.channel ?? 0 }))
  return [...signs.filter(({ channel }) => channel !== 0), ...signedFiles(disk, dataFolders)]
}

/** The number of the channel that a data folder or checkpointDir belongs to, as its sign or else one of its data files says; undefined where nothing does. */
export const channelIn = (disk: Disk, folder: string): number | undefined =>
  signed(disk, { checkpointFolder: undefined, dataFolders: [folder] })[0]?.channel

/** The number of the channel that all folders and files belong to; undefined where nothing says it. Throws CHANNEL_MIXED. */
export const channelOf = (disk: Disk, folders: ChannelFolders): number | undefined => {
  const [first, ...others] = signed(disk, folders)
  const other = others.find(({ channel }) => channel !== first?.channel)
  if (first !== undefined && other !== undefined)
    throw new Fault('CHANNEL_MIXED', { one: first.path, other: other.path })
  return first?.channel
}

/** Whether a data file says which channel it is of. */
export const hasSignedFile = (disk: Disk, dataFolders: readonly string[]): boolean =>
  signedFiles(disk, dataFolders).length > 0
