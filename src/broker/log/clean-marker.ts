/** The marker of a log folder that was closed properly: there only after a clean stop, taken away before the first append. */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { readWhole, replaceWhole } from './whole-file.ts'

const markerFile = '.kafka_cleanshutdown'
const markerText = '{"version":0,"brokerEpoch":-1}'

/** Whether it is among the names in the folder. */
export const hasMarker = (names: readonly string[]): boolean => names.includes(markerFile)

/** Another broker closed the folder last. Throws system errors. */
export const isForeignMarker = (disk: Disk, folder: string): boolean => {
  const marker = readWhole(disk, join(folder, markerFile))
  return marker !== undefined && marker.toString() !== markerText
}

/** It is gone for good. Throws system errors. */
export const removeMarker = (disk: Disk, folder: string): void => {
  disk.unlink(join(folder, markerFile))
  disk.syncFolder(folder)
}

/** It is there, on disk, once it resolves. Rejects with system errors. */
export const writeMarker = (disk: Disk, folder: string): Promise<void> =>
  replaceWhole(disk, join(folder, markerFile), markerText)
