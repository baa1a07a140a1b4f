/**
 * The messages of Flume's file channel: the three parts of every record of a log file, and the small files beside. Fields are known by number; unknown
 * ones are stepped over. All of it throws Malformed.
 */
import { zlib } from '../../../src/base/builtins.ts'
import { type Event, type Headers, noHeaders, PlainEvent } from '../../../src/flow/event.ts'
import { Malformed, WireReader } from './wire.ts'

export const recordTypes = { put: 1, take: 2, rollback: 3, commit: 4 } as const
/** What a commit ends: a transaction of puts, or one of takes. */
export const commitKinds = { puts: 1, takes: 2 } as const

/** The log file and the position that an event's put stands at, as one number. */
export type Pointer = number

const offsets = 2 ** 32
/** So that a pointer is exact in JavaScript; Flume counts its log files one by one. */
const fileIdMax = 2 ** 20

export const pointerOf = (fileId: number, position: number): Pointer => {
  if (fileId < 0 || fileId > fileIdMax || position < 0) throw new Malformed('a pointer points nowhere')
  return fileId * offsets + position
}
export const fileIdOf = (pointer: Pointer): number => Math.floor(pointer / offsets)
export const positionOf = (pointer: Pointer): number => pointer % offsets

export interface RecordHead {
  readonly type: number
  readonly transactionId: number
  /** Grows with every record over all log files. */
  readonly writeOrderId: number
}

/** The first part of a record. */
export const readHead = (record: WireReader): RecordHead => {
  const head = record.delimited()
  let [type, transactionId, writeOrderId] = [0, -1, -1]
  while (head.next()) {
    if (head.field === 1) type = head.fixed32()
    else if (head.field === 2) transactionId = head.fixed64()
    else if (head.field === 3) writeOrderId = head.fixed64()
    else head.skip()
  }
  if (type < recordTypes.put || type > recordTypes.commit || transactionId < 0 || writeOrderId < 0)
    throw new Malformed('a record has no whole head')
  return { type, transactionId, writeOrderId }
}

/** The second part of a take: which event. */
export const readTake = (body: WireReader): Pointer => {
  let [fileId, position] = [-1, -1]
  while (body.next()) {
    if (body.field === 1) fileId = body.fixed32()
    else if (body.field === 2) position = body.fixed32()
    else body.skip()
  }
  return pointerOf(fileId, position)
}

/** The second part of a commit: one of `commitKinds`. */
export const readCommit = (body: WireReader): number => {
  let kind = 0
  while (body.next()) {
    if (body.field === 1) kind = body.fixed32()
    else body.skip()
  }
  if (kind !== commitKinds.puts && kind !== commitKinds.takes) throw new Malformed('a commit of unknown kind')
  return kind
}

const readHeader = (entry: WireReader): [string, string] => {
  let [name, value] = ['', '']
  while (entry.next()) {
    if (entry.field === 1) name = entry.text()
    else if (entry.field === 2) value = entry.text()
    else entry.skip()
  }
  return [name, value]
}

const readHeaders = (event: WireReader): Headers => {
  const entries: [string, string][] = []
  while (event.next()) {
    if (event.field === 1) entries.push(readHeader(event.inside()))
    else event.skip()
  }
  return entries.length === 0 ? noHeaders : Object.freeze(Object.fromEntries(entries))
}

/** Reads the events of puts; those with equal headers one after the other share one object, so that they are stored once. */
export class EventReader {
  #lastBytes: Buffer = Buffer.alloc(0)
  #last: Headers = noHeaders

  /** The second part of a put, whose body must fit its checksum. The body is a view into the record's bytes. */
  read(put: WireReader): Event {
    let event: WireReader | undefined
    let checksum: number | undefined
    while (put.next()) {
      if (put.field === 1) event = put.inside()
      else if (put.field === 2) checksum = put.fixed64()
      else put.skip()
    }
    if (event === undefined) throw new Malformed('a put without an event')
    const { headers, body } = this.#parts(event)
    if (checksum !== undefined && zlib().crc32(body) !== checksum)
      throw new Malformed('a body does not fit its checksum')
    return new PlainEvent(headers, body)
  }

  #parts(event: WireReader): { headers: Headers; body: Buffer } {
    const { bytes, at: from, end } = event
    let [headersEnd, body, isPlain] = [from, bytes.subarray(from, from), true]
    while (event.next()) {
      if (event.field === 2) {
        const { at, end: bodyEnd } = event.inside()
        body = bytes.subarray(at, bodyEnd)
      } else {
        // Flume writes the headers first; others are read all the same, without the comparison.
        isPlain &&= body.length === 0
        event.skip()
        headersEnd = event.at
      }
    }
    return {
      headers: isPlain ? this.#shared(bytes.subarray(from, headersEnd)) : this.#headersIn(bytes, from, end),
      body,
    }
  }

  #headersIn(bytes: Buffer, from: number, end: number): Headers {
    return readHeaders(new WireReader(bytes, from, end))
  }

  #shared(bytes: Buffer): Headers {
    if (bytes.length === 0) return noHeaders
    if (!bytes.equals(this.#lastBytes)) {
      this.#last = this.#headersIn(bytes, 0, bytes.length)
      this.#lastBytes = Buffer.from(bytes)
    }
    return this.#last
  }
}

/** What `log-N.meta` says. */
export interface LogMeta {
  readonly version: number
  readonly fileId: number
  /** Everything before is in the checkpoint of that write order; 0 where there was none. */
  readonly checkpoint: { readonly position: number; readonly writeOrderId: number }
  readonly backup: { readonly position: number; readonly writeOrderId: number }
  /** The name of the key it is encrypted with. */
  readonly keyAlias: string | undefined
}

const readKeyAlias = (encryption: WireReader): string => {
  let alias = ''
  while (encryption.next()) {
    if (encryption.field === 2) alias = encryption.text()
    else encryption.skip()
  }
  return alias
}

export const readLogMeta = (file: Buffer): LogMeta => {
  const meta = new WireReader(file, 0, file.length).delimited()
  const numbers = new Map<number, number>()
  let keyAlias: string | undefined
  while (meta.next()) {
    if (meta.field <= 2) numbers.set(meta.field, meta.fixed32())
    else if (meta.field === 5) keyAlias = readKeyAlias(meta.inside())
    else if (meta.field <= 7) numbers.set(meta.field, meta.fixed64())
    else meta.skip()
  }
  const at = (field: number): number => numbers.get(field) ?? 0
  return {
    version: at(1),
    fileId: at(2),
    checkpoint: { position: at(3), writeOrderId: at(4) },
    backup: { position: at(6), writeOrderId: at(7) },
    keyAlias,
  }
}

/** What `checkpoint.meta` says. */
export interface CheckpointMeta {
  readonly version: number
  readonly writeOrderId: number
  readonly queueSize: number
  readonly queueHead: number
}

export const readCheckpointMeta = (file: Buffer): CheckpointMeta => {
  const meta = new WireReader(file, 0, file.length).delimited()
  let [version, writeOrderId, queueSize, queueHead] = [0, 0, 0, 0]
  while (meta.next()) {
    if (meta.field === 1) version = meta.fixed32()
    else if (meta.field === 2) writeOrderId = meta.fixed64()
    else if (meta.field === 3) queueSize = meta.fixed32()
    else if (meta.field === 4) queueHead = meta.fixed32()
    else meta.skip()
  }
  return { version, writeOrderId, queueSize, queueHead }
}
