/**
 * The lock on a folder that one process must own (a log folder, a file channel, a position file). Node has no kernel locks, so it is a file that
 * exists while the owner lives and says who that is; an owner that was killed is recognized by its start time and replaced.
 */
import { Fault, systemCode } from '../base/faults.ts'
import { assert } from '../base/assert.ts'
import type { Disk } from './disk.ts'
import { realRandom } from './random.ts'
import { realProcesses, type Processes } from './processes.ts'
import { writeWhole } from './write-whole.ts'

export interface LockOptions {
  readonly disk: Disk
  readonly processes?: Processes
  /** Threads of this very process that are known to have ended without releasing (a broker worker that died). */
  readonly deadThreads?: readonly number[]
  /** What a second owner is told to have one of its own of; `a folder` by default. */
  readonly own?: string
}

/** One line in the file: who holds the lock, and a number that no other holder has. */
interface Holder {
  readonly pid: number
  readonly threadId: number
  readonly start: string
  readonly nonce: string
}

/** No lock file of ours is longer. */
const lockBytesMax = 512

const written = (holder: Holder): string =>
  `millrace pid=${holder.pid} thread=${holder.threadId} start=${holder.start} nonce=${holder.nonce}\n`

const parsed = (text: string): Holder | undefined => {
  const found = /^millrace pid=(\d+) thread=(\d+) start=(.*) nonce=(\w+)\n$/.exec(text)
  const [, pid, threadId, start, nonce] = found ?? []
  if (start === undefined || nonce === undefined) return undefined
  return { pid: Number(pid), threadId: Number(threadId), start, nonce }
}

/** The file's text, or undefined when there is none. */
const textOf = (disk: Disk, path: string): string | undefined => {
  try {
    const fd = disk.open(path, 'r')
    const bytes = Buffer.alloc(lockBytesMax)
    try {
      return bytes.toString('utf8', 0, disk.read(fd, bytes, 0, lockBytesMax, 0))
    } finally {
      disk.close(fd)
    }
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** Creates the file and writes `holder` into it; false when it exists, or was taken away by somebody who saw it while it was still empty. */
const created = (disk: Disk, path: string, holder: Holder): boolean => {
  let fd: number
  try {
    fd = disk.open(path, 'wx')
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') return false
    throw thrown
  }
  try {
    const bytes = Buffer.from(written(holder))
    assert(bytes.length <= lockBytesMax, 'the lock line is too long')
    writeWhole(disk, fd, bytes, 0)
  } catch (thrown) {
    disk.unlink(path)
    throw thrown
  } finally {
    disk.close(fd)
  }
  return textOf(disk, path) === written(holder)
}

const locked = (path: string, pid: number | 'unknown', { own }: Required<LockOptions>): Fault =>
  new Fault('FOLDER_LOCKED', { path, pid, own })

/** The process that owns the file, or undefined when its owner is gone. */
const ownerOf = (path: string, text: string, { disk, processes, deadThreads }: Required<LockOptions>) => {
  const holder = parsed(text)
  if (holder !== undefined && processes.startOf(holder.pid) === holder.start) {
    const diedHere = holder.pid === processes.pid && deadThreads.includes(holder.threadId)
    if (!diedHere) return holder.pid
  }
  const inode = disk.stat(path)?.inode
  return inode === undefined ? undefined : processes.kernelLockHolder(path, inode)
}

/**
 * Moves a lock without an owner out of the way. Two processes may judge the same file at once: the rename shows which file was really taken,
 * and a lock that was replaced in between is put back.
 */
const clearAway = (path: string, text: string, holder: Holder, options: Required<LockOptions>): void => {
  const aside = `${path}.${holder.nonce}`
  try {
    options.disk.rename(path, aside)
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return
    throw thrown
  }
  const taken = textOf(options.disk, aside) ?? ''
  const owner = taken === text ? ownerOf(aside, taken, options) : (parsed(taken)?.pid ?? 0)
  if (owner === undefined) return options.disk.unlink(aside)
  options.disk.rename(aside, path)
  throw locked(path, owner, options)
}

/** How often a lock that comes and goes is tried for. */
const triesMax = 8

/**
 * Takes the lock file at `path`, whose folder must exist; disposing releases it. Throws FOLDER_LOCKED, naming the owner, when a living process
 * (this one included) holds it, or when a foreign kernel lock lies on it.
 */
export const takeLock = (path: string, given: LockOptions): Disposable => {
  const options = { processes: realProcesses, deadThreads: [], own: 'a folder', ...given }
  const { disk, processes } = options
  const start = processes.startOf(processes.pid) ?? 'unknown'
  const nonce = realRandom.bytes(8).toString('hex')
  const holder = { pid: processes.pid, threadId: processes.threadId, start, nonce }
  for (let tries = 0; tries < triesMax; tries++) {
    if (created(disk, path, holder)) return releasing(path, holder, disk)
    const text = textOf(disk, path)
    if (text === undefined) continue
    const owner = ownerOf(path, text, options)
    if (owner !== undefined) throw locked(path, owner, options)
    clearAway(path, text, holder, options)
  }
  throw locked(path, 'unknown', options)
}

const releasing = (path: string, holder: Holder, disk: Disk): Disposable => {
  let held = true
  return {
    [Symbol.dispose]() {
      if (!held) return
      held = false
      if (textOf(disk, path) === written(holder)) disk.unlink(path)
    },
  }
}
