/** The file in the checkpoint folder that says how far a take-over from Flume has come. Each version of it replaces the one before in one step. */
import { join } from 'node:path'
import type { Disk } from '../../../src/io/disk.ts'
import { readWhole } from '../../../src/io/read-whole.ts'
import { replaceDurably } from '../../../src/io/replace-durably.ts'

/**
 * `copying`: events are being put into our files, and none of them counts yet. `copied`: all of them count, Flume's files are being moved aside.
 * `kept`: they were.
 */
export type MarkerState = 'copying' | 'copied' | 'kept'

export interface Marker {
  readonly state: MarkerState
  /** The first ordinal of ours that Flume's events have, and the one after the last; while they are copied, the first of those that do not count yet. */
  readonly first: number
  readonly end: number
  /** Names of the folders with the originals: the last one is the one that is moved to, others are of earlier take-overs. */
  readonly asides: readonly string[]
  /** Something of the originals could not be read: they are never removed by us. */
  readonly isDamaged: boolean
}

export const markerName = 'flume-take-over.json'

const isOrdinal = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isState = (value: unknown): value is MarkerState => value === 'copying' || value === 'copied' || value === 'kept'
/** Folders are removed by these names, so nothing else is believed. */
const asidePattern = /^flume-originals-\d+$/

export const asideName = (number: number): string => `flume-originals-${number}`

const parsed = (text: string): Marker | undefined => {
  let given: Partial<Record<keyof Marker, unknown>>
  try {
    given = JSON.parse(text) as typeof given
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
  const { state, first, end, asides } = given ?? {}
  if (!isState(state) || !isOrdinal(first) || !isOrdinal(end) || !Array.isArray(asides)) return undefined
  const names = asides.filter((name): name is string => typeof name === 'string' && asidePattern.test(name))
  return { state, first, end, asides: names, isDamaged: given.isDamaged === true }
}

/** Undefined where there is none, or where it is no marker. Throws system errors. */
export const readMarker = (disk: Disk, folder: string): Marker | undefined => {
  const file = readWhole(disk, join(folder, markerName))
  return file === undefined ? undefined : parsed(file.toString())
}

/** Resolves when it lasts. Throws system errors. */
export const writeMarker = async (disk: Disk, folder: string, marker: Marker): Promise<void> => {
  await replaceDurably(disk, join(folder, markerName), Buffer.from(`${JSON.stringify(marker)}\n`))
}

export const removeMarker = (disk: Disk, folder: string): void => {
  disk.remove(join(folder, markerName))
  disk.syncFolder(folder)
}
