/**
 * A client of Flume's Avro source: ours or a real Flume's. One call at a time; a client that failed in any way is dead, and its owner opens another.
 */
import { connect, type Socket } from 'node:net'
import { Chunk } from '../base/chunk.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import { putVarint, varintBytes } from '../base/varint.ts'
import type { Context } from '../flow/context.ts'
import type { Batch } from '../flow/event.ts'
import { EventEncoder } from './avro-event.ts'
import { frameHeadBytes, putFrameHead } from './avro-frames.ts'
import { avroString, encodeHandshakeRequest, readHandshakeResponse, skipMetadata } from './avro-handshake.ts'
import { protocolHash, protocolText, statusesOf, statusNames } from './avro-protocol.ts'
import { AvroReader } from './avro-reader.ts'
import { AvroWire } from './avro-wire.ts'

export interface AvroClientOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** zlib's level, 0 to 9; undefined for no compression. It must suit the source's own setting. */
  readonly deflateLevel: number | undefined
  readonly clock: Context['clock']
}

export interface AvroClient extends AsyncDisposable {
  /** False once anything went wrong. */
  readonly isAlive: boolean
  /** Resolves when the source has taken all the events. Throws AVRO_REFUSED, AVRO_TIMED_OUT or AVRO_LOST: they may have been taken or not. */
  appendBatch(batch: Batch): Promise<void>
}

/** Answers are a handshake with a protocol in it at most. */
const answerBytesMax = 1024 * 1024
const noMetadata = Buffer.from([0])
const callName = Buffer.concat([noMetadata, avroString('appendBatch')])
/** Larger requests get memory of their own. */
const keptBytesMax = 4 * 1024 * 1024

interface Waiting {
  readonly resolve: (answer: Buffer) => void
  readonly reject: (thrown: unknown) => void
}

class Client implements AvroClient {
  readonly #options: AvroClientOptions
  readonly #address: string
  readonly #wire: AvroWire
  readonly #socket: Socket
  readonly #encoder = new EventEncoder()
  #memory = Buffer.alloc(0)
  #serial = 0
  #waiting: Waiting | undefined
  #fault: unknown
  #greeted = false
  #statuses: readonly string[] = statusNames

  constructor(options: AvroClientOptions) {
    this.#options = options
    this.#address = `${options.host}:${options.port}`
    this.#wire = new AvroWire(
      { deflateLevel: options.deflateLevel, frameBytesMax: answerBytesMax },
      {
        message: (serial, message) => this.#answered(serial, message),
        bad: (thrown) => this.#lost(reasonOf(thrown), thrown),
      },
    )
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: { buffer: () => this.#wire.room(), callback: (length) => this.#wire.received(length) },
    })
    this.#wire.attach(this.#socket)
    this.#socket.on('error', (cause) => this.#lost(reasonOf(cause), cause))
    this.#socket.on('end', () => this.#wire.ended(() => this.#lost('it was closed by the other side')))
    this.#socket.on('close', () => this.#wire.ended(() => this.#lost('it was closed')))
  }

  get isAlive(): boolean {
    return this.#fault === undefined
  }

  async connected(): Promise<void> {
    const { connectTimeoutMs, clock } = this.#options
    await new Promise<void>((resolve, reject) => {
      const unreachable = (problem: string, cause?: unknown): void =>
        reject(new Fault('AVRO_UNREACHABLE', { address: this.#address, problem }, cause))
      const timer = clock.after(connectTimeoutMs, () =>
        unreachable(`no connection within ${connectTimeoutMs / 1000} s`),
      )
      this.#socket.once('error', (cause) => unreachable(reasonOf(cause), cause))
      this.#socket.once('connect', resolve)
      this.#socket.once('close', () => timer[Symbol.dispose]())
      this.#socket.once('connect', () => timer[Symbol.dispose]())
    })
  }

  async appendBatch(batch: Batch): Promise<void> {
    let answer = new AvroReader(await this.#call(batch, protocolText))
    if (!this.#greeted && !this.#greet(answer)) {
      answer = new AvroReader(await this.#call(batch, protocolText))
      if (!this.#greet(answer)) this.#fail(this.#lostFault('it does not accept our protocol'))
    }
    this.#take(answer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost('it was closed here')
  }

  /** True when the source knows our protocol and has done the call. */
  #greet(answer: AvroReader): boolean {
    const { match, serverProtocol } = this.#parse(() => readHandshakeResponse(answer))
    if (serverProtocol !== undefined) this.#statuses = this.#parse(() => statusesOf(serverProtocol))
    this.#greeted = match !== 'NONE'
    return this.#greeted
  }

  #take(answer: AvroReader): void {
    const status = this.#parse(() => {
      skipMetadata(answer)
      if (answer.byte() === 0) return this.#statuses[answer.long()] ?? 'UNKNOWN'
      answer.long()
      return answer.string()
    })
    if (status !== 'OK') this.#fail(new Fault('AVRO_REFUSED', { address: this.#address, status }))
  }

  #parse<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      return this.#fail(this.#lostFault(reasonOf(thrown), thrown))
    }
  }

  /** One request, the protocol in front of it as long as the source has not said that it knows it. */
  #call(batch: Batch, protocol: string): Promise<Buffer> {
    const greeting = this.#greeted
      ? Buffer.alloc(0)
      : encodeHandshakeRequest({ clientHash: protocolHash(), clientProtocol: protocol, serverHash: protocolHash() })
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) return reject(this.#fault)
      const { requestTimeoutMs, clock } = this.#options
      const timer = clock.after(requestTimeoutMs, () => this.#timedOut())
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          timer[Symbol.dispose]()
          this.#waiting = undefined
          settle(value)
        }
      this.#waiting = { resolve: done(resolve), reject: done(reject) }
      this.#wire.send(this.#request(batch, greeting))
    })
  }

  /** The memory is used again for the next request: by then this one was answered, so it has left. */
  #request(batch: Batch, greeting: Buffer): Buffer {
    const head = frameHeadBytes + greeting.length
    let room = head + callName.length + varintBytes(batch.length) + 1
    for (const event of batch) room += this.#encoder.length(event)
    const frame = this.#room(room)
    greeting.copy(frame, frameHeadBytes)
    let at = head + callName.copy(frame, head)
    at = putVarint(frame, at, batch.length)
    const chunk = new Chunk(frame)
    for (const event of batch) at = this.#encoder.put(event, chunk, at)
    // An empty array is its end alone.
    if (batch.length > 0) frame[at++] = 0
    putFrameHead(frame, ++this.#serial, at - frameHeadBytes)
    return frame.subarray(0, at)
  }

  #room(bytes: number): Buffer {
    if (bytes > keptBytesMax) return Buffer.allocUnsafeSlow(bytes)
    if (bytes > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(Math.max(bytes, this.#memory.length * 2))
    return this.#memory
  }

  #answered(serial: number, message: Buffer): void {
    if (serial !== this.#serial) this.#lost(`an answer came to call ${serial}, which is not open`)
    this.#waiting?.resolve(message)
  }

  #timedOut(): void {
    const seconds = this.#options.requestTimeoutMs / 1000
    this.#die(new Fault('AVRO_TIMED_OUT', { address: this.#address, seconds }))
  }

  #lost(problem: string, cause?: unknown): void {
    this.#die(this.#lostFault(problem, cause))
  }

  #lostFault(problem: string, cause?: unknown): Fault {
    return new Fault('AVRO_LOST', { address: this.#address, problem }, cause)
  }

  #fail(thrown: unknown): never {
    this.#die(thrown)
    throw thrown
  }

  /** The first reason counts. */
  #die(reason: unknown): void {
    if (this.#fault !== undefined) return
    this.#fault = reason
    this.#waiting?.reject(reason)
    this.#socket.destroy()
    this.#wire.close()
  }
}

/** Connects. Throws AVRO_UNREACHABLE. */
export const openAvroClient = async (options: AvroClientOptions): Promise<AvroClient> => {
  const client = new Client(options)
  try {
    await client.connected()
    return client
  } catch (thrown) {
    await client[Symbol.asyncDispose]()
    throw thrown
  }
}
