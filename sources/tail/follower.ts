/**
 * One file followed by the library `@logdna/tail-file`: its bytes as they come, and where one file ends and the next of the same name begins.
 * The library polls; nothing is read from it while the source has no room, and then it stops reading the file.
 */
import type { Readable } from 'node:stream'
import type TailFile from '@logdna/tail-file'

export interface FollowerOptions {
  readonly path: string
  readonly position: number
  readonly pollMs: number
  /** The inode that the name leads to now. */
  readonly inodeNow: () => number
  /** Called with what the library reports as unexpected; it goes on by itself. */
  readonly onTrouble: (problem: string) => void
}

/** Read at once. */
const chunkBytes = 256 * 1024

/** The same name leads to another file, or the file was cut: what comes next stands at its beginning. */
export interface NewFile {
  readonly inode: number
  /** How many bytes of the follower stand before it. */
  readonly at: number
}

export const isNewFile = (step: Buffer | NewFile): step is NewFile => !Buffer.isBuffer(step)

/** What the library has besides its types. */
interface Inside {
  _readChunks(stream: Readable): Promise<void>
}

/**
 * The library with the one promise caught that it drops: when it goes on after it was held back, a read that fails, or the stop, would end the
 * process. What it catches itself is left to it.
 */
const withoutDroppedPromises = (Tail: typeof TailFile): typeof TailFile => {
  const inside = Tail.prototype as unknown as Inside
  return class extends Tail {
    #goesOn = false

    override _read(size: number): void {
      this.#goesOn = true
      super._read(size)
      this.#goesOn = false
    }

    _readChunks(stream: Readable): Promise<void> {
      const done = inside._readChunks.call(this, stream)
      if (this.#goesOn) done.catch((thrown: Error) => this.emit('error', thrown))
      return done
    }
  }
}

export class Follower {
  readonly #tail: TailFile
  /** New files that the library has reported and that reading has not reached yet. */
  readonly #ahead: NewFile[] = []
  #readBytes = 0
  #failure: Error | undefined
  #wake: () => void = () => {}

  private constructor(tail: TailFile, { inodeNow, onTrouble }: FollowerOptions) {
    this.#tail = tail
    const begins = (): void => {
      this.#ahead.push({ inode: inodeNow(), at: this.#readBytes + tail.readableLength })
      this.#wake()
    }
    tail.on('renamed', begins)
    tail.on('truncated', begins)
    tail.on('retry', () => onTrouble('it has disappeared'))
    tail.on('tail_error', ({ meta }) => onTrouble(meta?.actual?.message ?? 'it could not be read'))
    tail.on('readable', () => this.#wake())
    tail.on('error', (thrown) => this.#fail(thrown))
  }

  /** Loads the library and starts it. A file that can't be opened shows at the first `read`. */
  static async open(options: FollowerOptions): Promise<Follower> {
    const { path, position, pollMs } = options
    const { default: Tail } = await import('@logdna/tail-file')
    const tail = new (withoutDroppedPromises(Tail))(path, {
      startPos: position,
      pollFileIntervalMs: pollMs,
      pollFailureRetryMs: pollMs,
      maxPollFailures: Number.MAX_SAFE_INTEGER,
      readStreamOpts: { highWaterMark: chunkBytes },
      highWaterMark: chunkBytes,
    })
    const follower = new Follower(tail, options)
    tail.start().catch((thrown: Error) => follower.#fail(thrown))
    return follower
  }

  /** The next bytes, or that a new file begins; undefined when there is nothing now. Throws what ended the following. */
  read(): Buffer | NewFile | undefined {
    const [next] = this.#ahead
    if (next?.at === this.#readBytes) return this.#ahead.shift()
    const there = this.#tail.readableLength
    const wanted = next === undefined ? there : Math.min(there, next.at - this.#readBytes)
    const chunk = this.#tail.read(wanted) as Buffer | null
    if (chunk === null && this.#failure !== undefined) throw this.#failure
    this.#readBytes += chunk?.length ?? 0
    return chunk ?? undefined
  }

  /** Everything that is there now, and no more. */
  rest(): (Buffer | NewFile)[] {
    const steps: (Buffer | NewFile)[] = []
    if (this.#failure !== undefined) return steps
    for (let step = this.read(); step !== undefined; step = this.read()) steps.push(step)
    return steps
  }

  /** Resolves when there may be something to read, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        signal.removeEventListener('abort', over)
        this.#wake = () => {}
        resolve()
      }
      this.#wake = over
      signal.addEventListener('abort', over)
      if (signal.aborted || this.#hasSomething) over()
    })
  }

  get #hasSomething(): boolean {
    return this.#tail.readableLength > 0 || this.#ahead[0]?.at === this.#readBytes || this.#failure !== undefined
  }

  /** Ends at once. Asked to end in its own way, the library would first read the file to its end. */
  async stop(): Promise<void> {
    const tail: { quit(reason: Error): Promise<void> } = this.#tail
    await tail.quit(new Error('The source stops'))
    this.#tail.destroy()
  }

  #fail(thrown: Error): void {
    this.#failure ??= thrown
    this.#wake()
  }
}
