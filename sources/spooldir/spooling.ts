/** One run of the source: finds files, reads them one after the other, and retires each when the last of its receipts has settled. */
import type { SourceContext } from '../../src/flow/context.ts'
import type { Deliver } from '../../src/flow/source.ts'
import { isDiskError } from '../../src/formats/disk-error.ts'
import { FileDelivery } from '../../src/formats/file-delivery.ts'
import { PositionKeeper } from '../../src/formats/position-keeper.ts'
import { findCandidates, type Candidate } from './candidates.ts'
import { Malformed } from './recode.ts'
import { retire } from './retirement.ts'
import type { SpoolSettings } from './settings.ts'
import { SpoolFile } from './spool-file.ts'
import type { Tracker } from './tracker.ts'
import { Troubles } from './troubles.ts'

/** Whether the name no longer leads to the file: moved or deleted by somebody else. */
const hasLeft = (file: SpoolFile): boolean => ['gone', 'replaced'].includes(file.change())

export class Spooling {
  readonly #settings: SpoolSettings
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  readonly #tracker: Tracker
  readonly #troubles: Troubles
  readonly #delivery: FileDelivery<SpoolFile>
  readonly #keeper: PositionKeeper
  /** Files that were begun and are not retired, by path. */
  readonly #files = new Map<string, SpoolFile>()
  /** Receipts that settle later are another run's affair. */
  #isOver = false

  constructor(
    settings: SpoolSettings,
    context: SourceContext,
    tracker: Tracker,
    deliver: Deliver,
    signal: AbortSignal,
  ) {
    const { clock, log, aheadMax } = context
    this.#settings = settings
    this.#context = context
    this.#signal = signal
    this.#tracker = tracker
    this.#troubles = new Troubles(context)
    this.#keeper = new PositionKeeper({
      store: () => tracker.save(this.#files.values()),
      clock,
      log,
      intervalMs: settings.writePosMs,
    })
    const onSettled = (file: SpoolFile): void => {
      this.#keeper.touch()
      if (file.isDone && !this.#isOver) this.#finish(file)
    }
    const { aheadBytesMax } = settings
    this.#delivery = new FileDelivery({ aheadMax, aheadBytesMax, deliver, signal, onSettled })
  }

  /** Reads what there is and comes, until `signal` aborts; then waits for what is under way, for the grace period at most. */
  async run(): Promise<void> {
    try {
      this.#keeper.touch()
      while (!this.#signal.aborted) {
        await this.#goOn()
        if (!(await this.#readNew())) await this.#context.clock.sleep(this.#settings.pollMs, this.#signal)
      }
    } finally {
      await this.#delivery.settled(this.#context.grace)
      this.#isOver = true
      this.#keeper.close()
      for (const file of this.#files.values()) file.close()
    }
  }

  /** Files begun earlier: those that have grown or could not be read, and those that could not be retired. */
  async #goOn(): Promise<void> {
    for (const file of this.#files.values()) {
      if (this.#signal.aborted) return
      if (file.isHeld && hasLeft(file)) this.#forget(file)
      else if (file.isDone) this.#finish(file)
      else if (!file.isHeld && !file.isRead) await this.#read(file)
    }
  }

  /** Reads new files for so long as a poll; true when there may be more. Then the folder is looked at again, for the order's sake. */
  async #readNew(): Promise<boolean> {
    const { disk, random, clock } = this.#context
    const isKnown = (path: string): boolean => this.#files.has(path)
    const found = findCandidates({ disk, random, settings: this.#settings, isKnown })
    const endMs = clock.monotonic() + this.#settings.pollMs
    const before = this.#delivery.batches
    for (const candidate of found) {
      if (this.#signal.aborted) return false
      if (clock.monotonic() > endMs) return true
      await this.#read(this.#begun(candidate))
    }
    return this.#delivery.batches > before
  }

  #begun(candidate: Candidate): SpoolFile {
    const { path, stat, name } = candidate
    const { fileKey, basenameKey, recode, maxLineLength } = this.#settings
    const remembered = this.#tracker.recall(path, stat)
    this.#tracker.forget(path)
    const headers = {
      ...(fileKey === undefined ? {} : { [fileKey]: path }),
      ...(basenameKey === undefined ? {} : { [basenameKey]: name }),
    }
    const file = new SpoolFile(candidate, remembered?.pos ?? 0, {
      disk: this.#context.disk,
      maxLineLength,
      headers: Object.freeze(headers),
      recode,
      onLongLine: () => this.#troubles.sayLongLine(path, maxLineLength),
    })
    if (remembered?.aside !== undefined) {
      file.isRead = file.settled >= stat.size
      this.#setAside(file, remembered.aside, remembered.held === true)
    }
    this.#files.set(path, file)
    return file
  }

  async #read(file: SpoolFile): Promise<void> {
    if (file.isHeld || file.isRead) return
    try {
      file.open()
      const whole = await this.#readToEnd(file)
      file.close()
      if (!whole) return
      this.#troubles.over(file)
      file.isRead = true
      if (file.isDone) this.#finish(file)
    } catch (thrown) {
      if (this.#signal.aborted) return
      if (thrown instanceof Malformed)
        this.#setAside(file, `${thrown.message}, from byte ${file.delivered} on: ${file.path}`, true)
      else if (isDiskError(thrown)) this.#troubles.say(file, thrown)
      else throw thrown
      file.rewind()
      if (file.delivered === 0 && file.aside === undefined) this.#files.delete(file.path)
    }
  }

  /** False when the source is to stop, or the file has changed under it. */
  async #readToEnd(file: SpoolFile): Promise<boolean> {
    for (;;) {
      if (!(await this.#delivery.room())) return false
      const batch = file.next(this.#settings.batchSize)
      if (batch.length > 0) await this.#delivery.deliver(file, batch)
      else if (this.#isWhole(file)) break
      else return false
    }
    const rest = file.rest()
    if (rest.length > 0) await this.#delivery.deliver(file, rest)
    return true
  }

  /** Whether the file is still as it was begun. One that has grown is read on at the next look; one that was changed otherwise is set aside. */
  #isWhole(file: SpoolFile): boolean {
    const change = file.change()
    if (change === 'modified') this.#setAside(file, `File has been modified since being read: ${file.path}`, true)
    if (change === 'grown') {
      this.#troubles.sayGrown(file)
      file.isRead = false
      file.aside = undefined
      file.accept()
    }
    return change !== 'modified' && change !== 'grown'
  }

  /** Everything of the file has settled. */
  #finish(file: SpoolFile): void {
    if (file.isHeld) return
    const { disk, log } = this.#context
    try {
      if (hasLeft(file)) this.#troubles.sayGone(file)
      else {
        if (!this.#isWhole(file)) return
        const retired = retire(file, this.#settings, disk)
        if ('problem' in retired) return this.#setAside(file, retired.problem, false)
        log.info(retired.done)
      }
      this.#troubles.over(file)
      this.#forget(file)
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown
      this.#troubles.sayStuck(file, thrown)
    }
  }

  #forget(file: SpoolFile): void {
    file.close()
    this.#files.delete(file.path)
    this.#keeper.touch()
  }

  /** `held`: for a person to look at; otherwise it is tried again to retire it. */
  #setAside(file: SpoolFile, reason: string, held: boolean): void {
    file.close()
    if (file.aside === reason) return
    file.aside = reason
    file.isHeld = held
    this.#troubles.sayAside(file, reason)
    this.#keeper.touch()
  }
}
