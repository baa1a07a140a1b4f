/**
 * Data files that turn up again, such as with a disk that was not mounted for a while, after their events were told as lost: the journal has those as taken,
 * and yet nobody has them. Such a file is not removed but put aside, where a person may look at it.
 */
import type { Log } from '../../src/base/log.ts'
import type { Disk } from '../../src/io/disk.ts'
import type { DataFile } from './data-file.ts'
import type { Ordinals } from './ordinals.ts'
import { RecordScan } from './record-scan.ts'

const asideEnding = '.lost'

const hasSome = (lost: Ordinals, from: number, to: number): boolean => {
  const [gap] = lost.missing({ from, to })
  return from < to && (gap === undefined || gap.to - gap.from < to - from)
}

/** Whether a whole record of the file has an event that is in `lost`: what was lost in the file itself was damaged there. Throws system errors. */
export const holdsLost = (file: DataFile, lost: Ordinals): boolean => {
  if (!hasSome(lost, file.firstOrdinal, file.endOrdinal)) return false
  const scan = new RecordScan(file, 0, () => {})
  for (let record = scan.find(); record !== undefined; record = scan.find()) {
    if (hasSome(lost, record.firstOrdinal, record.firstOrdinal + record.count)) return true
    scan.skip(record)
  }
  return false
}

/** Renames the file, never over another: numbers of data files come again. Throws system errors. */
export const putLostAside = (disk: Disk, file: DataFile, log: Log): void => {
  let aside = `${file.path}${asideEnding}`
  for (let i = 2; disk.stat(aside) !== undefined; i++) aside = `${file.path}-${i}${asideEnding}`
  file.close()
  disk.rename(file.path, aside)
  file.isDone = true
  log.warn(
    `Data file ${file.path} has events that were told as lost while it was not there. They are not delivered any more; it is put aside as ${aside}.`,
  )
}
