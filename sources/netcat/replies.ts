/** What the netcat source answers. Replies leave in the order of the lines, whatever the order in which their deliveries end. */
import type { Socket } from 'node:net'
import { Ring } from '../../src/base/ring.ts'
import { Corking } from '../../src/io/corking.ts'
import type { Charset } from '../../src/formats/charset.ts'

const noReply = Buffer.alloc(0)

/** A reply that is due once its delivery has ended. */
export interface Due {
  reply: Uint8Array | undefined
}

export class Replies {
  readonly #socket: Socket
  readonly #corking: Corking
  readonly #charset: Charset
  readonly #accepted: Buffer
  readonly #acceptedBytes: number
  readonly #due = new Ring<Due>()

  /** `acks`: whether accepted lines are answered at all. `batchEvents`: the most lines of one `accepted`. */
  constructor(socket: Socket, charset: Charset, acks: boolean, batchEvents: number) {
    this.#socket = socket
    this.#corking = new Corking(socket)
    this.#charset = charset
    const one = acks ? charset.encode('OK\n') : noReply
    this.#acceptedBytes = one.length
    this.#accepted = Buffer.concat(Array.from({ length: acks ? batchEvents : 0 }, () => one))
  }

  /** Batches whose delivery has not ended, or waits for an earlier one. */
  get due(): number {
    return this.#due.length
  }

  /** Keeps the place of a reply. */
  reserve(): Due {
    const due: Due = { reply: undefined }
    this.#due.push(due)
    return due
  }

  accepted(due: Due, events: number): void {
    this.#fill(due, this.#accepted.subarray(0, events * this.#acceptedBytes))
  }

  /** The same reason for each of `events` lines. It is written on one line. */
  failed(due: Due, events: number, reason: string): void {
    this.#fill(due, this.#charset.encode(`FAILED: ${reason.replaceAll(/[\r\n]+/g, ' ')}\n`.repeat(events)))
  }

  #fill(due: Due, reply: Uint8Array): void {
    due.reply = reply
    for (let first = this.#due.peek(); first?.reply !== undefined; first = this.#due.peek()) {
      this.#due.shift()
      if (first.reply.length > 0 && this.#socket.writable) this.#write(first.reply)
    }
  }

  /** Replies of one turn of the event loop leave together. */
  #write(reply: Uint8Array): void {
    this.#corking.hold()
    this.#socket.write(reply)
  }
}
