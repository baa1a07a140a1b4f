/**
 * What a log does not keep: whole segments, oldest first, that lie before its start, make it larger than `retention.bytes`, or hold nothing younger
 * than `retention.ms`. The active segment goes only after another one was begun behind it, on disk, so that a log never forgets where it ends.
 */
import type { Durability } from './durability.ts'
import type { LogState } from './log-state.ts'
import type { Segment } from './segment.ts'

/** Clocks differ; a record that is further ahead is worth a word. */
const futureMs = 3_600_000

/** Whether the segment, all of it before `endOffset`, is not kept. Asked for the oldest first, until it is false. Throws system errors. */
type Breach = (segment: Segment, endOffset: number) => boolean

interface Rule {
  readonly why: string
  readonly breach: Breach
}

export class Retention {
  readonly #state: LogState
  readonly #durability: Durability
  readonly #changed: () => void
  readonly #saidFuture = new WeakSet<Segment>()

  /** `changed` is called when the log begins at another offset. */
  constructor(state: LogState, durability: Durability, changed: () => void) {
    this.#state = state
    this.#durability = durability
    this.#changed = changed
  }

  /** Takes segments out of the log that are not to be kept. Rejects with system errors, or a KafkaFault where the log cannot be synced. */
  async apply(): Promise<void> {
    const { settings } = this.#state.home
    this.#state.finishSwap()
    await this.#drop(this.#beforeStart())
    if (!settings.isDeleted) return
    if (settings.retentionBytes >= 0) await this.#drop(this.#tooLarge())
    if (settings.retentionMs >= 0) await this.#drop(this.#tooOld())
  }

  #beforeStart(): Rule {
    const { segments, logStartOffset } = this.#state
    const breach: Breach = (segment, endOffset) => segment !== segments.active && endOffset <= logStartOffset
    return { why: `the log begins at offset ${logStartOffset}`, breach }
  }

  #tooLarge(): Rule {
    const { segments, home } = this.#state
    const { retentionBytes } = home.settings
    const bytes = segments.all().reduce((sum, segment) => sum + segment.load().size, 0)
    let excess = bytes - retentionBytes
    const breach: Breach = (segment) => {
      excess -= segment.size
      return excess >= 0
    }
    return { why: `the log has ${bytes} bytes and keeps ${retentionBytes} (retention.bytes)`, breach }
  }

  #tooOld(): Rule {
    const { home } = this.#state
    const { retentionMs } = home.settings
    const nowMs = home.clock.now()
    const breach: Breach = (segment) => {
      const newest = newestMs(segment.load())
      if (newest > nowMs) this.#sayFuture(segment, newest)
      return nowMs - newest > retentionMs
    }
    return { why: `nothing there is younger than ${retentionMs} ms (retention.ms)`, breach }
  }

  /** Once for each segment: it keeps all behind it, and people wonder. */
  #sayFuture(segment: Segment, newest: number): void {
    if (this.#saidFuture.has(segment) || newest - this.#state.home.clock.now() < futureMs) return
    this.#saidFuture.add(segment)
    this.#state.home.log.warn(
      `${this.#state.home.name}: the segment of offset ${segment.baseOffset} has a record of timestamp ${newest}, which is yet to come: until retention.ms after that nothing from there on is deleted by age.`,
    )
  }

  async #drop({ why, breach }: Rule): Promise<void> {
    const { segments, home } = this.#state
    const gone = this.#breaching(breach)
    const last = gone.at(-1)
    if (last === undefined) return
    await this.#makeSafe(last)
    // others may have been at work while the disk was: what they could not finish would be gone from under them
    this.#state.finishSwap()
    const count = segments.all().indexOf(last) + 1
    if (count === 0 || this.#durability.isOver) return
    try {
      this.#state.dropOldest(count)
    } finally {
      this.#changed()
    }
    home.log.info(`${home.name}: deleted ${count === 1 ? '1 segment' : `${count} segments`} before offset ${segments.first.baseOffset}: ${why}.`) // prettier-ignore
  }

  /** Never the active segment of an empty log. */
  #breaching(breach: Breach): Segment[] {
    const { segments, logEndOffset } = this.#state
    const all = segments.all()
    const gone: Segment[] = []
    for (const [index, segment] of all.entries()) {
      const endOffset = all[index + 1]?.baseOffset ?? logEndOffset
      if (segment === segments.active && segment.load().size === 0) break
      if (!breach(segment, endOffset)) break
      gone.push(segment)
    }
    return gone
  }

  /** What stays must be on disk before anything goes: a log without files would begin at offset 0 again. */
  async #makeSafe(last: Segment): Promise<void> {
    if (last === this.#state.segments.active) this.#state.roll()
    if (this.#state.makeActive()) await this.#durability.flush()
  }
}

/** When its newest record was written, as records tell, else as the file does. */
const newestMs = (segment: Segment): number =>
  segment.maxTimestampMs >= 0
    ? segment.maxTimestampMs
    : (segment.log.disk.stat(segment.log.path)?.modifiedMs ?? segment.createdMs)
