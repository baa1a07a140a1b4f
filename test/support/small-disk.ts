/** A disk of its own that a test can fill: a tmpfs, which takes root to mount. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../src/base/faults.ts'

const pageBytes = 4096

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
