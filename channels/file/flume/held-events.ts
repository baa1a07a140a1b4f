/** The events that a replay has found, read from the log files in their order. What cannot be read any more costs that event: it is counted, and told. */
import type { Event } from '../../../src/flow/event.ts'
import { frameBytes, type LogFile, recordBody } from './log-file.ts'
import { EventReader, fileIdOf, type Pointer, positionOf, recordTypes } from './messages.ts'
import { Malformed, unlessMalformed } from './wire.ts'

/** One that cannot be read. */
export interface UnreadableEvent {
  readonly fileId: number
  /** Undefined where that log file is missing. */
  readonly file: LogFile | undefined
  readonly position: number
  /** As far as is known; 0 where nothing is there. */
  readonly sizeInBytes: number
  /** Flume's integrity tool has removed it: nobody expects it any more. */
  readonly wasRemoved: boolean
}

/** Read at once from each log file, and kept of so many of them. */
const chunkBytes = 1024 * 1024
const chunksMax = 8
const recordOperation = 0x7f
const removedOperation = 0x00

interface Chunk {
  readonly from: number
  readonly bytes: Buffer
}

export class HeldEvents {
  readonly #files: ReadonlyMap<number, LogFile>
  readonly #pointers: Float64Array
  readonly #unreadable: (event: UnreadableEvent) => void
  readonly #reader = new EventReader()
  readonly #chunks = new Map<LogFile, Chunk>()
  #next = 0

  constructor(files: Iterable<LogFile>, pointers: Float64Array, unreadable: (event: UnreadableEvent) => void) {
    this.#files = new Map([...files].map((file) => [file.id, file]))
    this.#pointers = pointers
    this.#unreadable = unreadable
  }

  /** How many pointers were gone through so far. */
  get done(): number {
    return this.#next
  }

  /** The next events: no more than `countMax`, and few behind `bytesMax` of bodies. Empty at the end. Bodies are views that nothing overwrites. */
  read(countMax: number, bytesMax: number): Event[] {
    const events: Event[] = []
    for (let bytes = 0; events.length < countMax && bytes < bytesMax && this.#next < this.#pointers.length;) {
      const event = this.#event(this.#pointers[this.#next++] ?? 0)
      if (event === undefined) continue
      events.push(event)
      bytes += event.body.length
    }
    return events
  }

  #event(pointer: Pointer): Event | undefined {
    const [fileId, position] = [fileIdOf(pointer), positionOf(pointer)]
    const file = this.#files.get(fileId)
    const frame = file === undefined ? undefined : this.#bytes(file, position, frameBytes)
    const sizeInBytes = frame === undefined ? 0 : frameBytes + Math.max(0, frame.readInt32BE(1))
    const isRecord = frame !== undefined && frame[0] === recordOperation
    const record = file === undefined || !isRecord ? undefined : this.#bytes(file, position, sizeInBytes)
    const event = record === undefined ? undefined : unlessMalformed(() => this.#put(record))
    if (event === undefined)
      this.#unreadable({ fileId, file, position, sizeInBytes, wasRemoved: frame?.[0] === removedOperation })
    return event
  }

  #put(record: Buffer): Event {
    const { head, body } = recordBody(record, frameBytes, record.length)
    if (head.type !== recordTypes.put) throw new Malformed('a pointer does not point at a put')
    return this.#reader.read(body)
  }

  /** Exactly so many bytes, or undefined where the file has not so many. */
  #bytes(file: LogFile, position: number, length: number): Buffer | undefined {
    if (position + length > file.size) return undefined
    const chunk = this.#chunks.get(file)
    if (chunk !== undefined) {
      const at = position - chunk.from
      if (at >= 0 && at + length <= chunk.bytes.length) return chunk.bytes.subarray(at, at + length)
    }
    const bytes = file.read(position, Math.max(length, chunkBytes))
    this.#chunks.delete(file)
    if (this.#chunks.size >= chunksMax)
      for (const oldest of [...this.#chunks.keys()].slice(0, 1)) this.#chunks.delete(oldest)
    this.#chunks.set(file, { from: position, bytes })
    return bytes.length < length ? undefined : bytes.subarray(0, length)
  }
}
