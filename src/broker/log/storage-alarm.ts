/** Says once that a log folder cannot be written, and once that it can again, however many appends fail in between. */
import { reasonOf, systemCode } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'

const full = new Set(['ENOSPC', 'EDQUOT'])

export class StorageAlarm {
  #log: Log
  #folder: string
  #failedBytes = 0
  /** Appended since the last failure: small appends may still fit while the next large one does not. */
  #workedBytes = 0
  #refused = 0

  constructor(log: Log, folder: string) {
    this.#log = log
    this.#folder = folder
  }

  /** An append of so many bytes was refused by the disk. */
  failed(thrown: unknown, bytes: number): void {
    this.#refused++
    this.#failedBytes = Math.max(this.#failedBytes, bytes)
    this.#workedBytes = 0
    if (this.#refused > 1) return
    const what = full.has(systemCode(thrown) ?? '') ? 'is full' : 'cannot be written'
    this.#log.error(
      `The disk of ${this.#folder} ${what}: producers are refused with KAFKA_STORAGE_ERROR and try again, consumers go on. Make room; no restart is needed.`,
      { reason: reasonOf(thrown) },
    )
  }

  /** An append worked. */
  worked(bytes: number): void {
    if (this.#refused === 0) return
    this.#workedBytes += bytes
    if (this.#workedBytes < this.#failedBytes) return
    this.#log.info(`The disk of ${this.#folder} can be written again; ${this.#refused} appends were refused.`)
    this.#refused = 0
    this.#failedBytes = 0
  }
}
