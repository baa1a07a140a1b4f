/**
 * Reads of a data file on a disk with bad places. A read that fails may work the next time, so it is tried again; where it goes on failing and the rest of the
 * disk can be read, the blocks that cannot be are left out, as zeros: no record that stands in one fits its checksum, and it is treated as damaged.
 */
import { systemCode } from '../../src/base/faults.ts'

/** A file system reads no less at once. */
const blockBytes = 4096
/** So many reads in a row must have failed before blocks are left out. */
const triesMax = 6
/** Each block is then tried so often alone. */
const blockTriesMax = 2

export interface ReadPort {
  /** Fills `into`, or reads up to the end of the file; returns the bytes read. Throws system errors. */
  readonly read: (into: Buffer, position: number) => number
  /** Whether anything else on the disk can be read: one that is gone has no bad places. */
  readonly isDiskAlive: () => boolean
}

export class PatientReads {
  readonly #port: ReadPort
  #failed = 0
  /** Positions of blocks that are left out. */
  readonly #dead = new Set<number>()
  #error: unknown
  /** Whoever reads comes again after an error, some time later; else a read is tried again at once. */
  #isRetriedByCaller = false

  constructor(port: ReadPort) {
    this.#port = port
  }

  /** From now on a read that fails is told at first; what was left out before is tried again. */
  retryByCaller(): void {
    this.#isRetriedByCaller = true
    this.#failed = 0
    this.#dead.clear()
  }

  get hasDead(): boolean {
    return this.#dead.size > 0
  }

  /** Why something was left out. */
  get error(): unknown {
    return this.#error
  }

  /** Fills `into`, or reads up to the end of the file; returns the bytes read. Throws system errors, EIO while it may pass. */
  read(into: Buffer, position: number): number {
    if (this.#dead.size > 0 && this.deadBytes(position, into.length) > 0)
      return this.#readBlocks(into, position, this.#error)
    for (;;) {
      try {
        const got = this.#port.read(into, position)
        this.#failed = 0
        return got
      } catch (thrown) {
        if (systemCode(thrown) !== 'EIO') throw thrown
        this.#error = thrown
        if (++this.#failed >= triesMax) {
          if (!this.#port.isDiskAlive()) throw thrown
          return this.#readBlocks(into, position, thrown)
        }
        if (this.#isRetriedByCaller) throw thrown
      }
    }
  }

  /** How many of these bytes are left out. */
  deadBytes(position: number, length: number): number {
    let bytes = 0
    for (const at of this.#dead)
      bytes += Math.max(0, Math.min(position + length, at + blockBytes) - Math.max(position, at))
    return bytes
  }

  #readBlocks(into: Buffer, position: number, error: unknown): number {
    const end = position + into.length
    const found: number[] = []
    for (let at = position - (position % blockBytes); at < end; at += blockBytes) {
      const from = Math.max(at, position)
      const part = into.subarray(from - position, Math.min(at + blockBytes, end) - position)
      const isKnown = this.#dead.has(at)
      if (!isKnown && this.#hasRead(part, from)) continue
      part.fill(0)
      if (!isKnown) found.push(at)
    }
    // It may have gone meanwhile.
    if (found.length > 0 && !this.#port.isDiskAlive()) throw error
    for (const at of found) this.#dead.add(at)
    return into.length
  }

  #hasRead(into: Buffer, position: number): boolean {
    for (let tries = 0; tries < blockTriesMax; tries++) {
      try {
        // A file that ends early has no more than zeros there, either.
        into.fill(0, this.#port.read(into, position))
        return true
      } catch (thrown) {
        if (systemCode(thrown) !== 'EIO') throw thrown
      }
    }
    return false
  }
}
