/** One file on its way from the spool folder: how far it was read, how far that has settled, and what is wrong with it. */
import { type Event, type Headers, PlainEvent } from '../../src/flow/event.ts'
import { LineReader } from '../../src/formats/line-reader.ts'
import { utf8PieceEnd } from '../../src/formats/utf8-pieces.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'
import type { Candidate } from './candidates.ts'
import type { Recode } from './recode.ts'

/** Read at once; from 64 KB on more makes no difference. */
const chunkBytes = 128 * 1024
/** A batch of long lines ends here, whatever its count. */
const maxBatchBytes = 4 * 1024 * 1024

/** The file as it was when it was opened; files in a spool folder must not change. */
export type Seen = Pick<DiskStat, 'inode' | 'size' | 'modifiedMs'>

export interface SpoolFileOptions {
  readonly disk: Disk
  readonly maxLineLength: number
  readonly onLongLine: () => void
  readonly headers: Headers
  readonly recode: Recode | undefined
}

export class SpoolFile {
  readonly path: string
  readonly relative: string
  seen: Seen
  readonly #options: SpoolFileOptions
  #reader: LineReader
  #fd: number | undefined
  settled: number
  delivered: number
  /** Its end was reached. */
  isRead = false
  /** Why it is set aside; undefined while all is well. */
  aside: string | undefined
  /** Set aside for good: nothing is done with it until a person has moved it away. */
  isHeld = false

  constructor({ path, relative, stat }: Candidate, position: number, options: SpoolFileOptions) {
    this.path = path
    this.relative = relative
    this.seen = stat
    this.#options = options
    this.settled = position
    this.delivered = position
    this.#reader = this.#newReader(position)
  }

  get position(): number {
    return this.#reader.position
  }

  /** Everything of it was delivered and has settled. */
  get isDone(): boolean {
    return this.isRead && this.settled === this.delivered
  }

  /** Throws the disk's errors. */
  open(): void {
    this.#fd ??= this.#options.disk.open(this.path, 'r')
  }

  close(): void {
    if (this.#fd !== undefined) this.#options.disk.close(this.#fd)
    this.#fd = undefined
    this.#reader.release()
  }

  /** The next whole lines, at most `max`; none at the end. Throws the disk's errors, and Malformed. */
  next(max: number): Event[] {
    if (this.#fd === undefined) return []
    return this.#recoded(this.#reader.next(this.#fd, max, this.#options.headers))
  }

  /** What stands behind the last line end, right after `next` found no more. Throws Malformed. */
  rest(): Event[] {
    const found: Event[] = []
    for (let piece = this.#piece(); piece !== undefined; piece = this.#piece()) found.push(piece)
    return this.#recoded(found)
  }

  /** What has happened to it since it was opened; files in a spool folder should not change. */
  change(): 'none' | 'grown' | 'modified' | 'replaced' | 'gone' {
    const now = this.#options.disk.stat(this.path)
    const { inode, size, modifiedMs } = this.seen
    if (now === undefined) return 'gone'
    if (now.inode !== inode) return 'replaced'
    if (now.size > size) return 'grown'
    return now.size === size && now.modifiedMs === modifiedMs ? 'none' : 'modified'
  }

  /** Takes the file as it is now for what it should be. */
  accept(): void {
    this.seen = this.#options.disk.stat(this.path) ?? this.seen
  }

  /** Reads again from the first line that was not delivered. */
  rewind(): void {
    this.close()
    this.#reader = this.#newReader(this.delivered)
  }

  #piece(): Event | undefined {
    return this.#reader.rest(this.#options.headers)
  }

  #recoded(batch: Event[]): Event[] {
    const { recode } = this.#options
    return recode === undefined ? batch : batch.map(({ headers, body }) => new PlainEvent(headers, recode(body)))
  }

  #newReader(position: number): LineReader {
    const { disk, maxLineLength, onLongLine } = this.#options
    return new LineReader(
      {
        disk,
        chunkBytes,
        maxBatchBytes,
        maxLineBytes: maxLineLength,
        pieceEnd: (chunk, from, to) => utf8PieceEnd(chunk, from, to, maxLineLength),
        dropReturn: false,
        onLongLine,
      },
      position,
    )
  }
}
