/**
 * Loaded before the agent (`NODE_OPTIONS=--import`): counts the syncs of a file channel and what they cover, and writes the counts to the file that
 * MILLRACE_BENCH_SYNCS names when the process ends. It costs something for each write and sync, nothing for an event.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

export interface SyncCounts {
  /** Of data files: what was put. */
  data: { syncs: number; writes: number; bytes: number }
  /** Of the journal: what was taken. */
  journal: { syncs: number; writes: number; bytes: number }
}

export const countsVariable = 'MILLRACE_BENCH_SYNCS'

const counts: SyncCounts = {
  data: { syncs: 0, writes: 0, bytes: 0 },
  journal: { syncs: 0, writes: 0, bytes: 0 },
}
const kinds = new Map<number, keyof SyncCounts>()

const note = (fd: number, path: fs.PathLike): void => {
  const name = String(path)
  if (/events-\d+\.data$/.test(name)) kinds.set(fd, 'data')
  else if (/taken-\d+\.journal$/.test(name)) kinds.set(fd, 'journal')
  else kinds.delete(fd)
}

const written = (fd: number, bytes: number): void => {
  const kind = kinds.get(fd)
  if (kind === undefined) return
  counts[kind].writes++
  counts[kind].bytes += bytes
}

const synced = (fd: number): void => {
  const kind = kinds.get(fd)
  if (kind !== undefined) counts[kind].syncs++
}

/** Puts the counting in front of a function of `node:fs`. */
const wrap = (
  name: 'openSync' | 'writeSync' | 'writevSync' | 'fdatasync' | 'fdatasyncSync' | 'fsync' | 'fsyncSync',
  after: (args: readonly unknown[], result: unknown) => void,
): void => {
  const real: (...args: never[]) => unknown = fs[name]
  Object.assign(fs, {
    [name]: (...args: never[]) => {
      const result = real(...args)
      after(args, result)
      return result
    },
  })
}

const counting = process.env[countsVariable]
if (counting !== undefined) {
  wrap('openSync', ([path], fd) => note(Number(fd), String(path)))
  wrap('writeSync', ([fd], bytes) => written(Number(fd), Number(bytes)))
  wrap('writevSync', ([fd], bytes) => written(Number(fd), Number(bytes)))
  for (const name of ['fdatasync', 'fdatasyncSync', 'fsync', 'fsyncSync'] as const)
    wrap(name, ([fd]) => synced(Number(fd)))
  syncBuiltinESMExports()
  process.on('exit', () => fs.writeFileSync(counting, JSON.stringify(counts)))
}
