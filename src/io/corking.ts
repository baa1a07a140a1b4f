/**
 * Writes to a socket that are small and many: those of one turn of the event loop leave together, in one packet where they fit one. Who may write much
 * says `written` after it: then it leaves at once, so that the peer works on it while the next is made.
 */
import type { Socket } from 'node:net'

/** Nothing is won by letting so much wait for more. */
export const AT_ONCE_BYTES = 64 * 1024

export class Corking {
  readonly #socket: Socket
  #corked = false
  #scheduled = false
  readonly #turnEnds = (): void => {
    this.#scheduled = false
    this.#uncork()
  }

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** To be called before each write, or before several that belong together. */
  hold(): void {
    if (this.#corked) return
    this.#corked = true
    this.#socket.cork()
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turnEnds)
  }

  /** To be called after writes that may be large. What a slow peer has not taken yet counts too; nothing waits for more behind that. */
  written(): void {
    if (this.#socket.writableLength >= AT_ONCE_BYTES) this.#uncork()
  }

  #uncork(): void {
    if (!this.#corked) return
    this.#corked = false
    this.#socket.uncork()
  }
}
