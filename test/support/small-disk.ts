/** Disks of their own that a test can fill, or turn read-only. It takes root to mount them. */
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../src/base/faults.ts'

const pageBytes = 4096

export const mayMount = process.getuid?.() === 0
/** Also of a file system in a file, by a loop device. */
export const mayMountImages =
  mayMount && existsSync('/dev/loop-control') && ['/sbin', '/usr/sbin'].some((dir) => existsSync(`${dir}/mkfs.ext4`))

export interface SmallDisk extends Disposable {
  readonly path: string
  /** Takes all the space that is left. */
  fill(): void
  /** Gives back what `fill` took. */
  free(): void
}

/** Writes until the disk takes no more, at last by the page. */
const writeAll = (fd: number): void => {
  for (let bytes = 256 * pageBytes; bytes >= pageBytes;) {
    try {
      if (writeSync(fd, Buffer.alloc(bytes)) < bytes) bytes /= 2
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOSPC') throw thrown
      bytes /= 2
    }
  }
}

/** A disk of so many megabytes; unmounted when the scope is left, once nobody uses it. */
export const smallDisk = (megabytes: number): SmallDisk => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const fd = openSync(ballast, 'a')
      writeAll(fd)
      closeSync(fd)
    },
    free: () => rmSync(ballast),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', path])
      rmdirSync(path)
    },
  }
}

export interface JournalledDisk extends Disposable {
  readonly path: string
  /** As the kernel does it when the disk fails: whoever has files open may read on, and every write and sync ends with EROFS. */
  turnReadOnly(): void
  /** After that, once nobody has a file open on it: it can be written again. */
  mountAnew(): void
}

/** An ext4 file system of so many megabytes in a file. */
export const journalledDisk = (megabytes: number): JournalledDisk => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  const [image, path] = [join(folder, 'image'), join(folder, 'disk')]
  mkdirSync(path)
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-qF', image])
  const mount = (): void => void execFileSync('mount', ['-o', 'loop', image, path])
  mount()
  return {
    path,
    turnReadOnly: () => void execFileSync('mount', ['-o', 'remount,abort', path]),
    mountAnew() {
      execFileSync('umount', [path])
      mount()
    },
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', path])
      rmSync(folder, { recursive: true })
    },
  }
}
