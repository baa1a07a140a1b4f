/**
 * Makes durable what a log has written: the bytes of segments that were appended to, the indexes of those that were closed, and the names of new
 * files. It says up to which offset recovery need not look.
 */
import { dirname } from 'node:path'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { OpenFiles } from './open-files.ts'
import type { SegmentList } from './segment-list.ts'
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
    const names = this.#unsyncedNames
    const known = this.#sealClosed()
    const dirty = this.#segments.all().filter((segment) => segment.isDirty)
    this.#unsyncedNames = 'none'
    await Promise.all(dirty.map((segment) => segment.sync()))
    if (names !== 'none') await files.sync(() => syncFolder(files.disk, folder))
    if (names === 'folder') await files.sync(() => syncFolder(files.disk, dirname(folder)))
    return known
  }

  /** Tries again what a full disk prevented when segments were closed. Recovery must begin at the first whose indexes are not complete on disk: its offset. */
  #sealClosed(): number {
    for (const segment of this.#segments.all()) {
      if (segment === this.#segments.active) break
      try {
        segment.seal()
      } catch (thrown) {
        rethrowUnlessDisk(thrown)
      }
      if (!segment.isSealed) return segment.baseOffset
    }
    return Infinity
  }
}
