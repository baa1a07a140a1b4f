/** A file that is being written, under its in-use name, until it is full, old or idle. */
import { type Batch, bodyLengthOf, type Event } from '../../src/flow/event.ts'
import type { Serializer } from '../../src/flow/serializer.ts'
import type { AppendFile } from '../../src/io/append-file.ts'

export interface FileLimits {
  /** Events; Infinity for no limit. */
  readonly rollCount: number
  /** Bytes of bodies; Infinity for no limit. */
  readonly rollSize: number
}

/** How far a file was at some moment. */
export interface Mark {
  readonly bytes: number
  readonly events: number
  readonly bodyBytes: number
}

export class InUseFile {
  readonly finalPath: string
  readonly #file: AppendFile
  readonly #serializer: Serializer
  readonly #limits: FileLimits
  #events = 0
  #bodyBytes = 0

  constructor(file: AppendFile, finalPath: string, serializer: Serializer, limits: FileLimits) {
    this.finalPath = finalPath
    this.#file = file
    this.#serializer = serializer
    this.#limits = limits
  }

  get path(): string {
    return this.#file.path
  }

  get isFull(): boolean {
    return this.#events >= this.#limits.rollCount || this.#bodyBytes >= this.#limits.rollSize
  }

  get mark(): Mark {
    return { bytes: this.#file.size, events: this.#events, bodyBytes: this.#bodyBytes }
  }

  /** Appends events from `from` on until the batch ends or the file is full, and gives the index after the last. All of them or, throwing, none. */
  append(batch: Batch, from: number): number {
    const { end, bodyBytes } = this.#fitting(batch, from)
    const pieces = this.#serializer.encode(from === 0 && end === batch.length ? batch : batch.slice(from, end))
    const beginning = this.#file.size === 0 ? this.#serializer.begin?.() : undefined
    this.#file.append(beginning === undefined ? pieces : [beginning, ...pieces])
    this.#events += end - from
    this.#bodyBytes += bodyBytes
    return end
  }

  rollBack(mark: Mark): void {
    this.#file.rollBack(mark.bytes)
    this.#events = mark.events
    this.#bodyBytes = mark.bodyBytes
  }

  /** Resolves when the data is on the disk itself. */
  sync(): Promise<void> {
    return this.#file.sync()
  }

  /** Gives up the descriptor until the next use. */
  suspend(): void {
    this.#file.suspend()
  }

  /** Writes what the format wants at the end. */
  end(): void {
    const end = this.#serializer.end?.()
    if (end !== undefined) this.#file.append([end])
  }

  #fitting(batch: Batch, from: number): { end: number; bodyBytes: number } {
    const { rollCount, rollSize } = this.#limits
    const end = Math.min(batch.length, from + rollCount - this.#events)
    if (rollSize === Infinity) return { end, bodyBytes: 0 }
    let bodyBytes = 0
    for (let i = from; i < end; i++) {
      bodyBytes += bodyLengthOf(batch[i] as Event)
      if (this.#bodyBytes + bodyBytes >= rollSize) return { end: i + 1, bodyBytes }
    }
    return { end, bodyBytes }
  }
}
