/**
 * Makes durable what a log has written: the bytes of segments that were appended to, the indexes of those that were closed, and the names of new
 * files. It says up to which offset recovery need not look.
 */
import { dirname } from 'node:path'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { OpenFiles } from './open-files.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { syncFolder } from './whole-file.ts'

export interface SyncHome {
  readonly files: OpenFiles
  readonly folder: string
}

export class SegmentSyncs {
  readonly #home: SyncHome
  readonly #segments: SegmentList
  /** Names that were not synced yet: of files in the folder, or even of the folder itself. */
  #unsyncedNames: 'none' | 'files' | 'folder' = 'none'

  constructor(home: SyncHome, segments: SegmentList) {
    this.#home = home
    this.#segments = segments
  }

  /** The folder is new, or who made it did not sync its name for sure. */
  folderMade(): void {
    this.#unsyncedNames = 'folder'
  }

  fileMade(): void {
    if (this.#unsyncedNames === 'none') this.#unsyncedNames = 'files'
  }

  /** Off the thread. Gives the offset behind which there may be something that only recovery can complete; Infinity if nothing. Throws system errors. */
  async sync(): Promise<number> {
    const { folder, files } = this.#home
    // may make files, so the names are asked for afterwards
    const known = this.#sealClosed()
    const names = this.#unsyncedNames
    const dirty = this.#segments.all().filter((segment) => segment.isDirty)
    this.#unsyncedNames = 'none'
    await Promise.all(dirty.map((segment) => segment.sync()))
    if (names !== 'none') await files.sync(() => syncFolder(files.disk, folder))
    if (names === 'folder') await files.sync(() => syncFolder(files.disk, dirname(folder)))
    return known
  }

  /**
   * Tries again what a full disk prevented when segments were closed or transactions aborted. Recovery must begin where the first index is not complete
   * on disk: gives that offset.
   */
  #sealClosed(): number {
    let known = Infinity
    for (const segment of this.#segments.all()) {
      this.#writeAborted(segment)
      known = Math.min(known, segment.aborted.unwrittenOffset)
      if (segment === this.#segments.active) break
      this.#quietly(() => segment.seal())
      if (!segment.isSealed) return Math.min(known, segment.baseOffset)
    }
    return known
  }

  #writeAborted({ aborted }: Segment): void {
    if (aborted.unwrittenOffset === Infinity) return
    this.#quietly(() => aborted.write())
    this.fileMade()
  }

  #quietly(action: () => void): void {
    try {
      action()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }
}
