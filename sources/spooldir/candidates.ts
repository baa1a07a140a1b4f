/** Which files of the folder are to be read, and in which order. */
import { isDiskError } from '../../src/formats/disk-error.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'
import type { Random } from '../../src/io/random.ts'
import type { SpoolSettings } from './settings.ts'

export interface Candidate {
  readonly path: string
  /** Its path below the spool folder. */
  readonly relative: string
  readonly name: string
  readonly stat: DiskStat
}

export interface CandidatesOptions {
  readonly disk: Disk
  readonly random: Random
  readonly settings: SpoolSettings
  /** Files that are in work or set aside already: they are not even looked at. */
  readonly isKnown: (path: string) => boolean
}

/** The tracker file that marks a file as done under the policy tracker_dir. */
export const trackerFileOf = (settings: SpoolSettings, relative: string): string =>
  `${settings.trackerFolder}/${relative}${settings.suffix}`

/** Files to be read, in the order of `consumeOrder`. Throws the disk's errors for the spool folder itself. */
export const findCandidates = (options: CandidatesOptions): Candidate[] => {
  const found: Candidate[] = []
  collect(options, '', found)
  return ordered(found, options)
}

const collect = (options: CandidatesOptions, below: string, found: Candidate[]): void => {
  const { disk, settings } = options
  for (const name of disk.list(settings.folder + (below === '' ? '' : `/${below}`))) {
    const relative = below === '' ? name : `${below}/${name}`
    const path = `${settings.folder}/${relative}`
    if (name.startsWith('.') || settings.ignore.test(name) || options.isKnown(path)) continue
    const mayBeFile = !name.endsWith(settings.suffix) && settings.include.test(name)
    if (!mayBeFile && !settings.recursive) continue
    const stat = statOf(disk, path)
    if (stat?.isDirectory === true && settings.recursive && path !== settings.trackerFolder) {
      collectBelow(options, relative, found)
    }
    if (stat?.isFile === true && mayBeFile && !isTracked(options, relative)) found.push({ path, relative, name, stat })
  }
}

/** A folder that can't be listed hides its files for now, and no others. */
const collectBelow = (options: CandidatesOptions, below: string, found: Candidate[]): void => {
  try {
    collect(options, below, found)
  } catch (thrown) {
    if (!isDiskError(thrown)) throw thrown
  }
}

const isTracked = ({ disk, settings }: CandidatesOptions, relative: string): boolean =>
  settings.retire === 'track' && disk.stat(trackerFileOf(settings, relative)) !== undefined

const statOf = (disk: Disk, path: string): DiskStat | undefined => {
  try {
    return disk.stat(path)
  } catch (thrown) {
    if (!isDiskError(thrown)) throw thrown
    return undefined
  }
}

const ordered = (found: Candidate[], { settings, random }: CandidatesOptions): Candidate[] => {
  if (settings.order === 'random') {
    const drawn = new Map(found.map((candidate) => [candidate, random.next()]))
    return found.sort((a, b) => (drawn.get(a) ?? 0) - (drawn.get(b) ?? 0))
  }
  const sign = settings.order === 'oldest' ? 1 : -1
  return found.sort((a, b) => sign * (a.stat.modifiedMs - b.stat.modifiedMs) || (a.relative < b.relative ? -1 : 1))
}
