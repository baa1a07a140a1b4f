/** One part of the map of keys: an open table of hashes and offsets, which grows by doubling up to a limit. */

/** Four words of hash, and the offset in two. */
const slotWords = 6
export const slotBytes = slotWords * 4
const slotsAtFirst = 256
const wordRange = 2 ** 32
/** What the setting may ask for, brought to what a table can do: a full one would be searched for ever. */
const [loadFactorMin, loadFactorMax] = [0.1, 0.95]

/** The words of a hash. */
export type HashWords = Uint32Array

export class KeyTable {
  /** The most keys that fit. */
  readonly keysMax: number
  readonly #loadFactor: number
  readonly #slotsMax: number
  #slots: Uint32Array
  #count = 0

  constructor(slotsMax: number, loadFactor: number) {
    this.#loadFactor = Math.min(loadFactorMax, Math.max(loadFactorMin, loadFactor))
    this.#slotsMax = slotsMax
    this.keysMax = Math.max(1, Math.min(slotsMax - 1, Math.floor(slotsMax * this.#loadFactor)))
    this.#slots = new Uint32Array(Math.min(slotsAtFirst, slotsMax) * slotWords)
  }

  get count(): number {
    return this.#count
  }

  get isFull(): boolean {
    return this.#count >= this.keysMax
  }

  /** Must not be full. */
  put(hash: HashWords, offset: number): void {
    let at = this.#find(hash)
    if (this.#isFree(at)) {
      this.#count++
      if (this.#count > this.#capacity) {
        this.#grow()
        at = this.#find(hash)
      }
      this.#slots.set(hash, at)
    }
    // one more, so that a free slot is all zeros
    this.#slots[at + 4] = Math.floor((offset + 1) / wordRange)
    this.#slots[at + 5] = (offset + 1) % wordRange
  }

  /** -1 for a hash that is not there. */
  get(hash: HashWords): number {
    const at = this.#find(hash)
    return (this.#slots[at + 4] ?? 0) * wordRange + (this.#slots[at + 5] ?? 0) - 1
  }

  get #capacity(): number {
    const slots = this.#slots.length / slotWords
    return slots >= this.#slotsMax ? this.keysMax : Math.floor(slots * this.#loadFactor)
  }

  /** Where the hash stands, or the free slot where it would. */
  #find(hash: HashWords): number {
    const slots = this.#slots
    const [a = 0, b = 0, c = 0, d = 0] = hash
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

  #grow(): void {
    const old = this.#slots
    const slots = Math.min(this.#slotsMax, (old.length / slotWords) * 2)
    this.#slots = new Uint32Array(slots * slotWords)
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at + 4] === 0 && old[at + 5] === 0) continue
      this.#slots.set(old.subarray(at, at + slotWords), this.#find(old.subarray(at, at + 4)))
    }
  }
}
