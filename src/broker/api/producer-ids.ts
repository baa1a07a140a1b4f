/**
 * Ids for idempotent producers. None is ever given twice, not even after a crash: ids come in blocks, and a block is on disk as used before the
 * first of it is given, in every log folder that takes the note, so that one that fails does not end the ids.
 */
import { join } from 'node:path'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import { readWhole, replaceWhole } from '../log/whole-file.ts'

/** Kafka's block size. */
const BLOCK_IDS = 1000
const producerIdFile = 'producer-id-block'

export interface ProducerIdOptions {
  readonly disk: Disk
  /** The log folders that can be used now. */
  readonly folders: () => readonly string[]
  readonly clock: Clock
  /** Whether producers may have written here before; then a missing file must not start the ids over. */
  readonly isUsed: boolean
  /** Every log folder could be opened: none has a note that is not seen. */
  readonly isComplete: boolean
}

export class ProducerIds {
  readonly #options: ProducerIdOptions
  #next = 0
  #end = 0
  #block: Promise<void> | undefined

  constructor(options: ProducerIdOptions) {
    this.#options = options
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
    const { disk, folders } = this.#options
    const start = this.#end > 0 ? this.#end : this.#storedEnd()
    const note = `0\n${start + BLOCK_IDS}\n`
    const noted = await Promise.allSettled(
      folders().map((folder) => replaceWhole(disk, join(folder, producerIdFile), note)),
    )
    for (const each of noted) if (each.status === 'rejected') rethrowUnlessDisk(each.reason)
    if (!noted.some(({ status }) => status === 'fulfilled')) throw noted.find((each) => each.status === 'rejected')?.reason ?? new Error('No log folder can be used') // prettier-ignore
    this.#next = start
    this.#end = start + BLOCK_IDS
  }

  /** The first id that no earlier run can have given. Where a note may be missing that is one no block ever reached: the time in microseconds. */
  #storedEnd(): number {
    const { clock, folders, isUsed, isComplete } = this.#options
    const notes = folders().map((folder) => this.#noteIn(folder))
    const ends = notes.filter((note) => typeof note === 'number')
    const isSure = isComplete && !notes.includes('unreadable') && (ends.length > 0 || !isUsed)
    return Math.max(0, ...ends, isSure ? 0 : clock.now() * 1000)
  }

  #noteIn(folder: string): number | 'none' | 'unreadable' {
    try {
      const text = readWhole(this.#options.disk, join(folder, producerIdFile))?.toString('latin1')
      const [, end] = /^0\n(\d{1,16})\n$/.exec(text ?? '') ?? []
      return end === undefined ? (text === undefined ? 'none' : 'unreadable') : Number(end)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      return 'unreadable'
    }
  }
}
