/** One file of the sink: what its serializer makes of the batches, between the format's beginning and end. */
import type { Batch } from '../../src/flow/event.ts'
import type { Serializer } from '../../src/flow/serializer.ts'
import type { AppendFile } from '../../src/io/append-file.ts'

export class RolledFile {
  readonly #file: AppendFile
  readonly #serializer: Serializer
  #begun = false

  constructor(file: AppendFile, serializer: Serializer) {
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
      await this.#file.sync()
    } catch (thrown) {
      this.#file.rollBack(before)
      throw thrown
    }
  }

  async close(sync: boolean): Promise<void> {
    try {
      const end = this.#serializer.end?.()
      if (end !== undefined) this.#file.append([end])
      if (sync) await this.#file.sync()
    } finally {
      this.#file.suspend()
    }
  }

  #begin(): void {
    if (this.#begun) return
    const beginning = this.#serializer.begin?.()
    if (beginning !== undefined) this.#file.append([beginning])
    this.#begun = true
  }
}
