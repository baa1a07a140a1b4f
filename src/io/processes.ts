/**
 * What the operating system knows of processes: which are alive, since when, and which hold a kernel lock on a file. A port, so that tests can
 * let processes die. Linux answers from /proc; elsewhere `ps` tells the start times, and foreign kernel locks stay unseen.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { threadId } from 'node:worker_threads'
import { childProcess } from '../base/builtins.ts'
import { systemCode } from '../base/faults.ts'

export interface Processes {
  /** This process. */
  readonly pid: number
  /** This thread of it; 0 is the main one. */
  readonly threadId: number
  /** A text that two processes with the same number never share, or undefined when no such process is alive. */
  startOf(pid: number): string | undefined
  /** A process that holds a kernel lock (fcntl or flock, as Java's FileLock takes) on the file of this path and inode. */
  kernelLockHolder(path: string, inode: number): number | undefined
}

/** The file's text, or undefined where it is missing or may not be read. */
const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return undefined
  }
}

/** Field 22 of /proc/N/stat, the start in clock ticks since boot; the name in field 2 may hold blanks and parentheses, so count from its end. */
const linuxStartOf = (pid: number): string | undefined => {
  const stat = textOf(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ticks] = [fields?.[0], fields?.[19]]
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined
  return `${textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? 'boot'}:${ticks}`
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return systemCode(thrown) === 'EPERM'
  }
}

const otherStartOf = (pid: number): string | undefined => {
  if (!isAlive(pid)) return undefined
  const { stdout } = childProcess().spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout?.trim() || 'alive'
}

/**
 * Inode numbers repeat between file systems, so a holder counts only if it has a file of that name open. It also counts if it does not let us
 * look, or is gone: a child may have inherited its lock.
 */
const hasOpen = (pid: number, name: string): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => basename(readlinkSync(`/proc/${pid}/fd/${fd}`)) === name)
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return true
  }
}

/** A line reads `12: POSIX  ADVISORY  WRITE 4711 08:01:131074 0 EOF`; one that waits has `->` before the kind. */
const linuxLockHolder = (path: string, inode: number): number | undefined => {
  for (const line of (textOf('/proc/locks') ?? '').split('\n')) {
    const found = /^\d+: \w+ +\w+ +WRITE +(\d+) \w+:\w+:(\d+) /.exec(line)
    const pid = Number(found?.[1])
    if (Number(found?.[2]) === inode && pid > 0 && hasOpen(pid, basename(path))) return pid
  }
  return undefined
}

/** How many files this process may have open, or undefined where that is not told. Node has raised it as far as it may by itself. */
export const openFilesAllowed = (): number | undefined => {
  const [, soft] = /^Max open files +(\d+)/m.exec(textOf('/proc/self/limits') ?? '') ?? []
  return soft === undefined ? undefined : Number(soft)
}

const onLinux = process.platform === 'linux'

export const realProcesses: Processes = {
  pid: process.pid,
  threadId,
  startOf: onLinux ? linuxStartOf : otherStartOf,
  kernelLockHolder: onLinux ? linuxLockHolder : () => undefined,
}
