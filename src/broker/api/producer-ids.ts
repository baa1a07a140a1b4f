/**
 * Ids for idempotent producers. None is ever given twice, not even after a crash: ids come in blocks, and a block is on disk as used before the
 * first of it is given.
 */
import { join } from 'node:path'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { readWhole, replaceWhole } from '../log/whole-file.ts'

/** Kafka's block size. */
const BLOCK_IDS = 1000
const producerIdFile = 'producer-id-block'

export interface ProducerIdOptions {
  readonly disk: Disk
  /** The first log folder. */
  readonly folder: string
  readonly clock: Clock
  /** Whether producers may have written here before; then a missing file must not start the ids over. */
  readonly isUsed: boolean
}

export class ProducerIds {
  readonly #options: ProducerIdOptions
  readonly #path: string
  #next = 0
  #end = 0
  #block: Promise<void> | undefined

  constructor(options: ProducerIdOptions) {
    this.#options = options
    this.#path = join(options.folder, producerIdFile)
  }

  /** A fresh id; later when a new block has to be taken. Rejects with the disk's error. */
  next(): number | Promise<number> {
    return this.#next < this.#end ? this.#next++ : this.#afterBlock()
  }

  async #afterBlock(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#block ??= this.#takeBlock().finally(() => {
        this.#block = undefined
      })
      await this.#block
    }
    return this.#next++
  }

  async #takeBlock(): Promise<void> {
    const start = this.#end > 0 ? this.#end : this.#storedEnd()
    await replaceWhole(this.#options.disk, this.#path, `0\n${start + BLOCK_IDS}\n`)
    this.#next = start
    this.#end = start + BLOCK_IDS
  }

  /** The first id that no earlier run can have given. Without a readable file that is one no block ever reached: the time in microseconds. */
  #storedEnd(): number {
    const text = readWhole(this.#options.disk, this.#path)?.toString('latin1')
    const [, end] = /^0\n(\d{1,15})\n$/.exec(text ?? '') ?? []
    if (end !== undefined) return Number(end)
    return text === undefined && !this.#options.isUsed ? 0 : this.#options.clock.now() * 1000
  }
}
