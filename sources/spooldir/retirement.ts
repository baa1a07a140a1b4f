/** The end of a file's way: renamed, deleted or marked in the tracker folder, once the last of its receipts has settled. */
import { folderOf } from '../../src/formats/json-file.ts'
import type { Disk } from '../../src/io/disk.ts'
import { trackerFileOf } from './candidates.ts'
import type { SpoolSettings } from './settings.ts'
import type { SpoolFile } from './spool-file.ts'

/** Why a file can't be retired, in words; undefined when it was. Throws the disk's errors. */
export const retire = (file: SpoolFile, settings: SpoolSettings, disk: Disk): string | undefined => {
  const { path, relative } = file
  if (settings.retire === 'delete') disk.unlink(path)
  else if (settings.retire === 'track') mark(trackerFileOf(settings, relative), disk)
  else return renamed(path, `${path}${settings.suffix}`, disk)
  return undefined
}

const mark = (path: string, disk: Disk): void => {
  disk.makeFolder(folderOf(path))
  disk.close(disk.open(path, 'a'))
}

const renamed = (path: string, done: string, disk: Disk): string | undefined => {
  if (disk.stat(done) !== undefined) {
    return `File name has been re-used with different files. Spooling assumptions violated for ${done}`
  }
  disk.rename(path, done)
  return undefined
}
