/**
 * Which files some process has open, so that nobody takes over what is still being written. Linux tells through /proc; elsewhere nothing is seen.
 * `proc` is another folder for it, of a test.
 */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { systemCode } from '../base/faults.ts'

/** What `look` gives, or undefined where it may not look; `gone` where the process has ended meanwhile. */
const seen = <T>(look: () => T, gone: T): T | undefined => {
  try {
    return look()
  } catch (thrown) {
    const code = systemCode(thrown)
    if (code === undefined) throw thrown
    return code === 'ENOENT' || code === 'ESRCH' ? gone : undefined
  }
}

/** The folder of each process, by its number. */
const processesIn = (proc: string): ReadonlyMap<number, string> => {
  const numbers = (seen(() => readdirSync(proc), []) ?? []).filter((name) => /^\d+$/.test(name))
  return new Map(numbers.map((pid) => [Number(pid), `${proc}/${pid}`]))
}

/** What is behind each open file of a process: undefined for those that may not be seen. */
const filesOf = (folder: string): readonly (string | undefined)[] =>
  seen(() => readdirSync(`${folder}/fd`), [])?.map((fd) => seen(() => readlinkSync(`${folder}/fd/${fd}`), '')) ?? [
    undefined,
  ]

/** Those of the paths that a process has open, this one included, and which. Processes of other users are only seen by root. */
export const openedBy = (paths: readonly string[], proc = '/proc'): ReadonlyMap<string, number> => {
  const open = new Map<string, number>()
  if (paths.length === 0) return open
  const wanted = new Map(paths.map((path) => [seen(() => realpathSync(path), path) ?? path, path]))
  for (const [pid, folder] of processesIn(proc)) {
    for (const file of filesOf(folder)) {
      const path = wanted.get(file ?? '')
      if (path !== undefined) open.set(path, pid)
    }
  }
  return open
}

/** Processes with `word` in their command line, which everybody may read, that do not show what they have open: those of other users. */
export const hiddenFrom = (word: string, proc = '/proc'): readonly number[] =>
  [...processesIn(proc)].flatMap(([pid, folder]) =>
    filesOf(folder).includes(undefined) &&
    seen(() => readFileSync(`${folder}/cmdline`, 'utf8'), '')?.includes(word) === true
      ? [pid]
      : [],
  )

/** Those of the paths that a process has open. */
export const openElsewhere = (paths: readonly string[]): ReadonlySet<string> => new Set(openedBy(paths).keys())
