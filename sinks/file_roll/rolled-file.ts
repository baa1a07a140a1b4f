/** One file of the sink: what its serializer makes of the batches, between the format's beginning and end. */
import { dirname } from 'node:path'
import type { Batch } from '../../src/flow/event.ts'
import type { Serializer } from '../../src/flow/serializer.ts'
import type { AppendFile } from '../../src/io/append-file.ts'
import type { Disk } from '../../src/io/disk.ts'

export class RolledFile {
  readonly #file: AppendFile
  readonly #serializer: Serializer
  readonly #disk: Disk
  #begun = false
  /** The file's name outlasts a power cut. */
  #isNamed = false

  constructor(file: AppendFile, serializer: Serializer, disk: Disk) {
    this.#disk = disk
    this.#file = file
    this.#serializer = serializer
  }

  get path(): string {
    return this.#file.path
  }

  /** All of the batch or nothing of it. With `sync` it resolves when the batch is on the disk itself. */
  async append(batch: Batch, sync: boolean): Promise<void> {
    this.#begin()
    const before = this.#file.size
    this.#file.append(this.#serializer.encode(batch))
    if (!sync) return
    try {
      await this.#sync()
    } catch (thrown) {
      this.#file.rollBack(before)
      throw thrown
    }
  }

  async close(sync: boolean): Promise<void> {
    try {
      const end = this.#serializer.end?.()
      if (end !== undefined) this.#file.append([end])
      if (sync) await this.#sync()
    } finally {
      this.#file.suspend()
    }
  }

  async #sync(): Promise<void> {
    await this.#file.sync()
    if (!this.#isNamed) this.#disk.syncFolder(dirname(this.path))
    this.#isNamed = true
  }

  #begin(): void {
    if (this.#begun) return
    const beginning = this.#serializer.begin?.()
    if (beginning !== undefined) this.#file.append([beginning])
    this.#begun = true
  }
}
