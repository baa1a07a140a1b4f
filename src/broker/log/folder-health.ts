/**
 * Tells a log folder that has failed from a file in it that has: after an error of the disk a small file is written into the folder, synced and
 * removed. What fails then is the folder, and all that lies in it; what fails only once is the partition's own trouble. A full disk is none.
 */
import { join } from 'node:path'
import { rethrowBroken } from '../../base/assert.ts'
import { systemCode } from '../../base/faults.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { isDiskError } from './disk-errors.ts'
import { syncFile, writeWhole } from './whole-file.ts'

const probeFile = '.millrace-probe'
/** Errors may come by the thousand; the folder is not tried more often than that. */
const probeEveryMs = 5000
/** No room on the disk, or no descriptor to be had: nothing has failed. */
const passing: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'])

/** Whether the error is one of the disk that does not go away when room is made. */
export const isFailure = (thrown: unknown): boolean => isDiskError(thrown) && !passing.has(systemCode(thrown) ?? '')

export class FolderHealth {
  readonly #path: string
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #failed: (reason: unknown) => void
  #nextProbeMs = -Infinity

  /** `failed` is told the error of a folder that has failed. */
  constructor(path: string, disk: Disk, clock: Clock, failed: (reason: unknown) => void) {
    this.#path = path
    this.#disk = disk
    this.#clock = clock
    this.#failed = failed
  }

  /** Something in the folder could not be read or written. */
  suspect(thrown: unknown): void {
    if (!isFailure(thrown) || this.#clock.monotonic() < this.#nextProbeMs) return
    this.#nextProbeMs = this.#clock.monotonic() + probeEveryMs
    void this.#probe()
  }

  async #probe(): Promise<void> {
    const path = join(this.#path, probeFile)
    try {
      this.#disk.list(this.#path)
      writeWhole(this.#disk, path, 'Is this folder still of use?\n')
      await syncFile(this.#disk, path)
      this.#disk.unlink(path)
    } catch (thrown) {
      rethrowBroken(thrown)
      if (isFailure(thrown)) this.#failed(thrown)
    }
  }
}
