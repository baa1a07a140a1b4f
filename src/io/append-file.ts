/**
 * A file that a sink appends whole batches to. Writing goes by position, so that what a failed write left behind is cut off, or written over by
 * the next one: a batch that is written again is not in the file twice. The descriptor can be given up meanwhile and comes back when needed.
 */
import { rethrowBroken } from '../base/assert.ts'
import type { Disk } from './disk.ts'

/** Buffers in one call to the system. */
const buffersMax = 1024

export class AppendFile {
  readonly path: string
  readonly #disk: Disk
  #fd: number | undefined
  #size = 0

  private constructor(disk: Disk, path: string, fd: number) {
    this.#disk = disk
    this.path = path
    this.#fd = fd
  }

  /** A new and empty file. Throws EEXIST if there is one. */
  static create(disk: Disk, path: string): AppendFile {
    return new AppendFile(disk, path, disk.open(path, 'wx'))
  }

  /** Bytes appended, and not rolled back. */
  get size(): number {
    return this.#size
  }

  get isOpen(): boolean {
    return this.#fd !== undefined
  }

  /** Appends all the bytes. When it throws, `size` is what it was, and whatever got into the file counts for nothing. */
  append(pieces: readonly Uint8Array[]): void {
    const fd = this.#descriptor()
    let end = this.#size
    try {
      if (pieces.length === 1 && pieces[0] !== undefined) end = this.#write(fd, pieces[0], 0, end)
      else
        for (let at = 0; at < pieces.length; at += buffersMax)
          end = this.#writev(fd, pieces.slice(at, at + buffersMax), end)
    } catch (thrown) {
      this.rollBack(this.#size)
      throw thrown
    }
    this.#size = end
  }

  /** Cuts the file back to an earlier size. If even that fails, the next append writes over what is too much. */
  rollBack(size: number): void {
    this.#size = size
    try {
      this.#disk.truncate(this.#descriptor(), size)
    } catch (thrown) {
      rethrowBroken(thrown)
      this.suspend()
    }
  }

  /** Resolves once everything appended is on the disk itself. */
  async sync(): Promise<void> {
    await this.#disk.sync(this.#descriptor())
  }

  /** Gives up the descriptor; the next use opens the file again. Safe twice. */
  suspend(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) this.#disk.close(fd)
  }

  #descriptor(): number {
    this.#fd ??= this.#disk.open(this.path, 'r+')
    return this.#fd
  }

  #write(fd: number, piece: Uint8Array, from: number, position: number): number {
    let at = from
    let end = position
    while (at < piece.length) {
      const written = this.#disk.write(fd, piece, at, piece.length - at, end)
      if (written === 0) throw new Error(`The disk took nothing of what was written to ${this.path}`)
      at += written
      end += written
    }
    return end
  }

  #writev(fd: number, pieces: readonly Uint8Array[], position: number): number {
    let written = this.#disk.writev(fd, pieces, position)
    let end = position + written
    // Rare: the disk took a part. The rest follows piece by piece.
    for (const piece of pieces) {
      if (written < piece.length) end = this.#write(fd, piece, written, end)
      written = Math.max(0, written - piece.length)
    }
    return end
  }
}
