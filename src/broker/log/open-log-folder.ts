/** Opening a log folder: its lock first, then what its files say of it. */
import { join } from 'node:path'
import { takeLock } from '../../io/lock.ts'
import { LogFolder } from './log-folder.ts'
import type { LogFolderOptions } from './log-folder-options.ts'
import { readMeta } from './meta-properties.ts'
import { readWhole } from './whole-file.ts'

const lockFile = '.lock'

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
    return new LogFolder(options, known, disk.list(path), lock)
  } catch (thrown) {
    lock[Symbol.dispose]()
    throw thrown
  }
}
