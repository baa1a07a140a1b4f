/**
 * One file of the fake disk: what the page cache holds, and what would be left of it after the power failed. Pages go to the disk one by one, in any
 * order; only a sync makes sure of them, and one that fails leaves nobody knowing which are there.
 */
import type { SeededRandom } from './random.ts'

/** What a disk writes whole, or tears. Smaller than a real one's, so that small files have several. */
const pageBytes = 512

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

/** The parts of a change, one for each page that it touches. */
const piecesOf = ({ position, bytes }: Change): (Change & { readonly page: number })[] => {
  if (bytes === undefined) return []
  const pieces = []
  for (let at = 0; at < bytes.length;) {
    const page = Math.floor((position + at) / pageBytes)
    const end = Math.min(bytes.length, (page + 1) * pageBytes - position)
    pieces.push({ page, position: position + at, bytes: bytes.subarray(at, end) })
    at = end
  }
  return pieces
}

export class FakeFile {
  readonly inode: number
  modifiedMs: number
  #now = new Content()
  #durable = new Content()
  #pending: Change[] = []
  /** How many changes were ever made durable, so that overlapping syncs settle in any order. */
  #settled = 0
  /** Pages that a failed sync has left looking clean, and that may not be on the disk. */
  readonly #stale = new Set<number>()

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
    for (const { page } of piecesOf({ position, bytes })) if (this.#stale.delete(page)) this.#dirty(page)
  }

  truncate(length: number, nowMs: number): void {
    this.#change({ position: length, bytes: undefined }, nowMs)
  }

  /** What a sync that starts now will have made durable once the returned function is called. */
  sync(): () => void {
    const upTo = this.#settled + this.#pending.length
    return () => this.#settle(upTo)
  }

  /** The sync has failed: some pages went to the disk, and none of the others will be tried again until somebody writes to it. */
  failSync(random: SeededRandom): void {
    for (const { page } of this.#pending.flatMap(piecesOf)) this.#stale.add(page)
    this.#keepSome(random, this.#pending.length)
    this.#settled += this.#pending.length
    this.#pending = []
  }

  /** Keeps what was synced, and of the rest either what came first or any pages; one page in each case may be torn. */
  losePower(random: SeededRandom): void {
    if (random.chance(0.3)) this.#keepFirst(random)
    else this.#keepSome(random, this.#lastCutKept(random))
    this.#pending = []
    this.#stale.clear()
    this.#now = new Content()
    this.#now.apply({ position: 0, bytes: this.#durable.view })
  }

  #change(change: Change, nowMs: number): void {
    this.#now.apply(change)
    this.#pending.push(change)
    this.modifiedMs = nowMs
  }

  /** The whole page goes with the next sync. */
  #dirty(page: number): void {
    const position = page * pageBytes
    const bytes = Uint8Array.from(this.#now.view.subarray(position, position + pageBytes))
    this.#pending.push({ position, bytes })
  }

  #settle(upTo: number): void {
    const done = this.#pending.splice(0, Math.max(0, upTo - this.#settled))
    for (const change of done) this.#durable.apply(change)
    this.#settled += done.length
  }

  /** A random number of changes, and a part of the next one, with zeros behind it where only the length reached the disk. */
  #keepFirst(random: SeededRandom): void {
    const kept = random.below(this.#pending.length + 1)
    const torn = this.#pending[kept]
    for (const change of this.#pending.slice(0, kept)) this.#durable.apply(change)
    if (torn?.bytes === undefined) return
    this.#durable.apply({ ...torn, bytes: torn.bytes.subarray(0, random.below(torn.bytes.length + 1)) })
    const end = Math.max(this.#durable.size, torn.position + torn.bytes.length)
    if (random.chance(0.4)) this.#durable.apply({ position: end, bytes: undefined })
  }

  /** Cuts of the length are the file system's own, kept in their order: how many changes come before the first one that was not. */
  #lastCutKept(random: SeededRandom): number {
    const cuts = this.#pending.flatMap(({ bytes }, at) => (bytes === undefined ? [at] : []))
    return cuts[random.below(cuts.length + 1)] ?? this.#pending.length
  }

  /** Of the first `count` changes each page keeps those up to one of them, perhaps torn; the length is any that the file had meanwhile. */
  #keepSome(random: SeededRandom, count: number): void {
    const changes = this.#pending.slice(0, count)
    const left = this.#keptOfPages(random, changes)
    const sizes = [this.#durable.size]
    let size = this.#durable.size
    for (const change of changes) {
      const { bytes, position } = change
      size = bytes === undefined ? position : Math.max(size, position + bytes.length)
      if (bytes === undefined) sizes.length = 0
      sizes.push(size)
      if (bytes === undefined) this.#durable.apply(change)
      for (const piece of piecesOf(change)) this.#keepPiece(random, piece, left)
    }
    this.#durable.apply({ position: random.pick(sizes), bytes: undefined })
  }

  /** How many changes each page keeps. */
  #keptOfPages(random: SeededRandom, changes: readonly Change[]): Map<number, number> {
    const counts = new Map<number, number>()
    for (const { page } of changes.flatMap(piecesOf)) counts.set(page, (counts.get(page) ?? 0) + 1)
    return new Map(Array.from(counts, ([page, count]) => [page, random.below(count + 1)]))
  }

  #keepPiece(random: SeededRandom, piece: Change & { readonly page: number }, left: Map<number, number>): void {
    const kept = left.get(piece.page) ?? 0
    left.set(piece.page, kept - 1)
    if (kept > 0) this.#durable.apply(piece)
    else if (kept === 0 && random.chance(0.5))
      this.#durable.apply({ ...piece, bytes: piece.bytes?.subarray(0, random.below(piece.bytes.length + 1)) })
  }
}
