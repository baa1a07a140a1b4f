/** What of a Flume file channel lies in folders: its log files, each with what its meta file says, and the checkpoint that fits them. */
import { dirname, join } from 'node:path'
import { Fault } from '../../../src/base/faults.ts'
import type { Log } from '../../../src/base/log.ts'
import type { Disk } from '../../../src/io/disk.ts'
import { hiddenFrom, openedBy } from '../../../src/io/open-elsewhere.ts'
import { readWhole } from '../../../src/io/read-whole.ts'
import { checkpointNames } from './checkpoint.ts'
import { type LogMeta, readLogMeta } from './messages.ts'
import { unlessMalformed } from './wire.ts'

export interface FlumeFolders {
  readonly dataFolders: readonly string[]
  /** Undefined where only data folders are known. */
  readonly checkpointFolder: string | undefined
  readonly backupFolder: string | undefined
}

/** A log file that was found, not yet opened. */
export interface FoundLog {
  readonly folder: string
  readonly name: string
  readonly id: number
  readonly meta: LogMeta | undefined
}

const namePattern = /^log-(\d{1,9})$/
/** A log file, and the files beside it that are Flume's too. */
const ownPattern = /^log-\d+(?:\.meta(?:\.tmp|\.old)?|\.bak)?$/
const metaVersion = 3
/** In front of a log file of an older version, instead of a meta file. */
const oldVersion = 2

/** Names in a folder; none where there is no such folder. */
const namesIn = (disk: Disk, folder: string): string[] =>
  disk.stat(folder)?.isDirectory === true ? disk.list(folder) : []

/** The meta file, or the one before it where Flume was replacing it. */
const metaOf = (disk: Disk, path: string): LogMeta | undefined => {
  for (const name of ['.meta', '.meta.old']) {
    const file = readWhole(disk, `${path}${name}`)
    const meta = file === undefined ? undefined : unlessMalformed(() => readLogMeta(file))
    if (meta !== undefined) return meta
  }
  return undefined
}

const isOld = (disk: Disk, path: string): boolean => {
  const fd = disk.open(path, 'r')
  try {
    const start = Buffer.alloc(4)
    return disk.read(fd, start, 0, start.length, 0) === start.length && start.readInt32BE() === oldVersion
  } finally {
    disk.close(fd)
  }
}

const checked = (disk: Disk, log: FoundLog): FoundLog => {
  const path = join(log.folder, log.name)
  const { meta } = log
  if (meta?.keyAlias !== undefined) throw new Fault('FLUME_CHANNEL_ENCRYPTED', { path, key: meta.keyAlias })
  const version = meta?.version ?? (isOld(disk, path) ? oldVersion : metaVersion)
  if (version !== metaVersion) throw new Fault('FLUME_CHANNEL_VERSION', { path, version })
  return log
}

/** Flume's log files in these folders, oldest first. Throws FLUME_CHANNEL_ENCRYPTED, FLUME_CHANNEL_VERSION and system errors. */
export const flumeLogs = (disk: Disk, folders: readonly string[]): FoundLog[] => {
  const found = folders.flatMap((folder) =>
    namesIn(disk, folder).flatMap((name) => {
      const digits = namePattern.exec(name)?.[1]
      const path = join(folder, name)
      if (digits === undefined || disk.stat(path)?.isFile !== true) return []
      return [checked(disk, { folder, name, id: Number(digits), meta: metaOf(disk, path) })]
    }),
  )
  return found.toSorted((a, b) => a.id - b.id)
}

/**
 * Throws FOLDER_LOCKED where a Flume runs on these folders. Its own lock does not show it: Flume takes that twice to try it out, and with the second one
 * it loses the first. The log files it has open tell; a Flume of another user does not show them, and any such is refused, as it may be this one. Call it
 * before our own locks, so that Flume's lock file stays where it is. `proc` is for tests.
 */
export const refuseLiveFlume = (disk: Disk, folders: readonly string[], proc?: string): void => {
  const paths = folders.flatMap((folder) =>
    namesIn(disk, folder).flatMap((name) => (namePattern.test(name) ? [join(folder, name)] : [])),
  )
  const own = 'a checkpointDir and dataDirs'
  for (const [path, pid] of openedBy(paths, proc)) throw new Fault('FOLDER_LOCKED', { path: dirname(path), pid, own })
  const [path] = paths
  if (path === undefined) return
  for (const pid of hiddenFrom('org.apache.flume', proc)) {
    const process = `${pid}, as far as can be told: it is a Flume of another user, and only root sees which files it has open`
    throw new Fault('FOLDER_LOCKED', { path: dirname(path), pid: process, own })
  }
}

/** Every file that is Flume's, as folder and name. */
export const flumeFiles = (disk: Disk, folders: FlumeFolders): { folder: string; name: string }[] => {
  const inFolder = (folder: string | undefined, isOwn: (name: string) => boolean): { folder: string; name: string }[] =>
    folder === undefined ? [] : namesIn(disk, folder).flatMap((name) => (isOwn(name) ? [{ folder, name }] : []))
  const isCheckpoint = (name: string): boolean => checkpointNames.some((own) => own === name)
  return [
    ...folders.dataFolders.flatMap((folder) => inFolder(folder, (name) => ownPattern.test(name))),
    ...inFolder(folders.checkpointFolder, isCheckpoint),
    ...inFolder(folders.backupFolder, isCheckpoint),
  ]
}

/** Where records that are not in the checkpoint may begin: its meta file tells it for the checkpoint of that write order, and for the one before. */
export const startIn = (meta: LogMeta | undefined, writeOrderId: number, log: Log, path: string): number => {
  if (meta === undefined) {
    log.warn(`${path} has no readable meta file; it is read from its beginning.`)
    return 0
  }
  for (const known of [meta.checkpoint, meta.backup])
    if (known.writeOrderId > 0 && known.writeOrderId <= writeOrderId) return known.position
  return 0
}
