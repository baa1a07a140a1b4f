/** What the settings table parses to, in the words of the parts. */
import { homedir } from 'node:os'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Headers } from '../../src/flow/event.ts'
import type { FileGroup, GroupPath } from './file-groups.ts'
import type { TailFileOptions } from './tail-file.ts'

export interface TaildirSettings {
  readonly groups: readonly FileGroup[]
  readonly positionFile: string
  readonly batchSize: number
  readonly skipToEnd: boolean
  readonly cachePatternMatching: boolean
  tailing(context: SourceContext): TailFileOptions
}

/** The user's home for `~` and `~/…`. */
export const atHome = (path: string): string => (/^~(?:\/|$)/.test(path) ? homedir() + path.slice(1) : path)

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
