/** One run of the source: the parts put together, and the loop of looking and reading. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { reasonOf } from '../../src/base/faults.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Deliver } from '../../src/flow/source.ts'
import { isDiskError } from '../../src/formats/disk-error.ts'
import { FileDelivery } from '../../src/formats/file-delivery.ts'
import { PositionKeeper } from '../../src/formats/position-keeper.ts'
import { FileGroups } from './file-groups.ts'
import { Handles } from './handles.ts'
import { Pace } from './pace.ts'
import { PositionStore } from './position-store.ts'
import { tailing, type TaildirSettings } from './settings.ts'
import type { TailFile } from './tail-file.ts'
import { Tracker } from './tracker.ts'
import { takeTurn } from './turns.ts'
import type { Watch } from './watch.ts'
import { WatchedFiles } from './watched-files.ts'

/** Looking at the folders may take at most this part of the time: with many thousands of files it is done less often. */
const shareOfTime = 1 / 20

export class Following {
  readonly #settings: TaildirSettings
  readonly #context: SourceContext
  readonly #signal: AbortSignal
  readonly #pace: Pace
  readonly #keeper: PositionKeeper
  readonly #handles: Handles
  readonly #tracker: Tracker
  readonly #delivery: FileDelivery<TailFile>
  readonly #watched: WatchedFiles
  /** Files reported to have changed since the last round. */
  readonly #reported = new Set<TailFile>()
  #nextScanMs = 0
  #look: Disposable | undefined

  constructor(settings: TaildirSettings, context: SourceContext, watch: Watch, deliver: Deliver, signal: AbortSignal) {
    const { disk, log, clock } = context
    this.#settings = settings
    this.#context = context
    this.#signal = signal
    this.#watched = new WatchedFiles(watch, settings.openFilesMax)
    this.#pace = new Pace(clock, settings.pollMs)
    this.#handles = new Handles(settings.openFilesMax, this.#watched)
    const store = new PositionStore(disk, settings.positionFile, log)
    this.#tracker = this.#newTracker(store)
    this.#keeper = new PositionKeeper({
      store: () => store.save(this.#tracker.positions()),
      clock,
      intervalMs: settings.writePosMs,
      log,
    })
    this.#delivery = new FileDelivery<TailFile>({
      aheadMax: context.aheadMax,
      aheadBytesMax: settings.aheadBytesMax,
      deliver,
      signal,
      onSettled: () => this.#keeper.touch(),
    })
  }

  /** A watched path has changed. */
  wake(path: string): void {
    const file = this.#watched.at(path)
    if (file !== undefined) this.#reported.add(file)
    this.#pace.wake()
  }

  /** Follows until `signal` aborts, then waits for what is under way, for the grace period at most. */
  async run(): Promise<void> {
    try {
      this.#scheduleLook()
      for (let unread: TailFile[] = []; !this.#signal.aborted;) {
        const before = this.#delivery.batches
        unread = await this.#round(this.#due(unread))
        if (unread.length > 0) await nextTurn()
        else await this.#pace.next(this.#delivery.batches > before, this.#signal)
      }
    } finally {
      this.#look?.[Symbol.dispose]()
      await this.#delivery.settled(this.#context.grace)
      this.#keeper.close()
      this.#handles.closeAll()
    }
  }

  /** Whose turn it is: all that a look finds; between looks those that were reported or not read to their end. */
  #due(unread: readonly TailFile[]): Iterable<TailFile> {
    const reported = [...this.#reported].filter((file) => this.#tracker.hasNews(file))
    this.#reported.clear()
    if (this.#context.clock.monotonic() >= this.#nextScanMs) return this.#scan()
    return new Set([...unread, ...reported])
  }

  #scan(): TailFile[] {
    const { clock } = this.#context
    const startMs = clock.monotonic()
    const due = this.#tracker.scan()
    const endMs = clock.monotonic()
    this.#nextScanMs = endMs + (endMs - startMs) / shareOfTime
    return due
  }

  /** Looks go on while a full channel holds the reading: files that appear are opened, so that no rotation takes them away meanwhile. */
  #scheduleLook(): void {
    const { clock } = this.#context
    this.#look = clock.after(this.#settings.pollMs, () => {
      if (clock.monotonic() >= this.#nextScanMs) this.#scan()
      this.#scheduleLook()
    })
  }

  /** Gives each file its turn; returns those that have more to read. */
  async #round(due: Iterable<TailFile>): Promise<TailFile[]> {
    const unread: TailFile[] = []
    for (const file of due) {
      if (this.#signal.aborted) break
      const left = await this.#guarded(file)
      if (left !== undefined) unread.push(left)
    }
    return unread
  }

  /** A file that can't be read is said once; the others go on. */
  async #guarded(file: TailFile): Promise<TailFile | undefined> {
    try {
      const left = await this.#turn(file)
      if (file.trouble !== '') this.#context.log.info(`${file.path} can be read again.`)
      file.trouble = ''
      return left
    } catch (thrown) {
      if (this.#signal.aborted) return undefined
      if (!isDiskError(thrown)) throw thrown
      if (!file.departed) this.#handles.close(file)
      this.#trouble(file, thrown)
      return undefined
    }
  }

  /** The file, or what it was begun anew as, if there is more to read in it. One that lost its name to another waits for the next look. */
  async #turn(file: TailFile): Promise<TailFile | undefined> {
    if (!this.#handles.open(file)) return undefined
    const before = file.stat()
    if (!file.isIntact()) return this.#tracker.restart(file)
    if (await takeTurn(file, this.#delivery, this.#settings)) return file
    if (!file.isOpen) return undefined
    if (!file.isIntact()) return this.#tracker.restart(file)
    const rest = !file.differs(before) && this.#tracker.isRestDue(file) ? file.rest() : undefined
    if (rest !== undefined) await this.#delivery.deliver(file, [rest])
    file.reachedEnd(before, this.#context.clock.monotonic())
    return undefined
  }

  #trouble(file: TailFile, thrown: unknown): void {
    const { log, counters } = this.#context
    const problem = reasonOf(thrown)
    if (file.trouble === problem) return
    file.trouble = problem
    counters.add('EventReadFail', 1)
    log.warn(`${file.path} can't be read: ${problem}. It is tried again; other files go on.`)
  }

  #newTracker(store: PositionStore): Tracker {
    const { disk, log, clock } = this.#context
    const settings = this.#settings
    const groups = new FileGroups(settings.groups, {
      disk,
      now: () => clock.now(),
      cache: settings.cachePatternMatching,
      isOwn: (path) => path.startsWith(settings.positionFile),
      onFolder: (folder, problem) => {
        if (problem === undefined) log.info(`Folder ${folder} can be listed again.`)
        else log.warn(`Folder ${folder} can't be listed (${problem}): its files are followed as soon as it can.`)
      },
    })
    const stored = store.load()
    return new Tracker({
      groups,
      handles: this.#handles,
      stored: stored ?? [],
      skipToEnd: settings.skipToEnd && stored !== undefined,
      idleMs: settings.idleMs,
      lastLineMs: Math.min(settings.lastLineMs, settings.idleMs || Infinity),
      nowMs: () => clock.monotonic(),
      log,
      tailing: tailing(settings, disk, log),
      onChange: () => this.#keeper.touch(),
      onTrouble: (file, thrown) => this.#trouble(file, thrown),
    })
  }
}
