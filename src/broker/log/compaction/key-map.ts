/**
 * Which keys the part of a log that is being cleaned holds, and the last offset of each. Keys are kept as hashes, 24 bytes for each whatever its
 * length, so that a stated amount of memory is enough for a stated number of them. Kafka hashes by MD5; here it is the first half of a SHA-256, for which nobody can
 * make two keys that look the same, and which machines that forbid MD5 allow. The map is made of parts that grow one by one: the whole would keep the thread too long.
 */
import { crypto } from '../../../base/builtins.ts'
import { KeyTable, slotBytes } from './key-table.ts'

export { slotBytes } from './key-table.ts'

/** A part with more slots than that is not copied in a millisecond or two. */
const partSlots = 16_384
const partsMax = 1024

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
  readonly #parts: KeyTable[]
  #isFull = false
  /** The hash that is being looked for. */
  readonly #wanted = new Uint32Array(4)

  constructor({ bytesMax, loadFactor }: KeyMapOptions) {
    const slots = Math.max(2, Math.floor(bytesMax / slotBytes))
    const parts = Math.max(1, Math.min(partsMax, Math.floor(slots / partSlots)))
    this.#parts = Array.from({ length: parts }, () => new KeyTable(Math.floor(slots / parts), loadFactor))
  }

  /** The most keys that fit; a few less where chance gives one part more than its share. */
  get keysMax(): number {
    return this.#parts.reduce((sum, part) => sum + part.keysMax, 0)
  }

  get count(): number {
    return this.#parts.reduce((sum, part) => sum + part.count, 0)
  }

  /** For one of the keys that may come there is no room. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** Notes that the key stands at `offset`; a later call for the same key counts. The map must not be full. */
  put(key: Uint8Array, offset: number): void {
    const part = this.#partOf(key)
    part.put(this.#wanted, offset)
    this.#isFull ||= part.isFull
  }

  /** The offset that was noted last for the key, or -1. */
  get(key: Uint8Array): number {
    return this.#partOf(key).get(this.#wanted)
  }

  /** The part that has the key, whose hash is the wanted one then. */
  #partOf(key: Uint8Array): KeyTable {
    // as characters: much cheaper than a buffer of its own for each key
    const digest = crypto().hash('sha256', key, 'binary')
    for (let word = 0; word < 4; word++) this.#wanted[word] = wordAt(digest, word * 4)
    return this.#parts[(this.#wanted[3] ?? 0) % this.#parts.length] as KeyTable
  }
}
