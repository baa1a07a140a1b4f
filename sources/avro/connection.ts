/**
 * One client of the Avro source: its calls become deliveries, and their ends become answers. While `callsMax` calls are open nothing more is read, which
 * holds the client back. Calls are begun in the order in which they came; answers carry the serial of their call.
 */
import type { Socket } from 'node:net'
import { rethrowBroken } from '../../src/base/assert.ts'
import type { Batch } from '../../src/flow/event.ts'
import { EventDecoder } from '../../src/formats/avro-event.ts'
import { encodeHandshakeResponse, readHandshakeRequest, skipMetadata } from '../../src/formats/avro-handshake.ts'
import type { Status } from '../../src/formats/avro-protocol.ts'
import { AvroReader } from '../../src/formats/avro-reader.ts'
import { AvroWire, type WireOptions } from '../../src/formats/avro-wire.ts'
import { readInto } from '../../src/io/listen.ts'
import { Corking } from '../../src/io/corking.ts'
import { errorAnswer, handshakeAnswer, statusAnswer } from './answers.ts'
import { type KnownProtocols, readEvents } from './peer.ts'

/** Calls of one client that may be open at once. */
const callsMax = 16
const nothing = Buffer.alloc(0)

export interface ConnectionOwner {
  readonly wire: WireOptions
  readonly protocols: KnownProtocols
  /** Delivers and keeps the receipt. `isBatch` says which of the two calls it was. */
  deliver(batch: Batch, isBatch: boolean): Promise<void>
  refused(thrown: unknown): void
  /** What the client sent cannot be. */
  bad(address: string, thrown: unknown): void
  closed(connection: Connection): void
}

export class Connection {
  readonly #owner: ConnectionOwner
  readonly #address: string
  readonly #wire: AvroWire
  readonly #socket: Socket
  readonly #corking: Corking
  readonly #decoder = new EventDecoder()
  #greeted = false
  #open = 0
  #isEnding = false

  constructor(accepted: Socket, owner: ConnectionOwner) {
    this.#owner = owner
    this.#address = `${accepted.remoteAddress}:${accepted.remotePort}`
    this.#wire = new AvroWire(owner.wire, {
      message: (serial, message) => this.#call(serial, new AvroReader(message)),
      bad: (thrown) => this.#bad(thrown),
    })
    this.#socket = readInto(accepted, {
      room: () => this.#wire.room(),
      received: (length) => this.#wire.received(length),
    })
    this.#corking = new Corking(this.#socket)
    this.#wire.attach(this.#socket)
    this.#socket.on('end', () => this.#wire.ended(() => this.#endWhenAnswered()))
    this.#socket.on('drain', () => this.#goOn())
    // A reset by the peer is no fault of ours; 'close' follows.
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      this.#wire.close()
      owner.closed(this)
    })
  }

  /** Takes no more calls, answers those that are open, and closes. */
  stop(): void {
    this.#wire.pause()
    this.#endWhenAnswered()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  #call(serial: number, reader: AvroReader): void {
    const handshake = this.#greeted ? nothing : this.#greet(reader)
    if (!this.#greeted) return this.#send(handshakeAnswer(serial, handshake))
    skipMetadata(reader)
    const name = reader.string()
    // No name: the client only wanted the handshake.
    if (name === '') return this.#send(handshakeAnswer(serial, handshake))
    const events = readEvents(name, this.#decoder, reader)
    if (events === undefined) this.#send(errorAnswer(serial, handshake, `There is no call ${name.slice(0, 100)}`))
    else if (events.length === 0) this.#send(statusAnswer(serial, handshake, 'OK'))
    else void this.#deliver(serial, handshake, events, name === 'appendBatch')
  }

  #greet(reader: AvroReader): Buffer {
    const response = this.#owner.protocols.greet(readHandshakeRequest(reader))
    this.#greeted = response.match !== 'NONE'
    return encodeHandshakeResponse(response)
  }

  async #deliver(serial: number, handshake: Uint8Array, events: Batch, isBatch: boolean): Promise<void> {
    this.#open++
    if (this.#open >= callsMax) this.#wire.pause()
    let status: Status = 'OK'
    try {
      await this.#owner.deliver(events, isBatch)
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#owner.refused(thrown)
      status = 'FAILED'
    }
    this.#open--
    if (this.#socket.destroyed) return
    this.#send(statusAnswer(serial, handshake, status))
    this.#goOn()
  }

  /** Answers of one turn of the event loop leave together. A client that does not read them is not listened to. */
  #send(answer: Uint8Array): void {
    this.#corking.hold()
    this.#wire.send(answer)
    if (this.#socket.writableNeedDrain) this.#wire.pause()
  }

  #goOn(): void {
    if (this.#isEnding) this.#endWhenAnswered()
    else if (this.#open < callsMax && !this.#socket.writableNeedDrain) this.#wire.resume()
  }

  #endWhenAnswered(): void {
    this.#isEnding = true
    if (this.#open > 0 || this.#socket.destroyed) return
    this.#wire.finish(() => this.#socket.destroySoon())
  }

  #bad(thrown: unknown): void {
    this.#owner.bad(this.#address, thrown)
    this.#socket.destroy()
  }
}
