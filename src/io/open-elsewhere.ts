/** Which files some process has open, so that nobody takes over what is still being written. Linux tells through /proc; elsewhere nothing is seen. */
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { systemCode } from '../base/faults.ts'

/** What `look` gives, or undefined where the process has ended meanwhile or may not be looked into. */
const ifAllowed = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return undefined
  }
}

/** Those of the paths that a process has open, this one included, and which. Processes of other users are only seen by root. */
export const openedBy = (paths: readonly string[]): ReadonlyMap<string, number> => {
  const wanted = new Map(paths.map((path) => [ifAllowed(() => realpathSync(path)) ?? path, path]))
  const open = new Map<string, number>()
  if (process.platform !== 'linux' || paths.length === 0) return open
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of ifAllowed(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const path = wanted.get(ifAllowed(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '')
      if (path !== undefined) open.set(path, Number(pid))
    }
  }
  return open
}

/** Those of the paths that a process has open. */
export const openElsewhere = (paths: readonly string[]): ReadonlySet<string> => new Set(openedBy(paths).keys())
