/** One file of the fake disk: what the page cache holds, and what would be left of it after the power failed. */
import type { SeededRandom } from './random.ts'

/** One change since the last sync: bytes put at a position, or (no bytes) the file cut or stretched to it. */
interface Change {
  readonly position: number
  readonly bytes: Uint8Array | undefined
}

/** Bytes that grow as they are written, with zeros in the holes. */
class Content {
  #bytes = Buffer.alloc(0)
  size = 0

  get view(): Buffer {
    return this.#bytes.subarray(0, this.size)
  }

  apply({ position, bytes }: Change): void {
    const end = position + (bytes?.length ?? 0)
    if (end > this.#bytes.length) {
      const wider = Buffer.alloc(Math.max(64, end * 2))
      this.view.copy(wider)
      this.#bytes = wider
    }
    if (bytes === undefined) {
      if (position < this.size) this.#bytes.fill(0, position, this.size)
      this.size = position
    } else {
      this.#bytes.set(bytes, position)
      this.size = Math.max(this.size, end)
    }
  }
}

export class FakeFile {
  readonly inode: number
  modifiedMs: number
  #now = new Content()
  #durable = new Content()
  #pending: Change[] = []
  /** How many changes were ever made durable, so that overlapping syncs settle in any order. */
  #settled = 0

  constructor(inode: number, nowMs: number) {
    this.inode = inode
    this.modifiedMs = nowMs
  }

  get size(): number {
    return this.#now.size
  }

  /** A copy of what a reader sees. */
  get bytes(): Buffer {
    return Buffer.from(this.#now.view)
  }

  read(into: Uint8Array, offset: number, length: number, position: number): number {
    const found = this.#now.view.subarray(position, position + length)
    into.set(found, offset)
    return found.length
  }

  write(bytes: Uint8Array, position: number, nowMs: number): void {
    this.#change({ position, bytes: Uint8Array.from(bytes) }, nowMs)
  }

  truncate(length: number, nowMs: number): void {
    this.#change({ position: length, bytes: undefined }, nowMs)
  }

  /** What a sync that starts now will have made durable once the returned function is called. */
  sync(): () => void {
    const upTo = this.#settled + this.#pending.length
    return () => this.#settle(upTo)
  }

  /** Keeps what was synced and a random part of the rest; the last piece may be torn, or be zeros where only the length reached the disk. */
  losePower(random: SeededRandom): void {
    const kept = random.below(this.#pending.length + 1)
    const torn = this.#pending[kept]
    this.#settle(this.#settled + kept)
    if (torn?.bytes !== undefined) {
      const cut = random.below(torn.bytes.length + 1)
      const zeroed = Buffer.from(torn.bytes).fill(0, cut)
      this.#durable.apply({ position: torn.position, bytes: random.chance(0.4) ? zeroed : torn.bytes.subarray(0, cut) })
    }
    this.#pending = []
    this.#now = new Content()
    this.#now.apply({ position: 0, bytes: this.#durable.view })
  }

  #change(change: Change, nowMs: number): void {
    this.#now.apply(change)
    this.#pending.push(change)
    this.modifiedMs = nowMs
  }

  #settle(upTo: number): void {
    const done = this.#pending.splice(0, Math.max(0, upTo - this.#settled))
    for (const change of done) this.#durable.apply(change)
    this.#settled += done.length
  }
}
