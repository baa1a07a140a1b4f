/** Writes to a socket that are small and many: those of one turn of the event loop leave together, in one packet where they fit one. */
import type { Socket } from 'node:net'

export class Corking {
  readonly #socket: Socket
  #corked = false
  readonly #uncork = (): void => {
    this.#corked = false
    this.#socket.uncork()
  }

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** To be called before each write. */
  hold(): void {
    if (this.#corked) return
    this.#corked = true
    this.#socket.cork()
    setImmediate(this.#uncork)
  }
}
