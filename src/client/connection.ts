/**
 * One TCP connection to one broker. Requests are pipelined and answered in order; small ones leave together (corked until the turn of the event
 * loop ends); replies are read into large chunks and handed out as views. Any trouble ends the connection: everything in flight fails at once,
 * and whoever owns it opens another. Nothing here retries.
 */
import * as net from 'node:net'
import { assert } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import { Ring } from '../base/ring.ts'
import type { Clock } from '../io/clock.ts'
import { Corking } from '../io/corking.ts'
import { correlationIdOf, decodeResponse, encodeRequest } from '../protocol/codec.ts'
import { Malformed } from '../protocol/malformed.ts'
import type { AnyApi, RequestInput, ResponseOf } from '../protocol/table.ts'
import { addressText } from './address.ts'
import type { Address } from './address.ts'
import { FrameReader } from './frame-reader.ts'
import { answerVersion, chosenVersion } from './versions.ts'
import type { VersionRanges } from './versions.ts'

export interface ConnectionOptions {
  readonly clientId: string
  readonly clock: Clock
  readonly connectTimeoutMs: number
  /** How long one request may stay unanswered; the connection is given up then. */
  readonly requestTimeoutMs: number
  /** Size of the chunks that replies are read into. */
  readonly receiveChunkBytes: number
  /** The largest reply that is accepted. */
  readonly frameBytesMax: number
  /** Requests that may be unanswered at once. */
  readonly inFlightMax: number
}

export interface RequestOptions {
  /** Not above this version. */
  readonly versionMax?: number
  /** Added to the request time-out: what the broker may take by the request's own words. */
  readonly extraMs?: number
  /** The reply's bytes are kept after it was decoded: they are never overwritten. */
  readonly keepsReply?: boolean
}

interface InFlight {
  readonly correlationId: number
  readonly api: AnyApi
  readonly version: number
  readonly dueMs: number
  readonly limitMs: number
  readonly keepsReply: boolean
  readonly resolve: (body: unknown) => void
  readonly reject: (reason: unknown) => void
}

const noOptions: RequestOptions = {}

export class Connection implements Disposable {
  readonly address: Address
  readonly #options: ConnectionOptions
  readonly #socket: net.Socket
  readonly #corking: Corking
  readonly #reader: FrameReader
  readonly #inFlight = new Ring<InFlight>()
  readonly #closed = Promise.withResolvers<Fault>()
  #versions: VersionRanges | undefined
  #correlationId = 0
  #fault: Fault | undefined
  #timer: Disposable | undefined

  /** Starts to connect; use `openConnection`, which waits for it and settles the versions. */
  constructor(address: Address, options: ConnectionOptions) {
    this.address = address
    this.#options = options
    this.#reader = new FrameReader({
      chunkBytes: options.receiveChunkBytes,
      frameBytesMax: options.frameBytesMax,
      onFrame: (frame) => this.#answer(frame),
    })
    this.#socket = net.connect({
      ...address,
      noDelay: true,
      keepAlive: true,
      onread: { buffer: () => this.#reader.space(), callback: (bytes) => this.#received(bytes) },
    })
    this.#corking = new Corking(this.#socket)
    this.#socket.on('error', (error) => this.#lost(error.message))
    this.#socket.on('end', () => this.#lost('the broker closed it'))
    this.#socket.on('close', () => this.#lost('it was closed'))
  }

  get open(): boolean {
    return this.#fault === undefined
  }

  /** Resolves with the reason when the connection is over. */
  get closed(): Promise<Fault> {
    return this.#closed.promise
  }

  /** Resolves when the socket is connected; rejects when it cannot be, or not in time. */
  connected(): Promise<void> {
    const timer = this.#options.clock.after(this.#options.connectTimeoutMs, () =>
      this.#lost(`no connection within ${this.#options.connectTimeoutMs} ms`),
    )
    const ready = new Promise<void>((resolve) => {
      this.#socket.once('connect', resolve)
    })
    const failed = this.closed.then((fault) => Promise.reject(fault))
    return Promise.race([ready, failed]).finally(() => timer[Symbol.dispose]())
  }

  /** What the broker speaks, once it was asked. */
  speaks(versions: VersionRanges): void {
    this.#versions = versions
  }

  /** Whether the broker has this API in a version that we have. */
  supports(api: AnyApi, versionMin = 0): boolean {
    return (chosenVersion(api, this.#versions, Infinity) ?? -1) >= versionMin
  }

  /** The version that a request would be sent in. Throws BROKER_TOO_OLD when there is none. */
  versionOf(api: AnyApi, versionMax = Infinity): number {
    const version = chosenVersion(api, this.#versions, versionMax)
    if (version !== undefined) return version
    throw new Fault('BROKER_TOO_OLD', { address: addressText(this.address), api: api.name, version: api.versions[0] })
  }

  /** Sends a request and resolves with its reply. Rejects with CONNECTION_LOST, REQUEST_TIMED_OUT, NOT_A_BROKER or BROKER_TOO_OLD. */
  request<A extends AnyApi>(api: A, body: RequestInput<A>, options = noOptions): Promise<ResponseOf<A>> {
    return new Promise<ResponseOf<A>>((resolve, reject) => {
      const version = this.#begin(api, options)
      const limitMs = this.#options.requestTimeoutMs + (options.extraMs ?? 0)
      const correlationId = this.#nextCorrelationId()
      this.#write(encodeRequest(api, version, correlationId, this.#options.clientId, body))
      this.#inFlight.push({
        correlationId,
        api,
        version,
        dueMs: this.#options.clock.monotonic() + limitMs,
        limitMs,
        keepsReply: options.keepsReply ?? false,
        resolve: resolve as (body: unknown) => void,
        reject,
      })
      this.#watch()
    })
  }

  /** Sends a request that gets no reply. Resolves when its bytes have left for the system, after which they may be changed. */
  send<A extends AnyApi>(api: A, body: RequestInput<A>, options = noOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const version = this.#begin(api, options)
      const pieces = encodeRequest(api, version, this.#nextCorrelationId(), this.#options.clientId, body)
      this.#write(pieces, (error) => (error ? reject(this.#fault ?? error) : resolve()))
    })
  }

  [Symbol.dispose](): void {
    this.#lost('this client closed it')
  }

  #begin(api: AnyApi, options: RequestOptions): number {
    if (this.#fault !== undefined) throw this.#fault
    assert(
      this.#inFlight.length < this.#options.inFlightMax,
      `more than ${this.#options.inFlightMax} requests in flight`,
    )
    return this.versionOf(api, options.versionMax)
  }

  #nextCorrelationId(): number {
    return (this.#correlationId = (this.#correlationId + 1) & 0x7fffffff)
  }

  #write(pieces: readonly Buffer[], sent?: (error?: Error | null) => void): void {
    this.#corking.hold()
    const last = pieces.length - 1
    for (let i = 0; i < last; i++) this.#socket.write(pieces[i] as Buffer)
    this.#socket.write(pieces[last] as Buffer, sent)
    this.#corking.written()
  }

  #received(bytes: number): boolean {
    try {
      if (this.open) this.#reader.received(bytes)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.#fail(new Fault('NOT_A_BROKER', { address: addressText(this.address), problem: error.message }, error))
    }
    return this.open
  }

  /** Replies come in the order of the requests, so the oldest one is always meant. */
  #answer(frame: Buffer): void {
    const asked = this.#inFlight.shift()
    if (asked === undefined) throw new Malformed('it answers what was not asked')
    if (asked.keepsReply) this.#reader.pin()
    try {
      if (correlationIdOf(frame) !== asked.correlationId) throw new Malformed('its answers are out of order')
      asked.resolve(decodeResponse(asked.api, answerVersion(asked.api, asked.version, frame), frame))
    } catch (error) {
      asked.reject(new Fault('NOT_A_BROKER', { address: addressText(this.address), problem: reasonOf(error) }, error))
      throw error
    }
  }

  /** One timer for all requests: it looks at the oldest, and starts again for the next. */
  #watch(): void {
    const oldest = this.#inFlight.peek()
    if (this.#timer !== undefined || oldest === undefined) return
    const leftMs = Math.max(1, oldest.dueMs - this.#options.clock.monotonic())
    this.#timer = this.#options.clock.after(leftMs, () => {
      this.#timer = undefined
      const due = this.#inFlight.peek()
      if (due === undefined) return
      if (due.dueMs <= this.#options.clock.monotonic()) this.#timedOut(due)
      else this.#watch()
    })
  }

  #timedOut({ api, limitMs }: InFlight): void {
    const details = { api: api.name, address: addressText(this.address), seconds: Math.round(limitMs / 1000) }
    this.#fail(new Fault('REQUEST_TIMED_OUT', details))
  }

  #lost(problem: string): void {
    if (this.open) this.#fail(new Fault('CONNECTION_LOST', { address: addressText(this.address), problem }))
  }

  #fail(fault: Fault): void {
    if (!this.open) return
    this.#fault = fault
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#socket.destroy()
    for (let asked = this.#inFlight.shift(); asked !== undefined; asked = this.#inFlight.shift()) asked.reject(fault)
    this.#closed.resolve(fault)
  }
}
