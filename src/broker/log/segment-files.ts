/**
 * The files of one log's segments: begun, found again, and taken away. What consumers may still have been reading is first put out of sight under
 * another name and removed after `file.delete.delay.ms`; what never was part of the log goes at once.
 */
import { join } from 'node:path'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { deletedSuffix, segmentFileName, type SegmentSuffix } from './file-names.ts'
import type { LogHome } from './log-home.ts'
import { Segment } from './segment.ts'

/** `.log` comes first: indexes without it are removed at the next start, whereas it alone would be taken for a segment. */
const segmentSuffixes: readonly SegmentSuffix[] = ['.log', '.index', '.timeindex', '.txnindex', '.snapshot']

export class SegmentFiles {
  readonly #home: LogHome

  constructor(home: LogHome) {
    this.#home = home
  }

  /** A segment without files; the first write makes them. */
  begin(baseOffset: number): Segment {
    const { random, settings } = this.#home
    return new Segment(this.#home, baseOffset, {
      isNew: true,
      createdMs: this.#home.clock.now(),
      jitterMs: Math.floor(random.next() * settings.segmentJitterMs),
    })
  }

  /** A segment that is on disk. */
  found(baseOffset: number): Segment {
    return new Segment(this.#home, baseOffset, { isNew: false, createdMs: this.#home.clock.now(), jitterMs: 0 })
  }

  /** Removes a segment's files, the snapshot of its beginning included. Throws system errors. */
  remove(segment: Segment): void {
    const { disk } = this.#home.files
    segment.close()
    for (const suffix of segmentSuffixes) {
      const path = this.#path(segment.baseOffset, suffix)
      if (disk.stat(path) !== undefined) disk.unlink(path)
    }
  }

  /**
   * Puts a segment's files out of sight and has them removed later. Throws a system error when the records themselves could not be renamed: then
   * nothing has changed. `keepSnapshot` where another segment takes its place.
   */
  hide(segment: Segment, keepSnapshot = false): void {
    const { removal, settings } = this.#home
    const suffixes = keepSnapshot ? segmentSuffixes.filter((suffix) => suffix !== '.snapshot') : segmentSuffixes
    const hidden = suffixes.flatMap((suffix) => this.#hideFile(segment.baseOffset, suffix) ?? [])
    segment.abandon()
    removal.remove(hidden, settings.fileDeleteDelayMs)
  }

  #hideFile(baseOffset: number, suffix: SegmentSuffix): string | undefined {
    const { disk } = this.#home.files
    const path = this.#path(baseOffset, suffix)
    const hidden = path + deletedSuffix
    try {
      if (disk.stat(path) === undefined) return undefined
      disk.rename(path, hidden)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      if (suffix === '.log') throw thrown
      return undefined
    }
    return hidden
  }

  #path(baseOffset: number, suffix: SegmentSuffix): string {
    return join(this.#home.folder, segmentFileName(baseOffset, suffix))
  }
}
