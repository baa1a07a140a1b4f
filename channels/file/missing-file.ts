/**
 * Which data file should have the events that are in none. The numbers of the files around them tell, as far as they can: a file whose events were all taken
 * is gone as well.
 */
import { counted } from '../../src/base/counted.ts'
import type { Range } from './ordinals.ts'

/** A data file, and where the records in it end. */
interface Before {
  readonly id: number
  readonly path: string
  readonly sizeInBytes: number
}

/** A sentence without its end: what should stand behind `before`, and before the file with the number `nextId`, if there is one. */
export const missingBehind = (
  { id, path, sizeInBytes }: Before,
  nextId: number | undefined,
  pathOf: (id: number) => string,
): string => {
  const first = `Data file ${id + 1} (${pathOf(id + 1)})`
  if (nextId === undefined) return `${first} is not there, or ${path} was cut off at ${sizeInBytes}`
  if (nextId === id + 2) return `${first} is not there`
  if (nextId > id + 2) return `${first} is not there, or one of those up to ${nextId - 1}`
  if (nextId === id + 1) return `Data file ${path} ends at ${sizeInBytes}, which is too early`
  return `What should follow data file ${path} is not there`
}

const missingBefore = (nextId: number | undefined, pathOf: (id: number) => string): string => {
  if (nextId === undefined) return 'No data file is there'
  if (nextId === 1) return `What should stand before data file 1 (${pathOf(1)}) is not there`
  return `Data file ${nextId - 1} (${pathOf(nextId - 1)}) is not there${nextId > 2 ? ', or one of those before it' : ''}`
}

interface Found extends Before {
  readonly firstOrdinal: number
  /** After its last whole record. */
  readonly endOrdinal: number
  /** What stands behind that is damaged, and tells of itself. */
  readonly hasDamagedEnd: boolean
  /** What stands before that is damaged, and tells of itself. */
  readonly hasDamagedStart: boolean
}

export interface Surroundings {
  /** Numbers of files that are there and cannot be read. */
  readonly unreadable: readonly number[]
  /** What was put is known up to here. */
  readonly end: number
  /** How many events of a range should be there and are not. */
  readonly missingIn: (range: Range) => number
  readonly pathOf: (id: number) => string
}

/** Every place between files, which are in the order of their ordinals, where events are missing; a line each. */
export const missingFiles = (files: readonly Found[], { unreadable, end, missingIn, pathOf }: Surroundings): string[] =>
  [undefined, ...files].flatMap((before, i) => {
    const next = files[i]
    const range = { from: before?.endOrdinal ?? 0, to: next?.firstOrdinal ?? end }
    const missing = range.from < range.to && before?.hasDamagedEnd !== true ? missingIn(range) : 0
    const isTold = unreadable.some((id) => id > (before?.id ?? 0) && id < (next?.id ?? Infinity))
    if (missing === 0 || isTold || next?.hasDamagedStart === true) return []
    const what = before === undefined ? missingBefore(next?.id, pathOf) : missingBehind(before, next?.id, pathOf)
    return [`${what}: ${counted(missing, 'event')} lost`]
  })
