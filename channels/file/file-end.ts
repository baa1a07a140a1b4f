/** Where the records of a data file end. That is looked for at a start, in the newest file: a large one takes a while, in which other components go on. */
import { setImmediate } from 'node:timers/promises'
import type { DataFile } from './data-file.ts'
import type { Progress } from '../../src/io/progress.ts'
import { RecordScan } from './record-scan.ts'

/** Read in one turn. */
const turnBytes = 8 * 1024 * 1024

export interface FileEnd {
  /** After the last ordinal of a whole record. */
  readonly ordinal: number
  /** What is damaged behind that record, up to the end of the file. */
  readonly damage: { readonly position: number; readonly length: number } | undefined
}

/** Walks through the whole file. Throws system errors. */
export const endOfRecords = async (file: DataFile, progress: Progress): Promise<FileEnd> => {
  let damage: FileEnd['damage']
  const told = (position: number, length: number): void => {
    damage = { position, length }
  }
  const scan = new RecordScan(file, 0, told, true)
  let ordinal = file.firstOrdinal
  let turnAt = turnBytes
  while (!scan.isAtEnd) {
    const record = scan.find(turnBytes)
    if (record !== undefined) {
      damage = undefined
      ordinal = Math.max(ordinal, record.firstOrdinal + record.count)
      scan.skip(record)
    }
    if (scan.position < turnAt) continue
    turnAt = scan.position + turnBytes
    await setImmediate()
    progress.say(
      () => `Data file ${file.path}: its end is looked for, ${scan.position} of ${file.size} bytes are read.`,
    )
  }
  return { ordinal, damage }
}
