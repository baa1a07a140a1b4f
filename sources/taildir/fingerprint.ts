/**
 * Knows a file again by its first bytes: inodes are used anew, and a file that was cut and has grown past the old position looks, by inode and
 * size, as if nothing had happened. The print grows with the file until it is full, and is kept beside the positions as length and hash.
 */
import { crypto } from '../../src/base/builtins.ts'
import type { Disk } from '../../src/io/disk.ts'

/** More would tell files apart that begin with the same long preamble; 1 KB tells apart everything that begins with a time. */
const printBytes = 1024

/** Read into again and again: no event points here. */
const scratch = Buffer.allocUnsafeSlow(printBytes)

export interface StoredPrint {
  readonly length: number
  readonly sha256: string
}

const hashOf = (bytes: Uint8Array): string => crypto().createHash('sha256').update(bytes).digest('hex')

export class Fingerprint {
  #bytes: Buffer = Buffer.alloc(0)
  /** What an earlier run stored, until it was compared for the first time. */
  #unproven: StoredPrint | undefined
  /** `#bytes` as last stored: hashed once, however often positions are written. */
  #stored: StoredPrint | undefined

  constructor(stored?: StoredPrint) {
    this.#unproven = stored
    this.#stored = stored
  }

  /** Whether the open file still begins as it did; if so the print takes in what the file has grown by. */
  matches(disk: Disk, fd: number): boolean {
    const got = disk.read(fd, scratch, 0, printBytes, 0)
    if (this.#unproven !== undefined) return this.#proves(this.#unproven, got)
    const length = this.#bytes.length
    if (got < length || this.#bytes.compare(scratch, 0, length) !== 0) return false
    if (got > length) this.#take(got)
    return true
  }

  /** What to store, so that a later run can compare. */
  toStored(): StoredPrint {
    this.#stored ??= { length: this.#bytes.length, sha256: hashOf(this.#bytes) }
    return this.#stored
  }

  #proves(stored: StoredPrint, got: number): boolean {
    if (got < stored.length || hashOf(scratch.subarray(0, stored.length)) !== stored.sha256) return false
    this.#unproven = undefined
    this.#take(got)
    return true
  }

  #take(got: number): void {
    this.#bytes = Buffer.from(scratch.subarray(0, got))
    this.#stored = undefined
  }
}
