/**
 * A disk in memory that can do what real ones do at the worst moment: fill up, write short, fail a sync, tear a write, and forget after a
 * power cut what was never synced. All of it comes from the seed. Paths are absolute; folders must exist as on a real disk.
 */
import type { Disk, DiskStat, OpenFlag } from '../../src/io/disk.ts'
import { PlannedFailures } from './disk-failures.ts'
import { FakeFile } from './disk-file.ts'
import { FakeNames, statOf, systemError, type Node } from './disk-names.ts'
import { seededRandom, type SeededRandom } from './random.ts'

/** Thrown by every call from a planned crash until `restart`. */
export class DiskCrashed extends Error {
  override readonly name = 'DiskCrashed'
}

interface OpenFile {
  readonly node: Node
  readonly path: string
  readonly flag: OpenFlag
  position: number
}

export interface FakeDiskOptions {
  readonly seed?: number
  /** The most bytes that all files together may hold. */
  readonly capacityBytes?: number
  /** How likely a write stores only a part. */
  readonly shortWrites?: number
  /** How likely a sync takes a turn of the event loop. */
  readonly slowSyncs?: number
  /** Folders that are volumes of their own: after a power cut each has come as far as it has. */
  readonly volumes?: readonly string[]
  readonly now?: () => number
}

export class FakeDisk implements Disk {
  capacityBytes: number
  /** The same for a folder whose files count for themselves. */
  readonly capacities = new Map<string, number>()
  shortWrites: number
  /** Calls that changed something, so far. */
  changes = 0
  #random: SeededRandom
  #now: () => number
  #slowSyncs: number
  #names: FakeNames
  #open = new Map<number, OpenFile>()
  #nextFd = 3
  #nextInode = 1
  #failures = new PlannedFailures()
  #crashAt = Infinity
  #crashed = false

  constructor(options: FakeDiskOptions = {}) {
    const { seed = 1, capacityBytes = Infinity, shortWrites = 0, slowSyncs = 0, volumes = [], now = () => 0 } = options
    this.#random = seededRandom(seed)
    this.#now = now
    this.#names = new FakeNames(volumes, this.capacities)
    this.#slowSyncs = slowSyncs
    this.capacityBytes = capacityBytes
    this.shortWrites = shortWrites
  }

  /** The next `times` calls of `operation` on paths that contain `path` throw a system error with this code. */
  fail(operation: keyof Disk, code: string, { path = '', times = 1 } = {}): void {
    this.#failures.plan({ operation, code, path, left: times })
  }

  /** The `count`-th next call that changes something (1: the very next) throws a system error with this code. */
  failIn(count: number, code: string): void {
    this.#failures.planChange(count, code)
  }

  /** Takes back all planned failures. */
  heal(): void {
    this.#failures.heal()
  }

  /** The process dies in the middle of the `count`-th next call that changes something (1: the very next). */
  crashIn(count: number): void {
    this.#crashAt = this.changes + count
  }

  /** The process dies now: whatever it still tries fails, until `restart`. */
  kill(): void {
    this.#crashed = true
  }

  get isDead(): boolean {
    return this.#crashed
  }

  /** After the end of the process, planned or not: `process` keeps the page cache, `power` only what was synced and a random part of the rest. */
  restart(kind: 'process' | 'power'): void {
    this.#crashed = false
    this.#crashAt = Infinity
    this.#open.clear()
    if (kind === 'process') return
    this.#names.losePower(this.#random)
    for (const [, node] of this.#names.all()) if (node !== 'folder') node.losePower(this.#random)
  }

  /** A file's bytes, or undefined. */
  bytes(path: string): Buffer | undefined {
    const node = this.#names.get(path)
    return node === undefined || node === 'folder' ? undefined : node.bytes
  }

  /** Puts a file there as if it always had been: durable, folders included. */
  plant(path: string, bytes: Uint8Array): void {
    this.makeFolder(path.slice(0, path.lastIndexOf('/')) || '/')
    const node = new FakeFile(this.#nextInode++, this.#now())
    node.write(bytes, 0, this.#now())
    node.sync()()
    this.#names.add(path, node)
    this.syncFolder(path.slice(0, path.lastIndexOf('/')) || '/')
  }

  /** How many files are open. */
  get openFiles(): number {
    return this.#open.size
  }

  open(path: string, flag: OpenFlag): number {
    this.#enter('open', path)
    const found = this.#names.get(path)
    const exclusive = flag === 'wx' || flag === 'wx+'
    if (found !== undefined && exclusive) throw systemError('EEXIST', 'open', path)
    if (found === 'folder' && flag !== 'r') throw systemError('EISDIR', 'open', path)
    if (found === undefined && (flag === 'r' || flag === 'r+')) throw systemError('ENOENT', 'open', path)
    const node = found ?? this.#create(path)
    if (flag === 'w' || flag === 'w+') this.#cut(node, path, 0)
    const fd = this.#nextFd++
    this.#open.set(fd, { node, path, flag, position: 0 })
    return fd
  }

  close(fd: number): void {
    this.#file(fd, 'close')
    this.#open.delete(fd)
  }

  read(fd: number, into: Uint8Array, offset: number, length: number, position: number | null): number {
    const file = this.#file(fd, 'read')
    if (file.node === 'folder') throw systemError('EISDIR', 'read', file.path)
    if (offset + length > into.length) throw new RangeError('The read goes beyond its buffer')
    const got = file.node.read(into, offset, length, position ?? file.position)
    if (position === null) file.position += got
    return got
  }

  write(fd: number, from: Uint8Array, offset: number, length: number, position: number | null): number {
    const file = this.#file(fd, 'write')
    const node = file.node
    if (node === 'folder' || file.flag === 'r') throw systemError('EBADF', 'write', file.path)
    const appends = file.flag === 'a' || file.flag === 'a+'
    const at = appends ? node.size : (position ?? file.position)
    const bytes = from.subarray(offset, offset + length)
    const crashes = this.#changing('write', file.path)
    const kept = crashes ? this.#random.below(length + 1) : this.#fitting(node, at, length, file.path)
    node.write(bytes.subarray(0, kept), at, this.#now())
    if (crashes) this.#die()
    if (position === null) file.position = at + kept
    return kept
  }

  writev(fd: number, from: readonly Uint8Array[], position: number | null): number {
    const all = Buffer.concat(from)
    return this.write(fd, all, 0, all.length, position)
  }

  truncate(fd: number, length: number): void {
    const file = this.#file(fd, 'truncate')
    this.#cut(file.node, file.path, length)
  }

  async sync(fd: number): Promise<void> {
    const { node, path } = this.#syncing(fd)
    const settle = node === 'folder' ? () => this.#names.sync(path) : node.sync()
    await (this.#random.chance(this.#slowSyncs) ? new Promise((resolve) => setImmediate(resolve)) : undefined)
    if (this.#crashed) throw new DiskCrashed('The disk is gone')
    settle()
  }

  syncNow(fd: number): void {
    const { node } = this.#syncing(fd)
    if (node !== 'folder') node.sync()()
  }

  syncFolder(path: string): void {
    this.#enter('syncFolder', path)
    if (this.#changing('syncFolder', path)) this.#die()
    this.#names.sync(path)
  }

  stat(path: string): DiskStat | undefined {
    this.#enter('stat', path)
    const node = this.#names.get(path)
    return node === undefined ? undefined : statOf(node)
  }

  space(path: string): { totalBytes: number; usableBytes: number } {
    this.#enter('space', path)
    return this.#names.space(path, this.capacityBytes)
  }

  fstat(fd: number): DiskStat {
    return statOf(this.#file(fd, 'fstat').node)
  }

  list(path: string): string[] {
    this.#enter('list', path)
    return this.#names.list(path)
  }

  makeFolder(path: string): void {
    this.#enter('makeFolder', path)
    if (this.#changing('makeFolder', path)) this.#die()
    this.#names.makeFolder(path)
  }

  rename(from: string, to: string): void {
    this.#enter('rename', from)
    if (this.#changing('rename', from)) this.#die()
    this.#names.rename(from, to)
  }

  unlink(path: string): void {
    this.#enter('unlink', path)
    const node = this.#names.get(path)
    if (node === undefined || node === 'folder')
      throw systemError(node === undefined ? 'ENOENT' : 'EISDIR', 'unlink', path)
    if (this.#changing('unlink', path)) this.#die()
    this.#names.remove(path)
  }

  remove(path: string): void {
    this.#enter('remove', path)
    if (this.#changing('remove', path)) this.#die()
    this.#names.remove(path)
  }

  /** What is synced; where the sync fails, nobody knows how much of it is on the disk. */
  #syncing(fd: number): OpenFile {
    try {
      const file = this.#file(fd, 'sync')
      if (this.#changing('sync', file.path)) this.#die()
      return file
    } catch (thrown) {
      const node = this.#open.get(fd)?.node
      if (!this.#crashed && node !== 'folder') node?.failSync(this.#random)
      throw thrown
    }
  }

  #create(path: string): FakeFile {
    if (this.#changing('open', path)) this.#die()
    const file = new FakeFile(this.#nextInode++, this.#now())
    this.#names.add(path, file)
    return file
  }

  #cut(node: Node, path: string, length: number): void {
    if (node === 'folder') throw systemError('EISDIR', 'truncate', path)
    if (this.#changing('truncate', path)) this.#die()
    node.truncate(length, this.#now())
  }

  /** How much of a write there is room for; throws when there is none. */
  #fitting(node: FakeFile, position: number, length: number, path: string): number {
    const free = this.#names.free(path, this.capacityBytes)
    const room = Math.min(length, Math.max(0, node.size - position) + free)
    if (room <= 0 && length > 0) throw systemError('ENOSPC', 'write', path)
    return room > 1 && this.#random.chance(this.shortWrites) ? 1 + this.#random.below(room - 1) : room
  }

  #file(fd: number, operation: keyof Disk): OpenFile {
    const file = this.#open.get(fd)
    this.#enter(operation, file?.path ?? `descriptor ${fd}`)
    if (file === undefined) throw systemError('EBADF', operation, `descriptor ${fd}`)
    return file
  }

  #enter(operation: keyof Disk, path: string): void {
    if (this.#crashed) throw new DiskCrashed('The disk is gone')
    this.#failures.check(operation, path)
  }

  /** Counts a change; true when the process dies in it. Throws where it is to fail. */
  #changing(operation: keyof Disk, path: string): boolean {
    this.changes++
    this.#failures.checkChange(operation, path)
    return this.changes >= this.#crashAt
  }

  #die(): never {
    this.#crashed = true
    throw new DiskCrashed('The process died here')
  }
}
