/**
 * Which keys the part of a log that is being cleaned holds, and the last offset of each. Keys are kept as hashes, 24 bytes for each whatever its
 * length, so that a stated amount of memory is enough for a stated number of them. Kafka hashes by MD5; here it is the first half of a SHA-256, for which nobody can
 * make two keys that look the same, and which machines that forbid MD5 allow.
 */
import { hash } from 'node:crypto'

/** Four words of hash, and the offset in two. */
const slotWords = 6
export const slotBytes = slotWords * 4
const slotsAtFirst = 1024
const wordRange = 2 ** 32

export interface KeyMapOptions {
  /** The most memory that the map may take. */
  readonly bytesMax: number
  /** `log.cleaner.io.buffer.load.factor`: how full the map may get; fuller is slower. */
  readonly loadFactor: number
}

/** The word of a hash at `at`, from its bytes as characters. */
const wordAt = (digest: string, at: number): number =>
  ((digest.charCodeAt(at) << 24) |
    (digest.charCodeAt(at + 1) << 16) |
    (digest.charCodeAt(at + 2) << 8) |
    digest.charCodeAt(at + 3)) >>>
  0

export class KeyMap {
  /** The most keys that fit. */
  readonly keysMax: number
  readonly #loadFactor: number
  readonly #slotsMax: number
  #slots: Uint32Array
  #count = 0
  /** The hash that is being looked for. */
  readonly #wanted = new Uint32Array(4)

  constructor({ bytesMax, loadFactor }: KeyMapOptions) {
    this.#loadFactor = loadFactor
    this.#slotsMax = Math.max(2, Math.floor(bytesMax / slotBytes))
    this.keysMax = Math.max(1, Math.min(this.#slotsMax - 1, Math.floor(this.#slotsMax * loadFactor)))
    this.#slots = new Uint32Array(Math.min(slotsAtFirst, this.#slotsMax) * slotWords)
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count >= this.keysMax
  }

  /** Notes that the key stands at `offset`; a later call for the same key counts. The map must not be full. */
  put(key: Uint8Array, offset: number): void {
    this.#takeHash(key)
    let at = this.#find()
    if (this.#isFree(at)) {
      this.#count++
      if (this.#count > this.#capacity) {
        this.#grow()
        at = this.#find()
      }
      this.#slots.set(this.#wanted, at)
    }
    // one more, so that a free slot is all zeros
    this.#slots[at + 4] = Math.floor((offset + 1) / wordRange)
    this.#slots[at + 5] = (offset + 1) % wordRange
  }

  /** The offset that was noted last for the key, or -1. */
  get(key: Uint8Array): number {
    this.#takeHash(key)
    return this.#offsetAt(this.#find())
  }

  get #capacity(): number {
    const slots = this.#slots.length / slotWords
    return slots >= this.#slotsMax ? this.keysMax : Math.floor(slots * this.#loadFactor)
  }

  #takeHash(key: Uint8Array): void {
    // as characters: much cheaper than a buffer of its own for each key
    const digest = hash('sha256', key, 'binary')
    for (let word = 0; word < 4; word++) this.#wanted[word] = wordAt(digest, word * 4)
  }

  /** Where the wanted hash stands, or the free slot where it would. */
  #find(): number {
    const slots = this.#slots
    const [a = 0, b = 0, c = 0, d = 0] = this.#wanted
    const end = slots.length
    let at = (a % (end / slotWords)) * slotWords
    while (!this.#isFree(at)) {
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) break
      at = at + slotWords === end ? 0 : at + slotWords
    }
    return at
  }

  #isFree(at: number): boolean {
    return this.#slots[at + 5] === 0 && this.#slots[at + 4] === 0
  }

  #offsetAt(at: number): number {
    return (this.#slots[at + 4] ?? 0) * wordRange + (this.#slots[at + 5] ?? 0) - 1
  }

  #grow(): void {
    const old = this.#slots
    const slots = Math.min(this.#slotsMax, (old.length / slotWords) * 2)
    this.#slots = new Uint32Array(slots * slotWords)
    const wanted = this.#wanted.slice()
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at + 4] === 0 && old[at + 5] === 0) continue
      this.#wanted.set(old.subarray(at, at + 4))
      this.#slots.set(old.subarray(at, at + slotWords), this.#find())
    }
    this.#wanted.set(wanted)
  }
}
