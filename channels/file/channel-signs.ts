/**
 * Which channel folders belong to: `channel.json` in each of them has its number, the one in checkpointDir its data folders, too. So the journal of one channel
 * is never used on the data of another, and a data folder whose disk is not mounted is missed. README.md has the format.
 */
import { join } from 'node:path'
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Disk } from '../../src/io/disk.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { dataFileId, fileHeaderBytes, readFileHeader } from './data-file-header.ts'
import { replaceDurably } from './replace-file.ts'

export const signName = 'channel.json'

export interface ChannelFolders {
  readonly checkpointFolder: string | undefined
  readonly dataFolders: readonly string[]
}

export interface Sign {
  readonly channel: number
  readonly dataFolders: readonly string[]
}

/** Something that says which channel it is of. */
interface Signed {
  readonly path: string
  readonly channel: number
}

const numberPattern = /^[0-9a-f]{8}$/
const isText = (value: unknown): value is string => typeof value === 'string'

const bytesOf = ({ channel, dataFolders }: Sign): Buffer => {
  const number = channel.toString(16).padStart(8, '0')
  return Buffer.from(
    `${JSON.stringify(dataFolders.length > 0 ? { channel: number, dataFolders } : { channel: number })}\n`,
  )
}

/** Undefined where it is damaged: it is written anew then. */
const parsed = (text: string): Sign | undefined => {
  let given: Partial<Record<keyof Sign, unknown>> | null
  try {
    given = JSON.parse(text) as typeof given
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
  const { channel, dataFolders } = given ?? {}
  if (!isText(channel) || !numberPattern.test(channel)) return undefined
  return {
    channel: Number.parseInt(channel, 16),
    dataFolders: Array.isArray(dataFolders) ? dataFolders.filter(isText) : [],
  }
}

/** What `read` finds, unless it cannot be read: whoever needs what stands there will say so. */
export const ifReadable = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return undefined
  }
}

/** The sign in a folder; undefined where there is none that is whole. */
export const signIn = (disk: Disk, folder: string): Sign | undefined => {
  const bytes = ifReadable(() => readWhole(disk, join(folder, signName)))
  return bytes === undefined ? undefined : parsed(bytes.toString())
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

/** The signs, and the headers of the data files, as far as they say it. */
const signed = (disk: Disk, { checkpointFolder, dataFolders }: ChannelFolders): Signed[] => {
  const folders = [...(checkpointFolder === undefined ? [] : [checkpointFolder]), ...dataFolders]
  const signs = folders.map((folder) => ({ path: folder, channel: signIn(disk, folder)?.channel ?? 0 }))
  const files = dataFolders.flatMap((folder) =>
    (ifReadable(() => disk.list(folder)) ?? [])
      .filter((name) => dataFileId(name) !== undefined)
      .map((name) => join(folder, name)),
  )
  const headers = files.map((path) => ({ path, channel: ifReadable(() => headerChannel(disk, path)) ?? 0 }))
  return [...signs, ...headers].filter(({ channel }) => channel !== 0)
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

/** A folder that is not there, or has nothing at all in it. */
const isBare = (disk: Disk, folder: string): boolean =>
  disk.stat(folder) === undefined || disk.list(folder).length === 0

/** A disk that is not mounted looks like a new folder, but for being known. Throws CHANNEL_FOLDER_EMPTY and system errors. */
export const refuseUnmounted = (disk: Disk, channel: string, folders: ChannelFolders): void => {
  const known = folders.checkpointFolder === undefined ? undefined : signIn(disk, folders.checkpointFolder)?.dataFolders
  const folder = folders.dataFolders.find((one) => known?.includes(one) === true && isBare(disk, one))
  if (folder !== undefined) throw new Fault('CHANNEL_FOLDER_EMPTY', { channel, folder })
}

/** Whether the folder has this very sign now, and for good. */
const signs = async ({ disk, log, name }: Context, folder: string, sign: Sign): Promise<boolean> => {
  const [path, bytes] = [join(folder, signName), bytesOf(sign)]
  try {
    if (readWhole(disk, path)?.equals(bytes) !== true) await replaceDurably(disk, path, bytes)
    return true
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    log.warn(
      `Channel ${name}: ${path} cannot be written: ${reasonOf(thrown)}. If the disk of one of its dataDirs is not mounted at a later start, that may not be noticed.`,
    )
    return false
  }
}

/** Signs the folders, which are there and locked, where they are not signed yet, and returns the channel's number. Throws CHANNEL_MIXED. */
export const signFolders = async (
  context: Context,
  { checkpointFolder, dataFolders }: ChannelFolders & { readonly checkpointFolder: string },
): Promise<number> => {
  const { disk, random } = context
  const channel = channelOf(disk, { checkpointFolder, dataFolders }) ?? (random.bytes(4).readUInt32BE() || 1)
  const lasting: string[] = []
  for (const folder of dataFolders) if (await signs(context, folder, { channel, dataFolders: [] })) lasting.push(folder)
  await signs(context, checkpointFolder, { channel, dataFolders: lasting })
  return channel
}
