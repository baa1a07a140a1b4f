/** What the settings table parses to, in the words of the parts. */
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Log } from '../../src/base/log.ts'
import type { Headers } from '../../src/flow/event.ts'
import type { Disk } from '../../src/io/disk.ts'
import type { FileGroup, GroupPath } from './file-groups.ts'
import type { TailFileOptions } from './tail-file.ts'

export interface TaildirSettings {
  readonly groups: readonly FileGroup[]
  readonly positionFile: string
  readonly writePosMs: number
  readonly batchSize: number
  readonly maxBatchCount: number
  readonly skipToEnd: boolean
  readonly cachePatternMatching: boolean
  readonly byteOffsetHeader: boolean
  /** The header for the path; undefined for none. */
  readonly fileHeaderKey: string | undefined
  readonly idleMs: number
  readonly lastLineMs: number
  readonly pollMs: number
  readonly maxLineBytes: number
  readonly aheadBytesMax: number
  readonly openFilesMax: number
}

/** Read at once; from 64 KB on more makes no difference. */
const chunkBytes = 128 * 1024
/** A batch of long lines ends here, whatever its count. */
const maxBatchBytes = 4 * 1024 * 1024

/** A path as an absolute one; `~` and `~/…` are the user's home. */
export const absolute = (path: string): string => resolve(/^~(?:\/|$)/.test(path) ? homedir() + path.slice(1) : path)

/** The groups in the order of the `filegroups` setting; those without a path are left out. */
export const groupsOf = (
  names: readonly string[],
  paths: ReadonlyMap<string, GroupPath>,
  headers: ReadonlyMap<string, string>,
): FileGroup[] =>
  names.flatMap((name) => {
    const path = paths.get(name)
    return path === undefined ? [] : [{ name, ...path, headers: headersOf(name, headers) }]
  })

const headersOf = (group: string, headers: ReadonlyMap<string, string>): Headers => {
  const own = [...headers].filter(([key]) => key.startsWith(`${group}.`))
  return Object.freeze(Object.fromEntries(own.map(([key, value]) => [key.slice(group.length + 1), value])))
}

/** How each file is read. */
export const tailing = (settings: TaildirSettings, disk: Disk, log: Log): TailFileOptions => {
  const { fileHeaderKey: key, maxLineBytes, byteOffsetHeader } = settings
  return {
    disk,
    reading: {
      chunkBytes,
      maxLineBytes,
      maxBatchBytes,
      dropReturn: true,
      ...(byteOffsetHeader ? { headersAt: withOffset } : {}),
    },
    headersOf: ({ headers }, path) => (key === undefined ? headers : Object.freeze({ ...headers, [key]: path })),
    onLongLine: (path, position) =>
      log.warn(
        `A line of ${path} at byte ${position} is longer than ${maxLineBytes} bytes: it becomes several events.`,
      ),
  }
}

const withOffset = (position: number, headers: Headers): Headers =>
  Object.freeze({ ...headers, byteoffset: String(position) })
