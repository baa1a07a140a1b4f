/**
 * A segment that is being written to take the place of others. Its files end in `.cleaned` while they are written, and in `.swap` once all is on disk;
 * then the old segments are put out of sight, and the new one gets its name. The next start completes what a crash interrupts: `.cleaned` files
 * are removed, whole `.swap` files are put in their place.
 */
import { join } from 'node:path'
import { readBatchHeader } from '../../../protocol/record-batch.ts'
import { rethrowUnlessDisk } from '../disk-errors.ts'
import { cleanedSuffix, segmentFileName, swapSuffix, type SegmentSuffix } from '../file-names.ts'
import type { LogHome } from '../log-home.ts'
import { Segment } from '../segment.ts'
import type { AbortedTransaction } from '../transaction-index.ts'
import { syncFolder } from '../whole-file.ts'

const suffixes: readonly SegmentSuffix[] = ['.log', '.index', '.timeindex', '.txnindex']

export class CleanedSegment {
  readonly baseOffset: number
  /** It takes its place now: if that fails half way, its files are what the next start needs. */
  isWhole = false
  readonly #home: LogHome
  readonly #segment: Segment

  /** Throws system errors. */
  constructor(home: LogHome, baseOffset: number) {
    this.#home = home
    this.baseOffset = baseOffset
    this.#segment = new Segment(home, baseOffset, {
      isNew: true,
      createdMs: home.clock.now(),
      jitterMs: 0,
      ending: cleanedSuffix,
    })
    this.discard()
    this.#segment.log.fdCreating()
  }

  get size(): number {
    return this.#segment.size
  }

  /** Throws system errors. */
  append(bytes: Buffer): void {
    const position = this.#segment.size
    this.#segment.write(bytes)
    this.#segment.noteBatch(position, readBatchHeader(bytes))
  }

  /** Throws system errors. */
  noteAborted(transaction: AbortedTransaction): void {
    this.#segment.aborted.append(transaction)
  }

  /** Everything is on disk afterwards, under names that the next start completes. Rejects with system errors. */
  async finish(): Promise<void> {
    const { files, folder } = this.#home
    this.#segment.seal()
    await this.#segment.sync()
    this.#segment.close()
    this.#rename(cleanedSuffix, swapSuffix)
    await files.sync(() => syncFolder(files.disk, folder))
  }

  /** Gives it its name, once the old segments have let it go. Gives the offset at which it begins. Throws system errors. */
  place(): number[] {
    this.#rename(swapSuffix, '')
    return [this.baseOffset]
  }

  /** Removes what was written; what the disk keeps is removed by the next start. */
  discard(): void {
    const { disk } = this.#home.files
    this.#segment.close()
    try {
      for (const ending of [cleanedSuffix, swapSuffix])
        for (const suffix of suffixes) {
          const path = this.#path(suffix) + ending
          if (disk.stat(path) !== undefined) disk.unlink(path)
        }
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  /** The log comes first: while one `.cleaned` file is left, the `.swap` files beside it do not count. */
  #rename(from: string, to: string): void {
    const { disk } = this.#home.files
    for (const suffix of suffixes) {
      const path = this.#path(suffix)
      if (disk.stat(path + from) !== undefined) disk.rename(path + from, path + to)
    }
  }

  #path(suffix: SegmentSuffix): string {
    return join(this.#home.folder, segmentFileName(this.baseOffset, suffix))
  }
}
