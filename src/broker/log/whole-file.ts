/**
 * Small files that are read and replaced as a whole: checkpoints, metadata, snapshots. Replacing writes a `.tmp` beside the file, syncs it and
 * renames it, so that after a crash either the old or the new content is there.
 */
import { dirname } from 'node:path'
import type { Disk } from '../../io/disk.ts'

export { readWhole } from '../../io/read-whole.ts'

/** Writes a new file, or over an old one, into the page cache; `isSynced`: its content to the disk, too. */
export const writeWhole = (disk: Disk, path: string, content: string | Buffer, isSynced = false): void => {
  const fd = disk.open(path, 'w')
  try {
    writeAll(disk, fd, content)
    if (isSynced) disk.syncNow(fd)
  } finally {
    disk.close(fd)
  }
}

const writeAll = (disk: Disk, fd: number, content: string | Buffer): void => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let done = 0; done < bytes.length;) done += disk.write(fd, bytes, done, bytes.length - done, done)
}

/** Makes the names in a folder last, off the thread. */
export const syncFolder = async (disk: Disk, path: string): Promise<void> => {
  const fd = disk.open(path, 'r')
  try {
    await disk.sync(fd)
  } finally {
    disk.close(fd)
  }
}

/** Makes an existing file's content last. */
export const syncFile = async (disk: Disk, path: string): Promise<void> => {
  const fd = disk.open(path, 'r+')
  try {
    await disk.sync(fd)
  } finally {
    disk.close(fd)
  }
}

/** Replaces the file; once it resolves, the new content is on disk. Not to be called again for a path before that. */
export const replaceWhole = async (disk: Disk, path: string, content: string | Buffer): Promise<void> => {
  await replaceIfWanted(disk, path, content, () => true)
}

/** The same, unless it is not wanted any more when the new content is to get its name; gives whether it was. */
export const replaceIfWanted = async (
  disk: Disk,
  path: string,
  content: string | Buffer,
  isWanted: () => boolean,
): Promise<boolean> => {
  const temporary = `${path}.tmp`
  writeWhole(disk, temporary, content)
  await syncFile(disk, temporary)
  if (!isWanted()) return false
  disk.rename(temporary, path)
  await syncFolder(disk, dirname(path))
  return true
}

/** Replaces the file in the page cache only: for what recovery can build again. Does not get into the way of `replaceWhole`. */
export const replaceQuickly = (disk: Disk, path: string, content: string | Buffer): void => {
  writeWhole(disk, `${path}.now.tmp`, content)
  disk.rename(`${path}.now.tmp`, path)
}

/** Replaces the file before it returns, and waits for the disk: a power cut leaves the old content or the new. Does not get into the way of `replaceWhole` either. */
export const replaceNow = (disk: Disk, path: string, content: string | Buffer): void => {
  writeWhole(disk, `${path}.now.tmp`, content, true)
  disk.rename(`${path}.now.tmp`, path)
}
