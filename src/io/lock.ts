/**
 * The lock on a folder that one process must own (a log folder, a file channel, a position file). Node has no kernel locks, so it is a file that
 * exists while the owner lives and says who that is; an owner that was killed is recognized by its start time and replaced. On a disk that is full to the
 * last byte the file is empty, and the name of another one beside it says so.
 */
import { basename, dirname, join } from 'node:path'
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
  /** A disk without room for the line still has room for names: the lock is then held by the name of a second file. Without this it is refused with ENOSPC. */
  readonly mayHoldByName?: boolean
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

const nameBefore = (path: string): string => `${basename(path)}.held-`

/** An empty file beside the lock file, whose name says what the line would. */
const namePath = (path: string, holder: Holder): string =>
  join(dirname(path), nameBefore(path) + Buffer.from(written(holder)).toString('base64url'))

/** Who says by a name that the lock is theirs, dead ones included. */
const namedHolders = (disk: Disk, path: string): Holder[] => {
  const before = nameBefore(path)
  const names = disk.list(dirname(path)).filter((name) => name.startsWith(before))
  return names.flatMap((name) => parsed(Buffer.from(name.slice(before.length), 'base64url').toString()) ?? [])
}

/** A lock file that was made and is ours. */
interface Hold {
  isOurs(): boolean
  /** Of the file that says whose it is, where the lock file does not. */
  readonly name?: string
}

/** Creates the file and writes `holder` into it; undefined when it exists, or was taken away by somebody who saw it while it was still empty. */
const created = (path: string, holder: Holder, options: Required<LockOptions>): Hold | undefined => {
  const { disk } = options
  let fd: number
  try {
    fd = disk.open(path, 'wx')
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') return undefined
    throw thrown
  }
  try {
    const bytes = Buffer.from(written(holder))
    assert(bytes.length <= lockBytesMax, 'the lock line is too long')
    writeWhole(disk, fd, bytes, 0)
    return textOf(disk, path) === written(holder) ? { isOurs: () => textOf(disk, path) === written(holder) } : undefined
  } catch (thrown) {
    if (options.mayHoldByName && systemCode(thrown) === 'ENOSPC') return heldByName(path, fd, holder, options)
    disk.unlink(path)
    throw thrown
  } finally {
    disk.close(fd)
  }
}

/**
 * The lock file has no line. Whoever has found it so before the name was there looks again once it is out of the way, and finds the name: it is put back. So it is
 * ours if it is in its place after the name was made, and nobody else has such a name.
 */
const heldByName = (path: string, fd: number, holder: Holder, options: Required<LockOptions>): Hold | undefined => {
  const { disk } = options
  const { inode } = disk.fstat(fd)
  const name = namePath(path, holder)
  const isOurs = (): boolean => disk.stat(path)?.inode === inode
  try {
    disk.close(disk.open(name, 'wx'))
  } catch (thrown) {
    if (isOurs()) disk.unlink(path)
    throw thrown
  }
  const others = namedHolders(disk, path).filter((one) => one.nonce !== holder.nonce && lives(one, options))
  if (isOurs() && others.length === 0) return { isOurs, name }
  disk.unlink(name)
  return undefined
}

const locked = (path: string, pid: number | 'unknown', { own }: Required<LockOptions>): Fault =>
  new Fault('FOLDER_LOCKED', { path, pid, own })

const lives = (holder: Holder, { processes, deadThreads }: Required<LockOptions>): boolean => {
  if (processes.startOf(holder.pid) !== holder.start) return false
  return holder.pid !== processes.pid || !deadThreads.includes(holder.threadId)
}

/** The process that owns the lock file of `path`, which stands at `at` now, or undefined when its owner is gone. */
const ownerOf = (path: string, at: string, text: string, options: Required<LockOptions>): number | undefined => {
  const { disk, processes } = options
  const holder = parsed(text)
  const owner = (holder === undefined ? namedHolders(disk, path) : [holder]).find((one) => lives(one, options))
  if (owner !== undefined) return owner.pid
  const inode = disk.stat(at)?.inode
  return inode === undefined ? undefined : processes.kernelLockHolder(at, inode)
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
  const owner = taken === text ? ownerOf(path, aside, taken, options) : (parsed(taken)?.pid ?? 0)
  if (owner === undefined) {
    options.disk.unlink(aside)
    for (const dead of namedHolders(options.disk, path).filter((one) => !lives(one, options)))
      options.disk.remove(namePath(path, dead))
    return
  }
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
  const options = { processes: realProcesses, deadThreads: [], own: 'a folder', mayHoldByName: false, ...given }
  const { disk, processes } = options
  const start = processes.startOf(processes.pid) ?? 'unknown'
  const nonce = realRandom.bytes(8).toString('hex')
  const holder = { pid: processes.pid, threadId: processes.threadId, start, nonce }
  for (let tries = 0; tries < triesMax; tries++) {
    const hold = created(path, holder, options)
    if (hold !== undefined) return releasing(path, hold, disk)
    const text = textOf(disk, path)
    if (text === undefined) continue
    const owner = ownerOf(path, path, text, options)
    if (owner !== undefined) throw locked(path, owner, options)
    clearAway(path, text, holder, options)
  }
  throw locked(path, 'unknown', options)
}

const releasing = (path: string, hold: Hold, disk: Disk): Disposable => {
  let held = true
  return {
    [Symbol.dispose]() {
      if (!held) return
      held = false
      if (hold.isOurs()) disk.unlink(path)
      if (hold.name !== undefined) disk.remove(hold.name)
    },
  }
}
