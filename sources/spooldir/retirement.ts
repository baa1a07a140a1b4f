/** The end of a file's way: renamed, deleted or marked in the tracker folder, once the last of its receipts has settled. */
import { folderOf } from '../../src/formats/json-file.ts'
import type { Disk } from '../../src/io/disk.ts'
import { trackerFileOf } from './candidates.ts'
import type { SpoolSettings } from './settings.ts'
import type { SpoolFile } from './spool-file.ts'

export type Retired = { readonly done: string } | { readonly problem: string }

/** What was done, or why it can't be, in words. Throws the disk's errors. */
export const retire = (file: SpoolFile, settings: SpoolSettings, disk: Disk): Retired => {
  const { path, relative } = file
  if (settings.retire === 'rename') return renamed(path, `${path}${settings.suffix}`, disk)
  if (settings.retire === 'delete') {
    disk.unlink(path)
    return { done: `Deleted file ${path}` }
  }
  const mark = trackerFileOf(settings, relative)
  disk.makeFolder(folderOf(mark))
  disk.close(disk.open(mark, 'a'))
  return { done: `Created tracker file for ${path} at ${mark}` }
}

const renamed = (path: string, target: string, disk: Disk): Retired => {
  if (disk.stat(target) !== undefined) {
    return { problem: `File name has been re-used with different files. Spooling assumptions violated for ${target}` }
  }
  disk.rename(path, target)
  return { done: `Moved file ${path} to ${target}` }
}
