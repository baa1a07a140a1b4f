/** `channel.json`, by which a folder says which channel it belongs to, and which of its data folders it is; README.md has the format. */
import { join } from 'node:path'
import { crc32c } from '../../src/base/checksums.ts'
import { systemCode } from '../../src/base/faults.ts'
import type { Disk } from '../../src/io/disk.ts'
import { readWhole } from '../../src/io/read-whole.ts'

export const signName = 'channel.json'
/** Nothing longer is read: hundreds of folders take less. */
const signBytesMax = 256 * 1024

/** A data folder, and the number that its own sign has. */
export interface ListedFolder {
  readonly path: string
  readonly number: number
}

export interface Sign {
  readonly channel: number
  /** Of a data folder; 0 in a checkpointDir. */
  readonly number: number
  /** In a checkpointDir. */
  readonly dataFolders: readonly ListedFolder[]
}

const numberPattern = /^[0-9a-f]{8}$/
const hexOf = (number: number): string => number.toString(16).padStart(8, '0')
const numberOf = (given: unknown): number | undefined =>
  typeof given === 'string' && numberPattern.test(given) ? Number.parseInt(given, 16) : undefined

const checksumKey = ',"checksum":'
const checksumOf = (text: string): string => hexOf(crc32c(Buffer.from(text)))

export const signBytes = ({ channel, number, dataFolders }: Sign): Buffer => {
  const own = number === 0 ? {} : { folder: hexOf(number) }
  const list = dataFolders.map((folder) => ({ path: folder.path, folder: hexOf(folder.number) }))
  const text = JSON.stringify({ channel: hexOf(channel), ...own, ...(list.length > 0 ? { dataFolders: list } : {}) })
  const body = text.slice(0, -1)
  return Buffer.from(`${body}${checksumKey}"${checksumOf(body)}"}\n`)
}

const listed = (given: unknown): ListedFolder[] =>
  (Array.isArray(given) ? given : []).flatMap((one: { readonly path?: unknown; readonly folder?: unknown } | null) => {
    const [path, number] = [one?.path, numberOf(one?.folder)]
    return typeof path === 'string' && number !== undefined ? [{ path, number }] : []
  })

const parsed = (text: string): Sign | undefined => {
  let given: Partial<Record<'channel' | 'folder' | 'dataFolders' | 'checksum', unknown>> | null
  try {
    given = JSON.parse(text) as typeof given
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
  const channel = numberOf(given?.channel)
  if (channel === undefined || given?.checksum !== checksumOf(text.slice(0, text.lastIndexOf(checksumKey))))
    return undefined
  return { channel, number: numberOf(given.folder) ?? 0, dataFolders: listed(given.dataFolders) }
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

/** The sign in a folder: `none`, or `damaged` where there is something else by its name, or it cannot be read. */
export const readSign = (disk: Disk, folder: string): Sign | 'none' | 'damaged' => {
  const path = join(folder, signName)
  try {
    const found = disk.stat(path)
    if (found === undefined) return 'none'
    if (found.isDirectory || found.size > signBytesMax) return 'damaged'
    return parsed(String(readWhole(disk, path) ?? '')) ?? 'damaged'
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return 'damaged'
  }
}

/** The sign in a folder; undefined where there is none that is whole. */
export const signIn = (disk: Disk, folder: string): Sign | undefined => {
  const sign = readSign(disk, folder)
  return typeof sign === 'string' ? undefined : sign
}
