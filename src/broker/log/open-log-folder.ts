/** Opening a log folder: its lock first, then what its files say of it. */
import { join } from 'node:path'
import { takeLock } from '../../io/lock.ts'
import { hasMarker, isForeignMarker } from './clean-marker.ts'
import { isDeletedFolderName, metadataFolder, parseFutureFolderName, parsePartitionFolderName } from './file-names.ts'
import { type HeldFolder, lockFile, LogFolder } from './log-folder.ts'
import type { LogFolderOptions } from './log-folder-options.ts'
import { readMeta, type StoredMeta } from './meta-properties.ts'
import { readWhole } from './whole-file.ts'

/** Takes the folder for this process. Throws FOLDER_LOCKED, LOG_FOLDER_FOREIGN, LOG_FOLDER_DAMAGED and system errors. */
export const openLogFolder = (options: LogFolderOptions): LogFolder => {
  const { path, files, processes, deadThreads } = options
  const { disk } = files
  disk.makeFolder(path)
  // Kafka's lock file has no content, and stays when its owner was killed
  const wasKafkas = readWhole(disk, join(path, lockFile))?.length === 0
  const lock = takeLock(join(path, lockFile), {
    disk,
    ...(processes === undefined ? {} : { processes }),
    ...(deadThreads === undefined ? {} : { deadThreads }),
  })
  try {
    const stored = readMeta(disk, path)
    const known = stored === undefined ? undefined : { ...stored, isForeign: stored.isForeign || wasKafkas }
    const names = disk.list(path)
    sayStrangers(options, names)
    return new LogFolder(options, heldIn(options, known, names), lock)
  } catch (thrown) {
    lock[Symbol.dispose]()
    throw thrown
  }
}

const heldIn = (
  { path, files }: LogFolderOptions,
  stored: StoredMeta | undefined,
  names: readonly string[],
): HeldFolder => {
  const isClean = hasMarker(names)
  // before our mark was in it, or when the marker of the last clean stop is not ours
  const isForeign =
    (stored?.isForeign ?? names.some((name) => parsePartitionFolderName(name) !== undefined)) ||
    (isClean && isForeignMarker(files.disk, path))
  return {
    stored,
    isForeign,
    isClean,
    partitions: names.flatMap((name) => (name === metadataFolder ? [] : (parsePartitionFolderName(name) ?? []))),
    deleted: names.filter(isDeletedFolderName),
    futures: names.flatMap((name) => parseFutureFolderName(name) ?? []),
  }
}

const sayStrangers = ({ path, log, files }: LogFolderOptions, names: readonly string[]): void => {
  const isKnown = (name: string): boolean =>
    [parsePartitionFolderName, parseFutureFolderName].some((parse) => parse(name) !== undefined) ||
    isDeletedFolderName(name)
  const strangers = names.filter((name) => !isKnown(name) && files.disk.stat(join(path, name))?.isDirectory === true)
  if (strangers.length > 0)
    log.warn(`${path} holds folders that are no partitions, which are left alone.`, { strangers })
}
