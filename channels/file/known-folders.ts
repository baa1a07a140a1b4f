/**
 * The folders that a channel has used before, held against those that it is opened with: one that is not there, or is not what it was, may be a disk that is
 * not mounted, and what is put meanwhile would take the place of what it holds.
 */
import { join } from 'node:path'
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Disk } from '../../src/io/disk.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import { replaceDurably } from '../../src/io/replace-durably.ts'
import { type ChannelFolders, channelOf, dataFilesAt, hasSignedFile } from './channel-signs.ts'
import { eventsWithoutFile } from './owed-events.ts'
import { ifReadable, type ListedFolder, readSign, type Sign, signBytes, signIn, signName } from './sign.ts'
import { hasJournal } from './takes-journal.ts'

/** The file by which somebody says that a folder was begun anew, and that what it held is gone. */
export const newDiskName = 'new-disk'

interface Folders extends ChannelFolders {
  readonly checkpointFolder: string
}

/** A folder that is not there, or has nothing at all in it. */
export const isBare = (disk: Disk, folder: string): boolean => {
  const found = disk.stat(folder)
  return found === undefined || (found.isDirectory && disk.list(folder).length === 0)
}

const isNewDisk = (disk: Disk, folder: string): boolean =>
  ifReadable(() => disk.stat(join(folder, newDiskName))) !== undefined

/** Begun anew, by leave of whoever put the file there. Throws CHANNEL_FOLDER_EMPTY where that is not so, CHANNEL_FOLDER_LEFT_OUT where it was left out. */
const missed = (disk: Disk, channel: string, { path, number }: ListedFolder, { dataFolders }: Folders): boolean => {
  if (isNewDisk(disk, path)) return true
  if (dataFolders.includes(path)) {
    // What cannot be a folder is told when it is to be made.
    if (disk.stat(path)?.isDirectory === false) return false
    // What cannot be read is there, at least; and so is a folder that has lost its sign alone.
    const sign = readSign(disk, path)
    if (sign === 'damaged' || (sign === 'none' && hasSignedFile(disk, [path]))) return false
    throw new Fault('CHANNEL_FOLDER_EMPTY', { channel, folder: path })
  }
  if (signIn(disk, path)?.number === number && dataFilesAt(disk, path).length === 0) return false
  throw new Fault('CHANNEL_FOLDER_LEFT_OUT', { channel, folder: path })
}

/** A crash has cut off the first open: the data folders may be signed by halves. */
const isBegun = (disk: Disk, { checkpointFolder, dataFolders }: Folders): boolean =>
  signIn(disk, checkpointFolder)?.dataFolders.length === 0 &&
  !hasJournal(disk, checkpointFolder) &&
  !hasSignedFile(disk, dataFolders)

/** Without a list nobody knows which folders there were: one with nothing in it is suspect where others were in use, or events are missed. */
const refuseSuspect = (disk: Disk, channel: string, folders: Folders): void => {
  const bare = folders.dataFolders.find((one) => isBare(disk, one))
  if (bare === undefined || !hasJournal(disk, folders.checkpointFolder)) return
  // With a sign that is whole, and has no list yet, a folder may be unsigned because its disk refused that.
  const wasListed = typeof readSign(disk, folders.checkpointFolder) === 'string'
  const isOtherSigned = folders.dataFolders.some((one) => readSign(disk, one) !== 'none')
  if ((wasListed && isOtherSigned) || eventsWithoutFile(disk, folders) > 0)
    throw new Fault('CHANNEL_FOLDER_EMPTY', { channel, folder: bare })
}

export class KnownFolders {
  readonly #context: Context
  readonly #folders: Folders
  readonly #listed: readonly ListedFolder[]
  /** Something that may turn up again is not there: what is put from now on must not take its place. */
  readonly mayMiss: boolean
  /** Of each data folder whose sign lasts. */
  readonly #signed: ListedFolder[] = []
  #channel = 0

  private constructor(context: Context, folders: Folders, listed: readonly ListedFolder[], mayMiss: boolean) {
    this.#context = context
    this.#folders = folders
    this.#listed = listed
    this.mayMiss = mayMiss
  }

  /** Before the checkpointDir is made; `lock` throws where another agent owns a folder. Throws CHANNEL_FOLDER_EMPTY, CHANNEL_MIXED and system errors. */
  static refuseMissingCheckpoint({ disk, name }: Context, folders: Folders, lock: (folder: string) => void): void {
    const { checkpointFolder, dataFolders } = folders
    if (!isBegun(disk, folders)) channelOf(disk, folders)
    const used = dataFolders.filter((folder) => signIn(disk, folder) !== undefined)
    if (used.length === 0 || !isBare(disk, checkpointFolder)) return
    for (const folder of used) lock(folder)
    throw new Fault('CHANNEL_FOLDER_EMPTY', { channel: name, folder: checkpointFolder })
  }

  /** Before the data folders are made. Throws CHANNEL_FOLDER_EMPTY, CHANNEL_FOLDER_LEFT_OUT and system errors. */
  static look(context: Context, folders: Folders): KnownFolders {
    const { disk, name } = context
    const listed = signIn(disk, folders.checkpointFolder)?.dataFolders ?? []
    if (listed.length === 0) {
      refuseSuspect(disk, name, folders)
      const isNew =
        !hasJournal(disk, folders.checkpointFolder) &&
        folders.dataFolders.every((one) => dataFilesAt(disk, one).length === 0)
      return new KnownFolders(context, folders, listed, !isNew)
    }
    const there = new Set(folders.dataFolders.map((folder) => signIn(disk, folder)?.number))
    const begunAnew = listed.filter((one) => !there.has(one.number) && missed(disk, name, one, folders))
    return new KnownFolders(context, folders, listed, begunAnew.length > 0)
  }

  /** Signs the data folders, which are there and locked, and returns the channel's number. Throws CHANNEL_MIXED, and system errors of the checkpointDir. */
  async sign(): Promise<number> {
    const { disk } = this.#context
    const { checkpointFolder, dataFolders } = this.#folders
    const isNew = !hasJournal(disk, checkpointFolder) && !hasSignedFile(disk, dataFolders)
    this.#channel = isNew ? await this.#begin() : (channelOf(disk, this.#folders) ?? this.#draw())
    for (const path of dataFolders) {
      const listed = this.#listed.find((one) => one.path === path)
      const own = signIn(disk, path)?.number ?? 0
      const isKept = own !== 0 || readSign(disk, path) === 'damaged'
      const number = isKept ? own || listed?.number || this.#draw() : this.#draw()
      const isSigned = await this.#write(path, { channel: this.#channel, number, dataFolders: [] })
      if (isSigned) this.#signed.push({ path, number })
      else if (listed !== undefined) this.#signed.push(listed)
    }
    return this.#channel
  }

  /** Notes which folders there are, once what is missed can do no harm. */
  async note(): Promise<void> {
    const { disk } = this.#context
    const isNoted = await this.#write(this.#folders.checkpointFolder, {
      channel: this.#channel,
      number: 0,
      dataFolders: this.#signed,
    })
    if (!isNoted) return
    for (const folder of this.#folders.dataFolders)
      if (isNewDisk(disk, folder)) ifReadable(() => disk.remove(join(folder, newDiskName)))
  }

  /** A channel that begins anew is another one: a journal that turns up again knows nothing of it. */
  async #begin(): Promise<number> {
    const { disk } = this.#context
    const { checkpointFolder } = this.#folders
    const channel = (isBegun(disk, this.#folders) ? signIn(disk, checkpointFolder)?.channel : undefined) ?? this.#draw()
    // Before any data folder is signed: those would be missed with a checkpointDir that has nothing in it.
    await this.#replace(checkpointFolder, { channel, number: 0, dataFolders: [] })
    // It may be there from a try whose last sync has failed.
    disk.syncFolder(checkpointFolder)
    return channel
  }

  #draw(): number {
    return this.#context.random.bytes(4).readUInt32BE() || 1
  }

  /** Throws system errors. */
  async #replace(folder: string, sign: Sign): Promise<void> {
    const { disk } = this.#context
    const [path, bytes] = [join(folder, signName), signBytes(sign)]
    const isThere = readSign(disk, folder) !== 'damaged' && readWhole(disk, path)?.equals(bytes) === true
    if (!isThere) await replaceDurably(disk, path, bytes)
  }

  /** Whether the folder has this very sign now, and for good. */
  async #write(folder: string, sign: Sign): Promise<boolean> {
    const { log, name } = this.#context
    const path = join(folder, signName)
    try {
      await this.#replace(folder, sign)
      return true
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      log.warn(
        `Channel ${name}: ${path} cannot be written: ${reasonOf(thrown)}. If the disk of one of its dataDirs is not mounted at a later start, that may not be noticed.`,
      )
      return false
    }
  }
}
