/** One run of the source: takes bytes from the follower, cuts them into lines, and delivers those in batches. */
import type { SourceContext } from '../../src/flow/context.ts'
import type { Event } from '../../src/flow/event.ts'
import type { Deliver } from '../../src/flow/source.ts'
import { FileDelivery } from '../../src/formats/file-delivery.ts'
import { PositionKeeper } from '../../src/formats/position-keeper.ts'
import { isNewFile, type Follower, type NewFile } from './follower.ts'
import { LineAssembler } from './line-assembler.ts'
import { Place, savePlace } from './place.ts'
import { readRemainder } from './remainder.ts'
import type { TailSettings } from './settings.ts'

export class Tailing {
  readonly #settings: TailSettings
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  readonly #follower: Follower
  readonly #delivery: FileDelivery<Place>
  readonly #keeper: PositionKeeper
  readonly #lines: LineAssembler
  #place: Place
  /** The place of what settled last. */
  #settled: Place
  #batch: Event[] = []
  /** When the oldest line of the batch, and the last byte, came. */
  #batchMs = 0
  #byteMs = 0
  /** The rest goes out, whether there is room for it or not. */
  #ending = false
  /** What the stop came in the middle of. */
  #left: Buffer | NewFile | undefined

  constructor(
    settings: TailSettings,
    context: SourceContext,
    follower: Follower,
    place: Place,
    deliver: Deliver,
    signal: AbortSignal,
  ) {
    const { clock, log, aheadMax } = context
    this.#settings = settings
    this.#context = context
    this.#signal = signal
    this.#follower = follower
    this.#place = place
    this.#settled = place
    this.#lines = new LineAssembler(settings.maxLineBytes, () =>
      log.warn(`A line of ${settings.file} is longer than ${settings.maxLineBytes} bytes: it becomes several events.`),
    )
    this.#keeper = new PositionKeeper({ store: () => this.#store(), clock, log, intervalMs: settings.writePosMs })
    this.#delivery = new FileDelivery<Place>({
      aheadMax,
      aheadBytesMax: settings.aheadBytesMax,
      deliver,
      signal,
      onSettled: (settled) => {
        this.#settled = settled
        this.#keeper.touch()
      },
    })
  }

  /** Up to where everything has settled: in the present file, or in an earlier one while something of that is still under way. */
  get settled(): Place {
    return this.#delivery.isSettled ? this.#place : this.#settled
  }

  /** Follows until `signal` aborts, then waits for what is under way, for the grace period at most. Rejects when the file can't be followed. */
  async run(): Promise<void> {
    try {
      while (await this.#delivery.room()) {
        const step = this.#follower.read()
        if (step === undefined) await this.#quiet()
        else if (isNewFile(step)) await this.#begin(step)
        else await this.#take(step)
      }
      await this.#end()
    } finally {
      await this.#follower.stop()
      await this.#delivery.settled(this.#context.grace)
      this.#keeper.close()
    }
  }

  async #take(chunk: Buffer): Promise<void> {
    const { batchSize, batchTimeoutMs } = this.#settings
    const before = this.#place.position + this.#lines.carriedBytes
    this.#byteMs = this.#context.clock.monotonic()
    for (let at = 0; at < chunk.length;) {
      if (this.#batch.length === 0) this.#batchMs = this.#byteMs
      at = this.#lines.take(chunk, at, this.#batch, batchSize)
      this.#place.position = before + at - this.#lines.carriedBytes
      const isDue = this.#batch.length >= batchSize || (batchTimeoutMs === 0 && at === chunk.length)
      if (isDue && !(await this.#send())) {
        this.#left = chunk.subarray(at)
        return
      }
    }
  }

  /** Delivers the batch, if there is one. False when the source is to stop. */
  async #send(): Promise<boolean> {
    if (this.#batch.length === 0) return true
    if (!this.#ending && !(await this.#delivery.room())) return false
    const batch = this.#batch
    this.#batch = []
    await this.#delivery.deliver(this.#place, batch)
    return true
  }

  /** Nothing to read: what has waited long enough goes out, then the source waits. */
  async #quiet(): Promise<void> {
    const { batchTimeoutMs, lastLineMs } = this.#settings
    const nowMs = this.#context.clock.monotonic()
    const batchDueMs = this.#batch.length > 0 ? this.#batchMs + batchTimeoutMs : Infinity
    const restDueMs = this.#lines.carriedBytes > 0 ? this.#byteMs + lastLineMs : Infinity
    if (restDueMs <= nowMs) this.#takeRest()
    if (Math.min(batchDueMs, restDueMs) <= nowMs) await this.#send()
    else await this.#wait(Math.min(batchDueMs, restDueMs) - nowMs)
  }

  #takeRest(): void {
    const bytes = this.#lines.carriedBytes
    const rest = this.#lines.rest()
    if (rest === undefined) return
    this.#batch.push(rest)
    this.#place.position += bytes
  }

  /** What stood unfinished at the end of the old file is its last line. Where the source stops before that is delivered, its place stays in the old file. */
  async #begin(next: NewFile): Promise<void> {
    this.#takeRest()
    if (!(await this.#send())) {
      this.#left = next
      return
    }
    this.#lines.reset()
    this.#place = new Place(next.inode, 0)
  }

  /** Where nothing remembers the position, the next start would pass over what is left: it goes out now. */
  async #end(): Promise<void> {
    const { grace, disk } = this.#context
    const { positionFile, file } = this.#settings
    if (positionFile !== undefined || grace.aborted) return
    this.#ending = true
    const left = this.#left === undefined ? [] : [this.#left]
    for (const step of [...left, ...this.#follower.rest()])
      await (isNewFile(step) ? this.#begin(step) : this.#take(step))
    const { inode, position } = this.#place
    const remainder = readRemainder(disk, file, inode, position + this.#lines.carriedBytes)
    if (remainder !== undefined) await this.#take(remainder.bytes)
    if (remainder?.isAll !== false) this.#takeRest()
    await this.#send()
  }

  async #wait(ms: number): Promise<void> {
    const over = new AbortController()
    const end = (): void => over.abort()
    using _timer = ms === Infinity ? undefined : this.#context.clock.after(ms, end)
    this.#signal.addEventListener('abort', end)
    if (this.#signal.aborted) end()
    await this.#follower.wait(over.signal)
    this.#signal.removeEventListener('abort', end)
  }

  #store(): void {
    const { positionFile, file } = this.#settings
    if (positionFile !== undefined) savePlace(this.#context.disk, positionFile, file, this.settled)
  }
}
