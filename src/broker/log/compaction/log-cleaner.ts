/**
 * Compacts the logs whose topics ask for it, one after the other, the dirtiest first; every `log.cleaner.backoff.ms` it looks whether there is
 * something to do. It works in the broker's own thread, in short slices (`pace`), so `log.cleaner.threads` has nothing to start.
 */
import { setImmediate } from 'node:timers/promises'
import { reasonOf } from '../../../base/faults.ts'
import { rethrowBroken } from '../../../base/assert.ts'
import type { Log } from '../../../base/log.ts'
import type { Clock } from '../../../io/clock.ts'
import type { Disk } from '../../../io/disk.ts'
import { errorCodes, KafkaFault } from '../../../protocol/error-codes.ts'
import { rethrowUnlessDisk } from '../disk-errors.ts'
import { partitionFolderName } from '../file-names.ts'
import type { PartitionLog } from '../partition-log.ts'
import { clean } from './clean.ts'
import { CleanerNotes, type CleanedFolder } from './cleaner-notes.ts'
import { Overtaken, Unfit } from './cleaning.ts'
import { dirtOf, isDue, type Dirt } from './dirt.ts'
import { KeyMap } from './key-map.ts'
import { CleaningStopped, Pace, sliceMs } from './pace.ts'

export interface CleanerSettings {
  /** `log.cleaner.dedupe.buffer.size`: the most memory for keys. */
  readonly keyBytesMax: number
  /** `log.cleaner.io.buffer.load.factor`. */
  readonly loadFactor: number
  /** `log.cleaner.io.buffer.size`. */
  readonly readBytes: number
  /** `log.cleaner.io.max.bytes.per.second`. */
  readonly bytesPerSecond: number
  /** `log.cleaner.backoff.ms`. */
  readonly backoffMs: number
}

export interface LogCleanerOptions {
  readonly folders: readonly CleanedFolder[]
  /** Asked before each cleaning: they may change while the broker runs. */
  readonly settings: () => CleanerSettings
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
}

/** Looking all the time would leave nobody else the thread. */
const backoffMsMin = 100

interface Candidate {
  readonly log: PartitionLog
  readonly notes: CleanerNotes
  readonly ratio: number
}

export class LogCleaner implements AsyncDisposable {
  readonly #options: LogCleanerOptions
  readonly #notes: readonly { readonly folder: CleanedFolder; readonly notes: CleanerNotes }[]
  readonly #stop = new AbortController()
  /** Logs that cannot be compacted, until the next start. */
  readonly #unfit = new WeakSet<PartitionLog>()
  /** Logs of which it was said that they could not be compacted; once is enough. */
  readonly #lamented = new WeakSet<PartitionLog>()
  /** Logs that are through, or could not be written or read, until the next round. */
  #postponed = new Set<PartitionLog>()
  #timer: Disposable | undefined
  #running: Promise<void> | undefined

  /** Begins after the first back-off. */
  constructor(options: LogCleanerOptions) {
    const { disk, log, folders } = options
    this.#options = options
    this.#notes = folders.map((folder) => ({ folder, notes: new CleanerNotes(disk, folder, log) }))
    this.#wait()
  }

  /** Cleans everything that is due now. One round at a time. */
  round(): Promise<void> {
    return this.#round()
  }

  /** Ends at the next batch; what was being cleaned is cleaned again after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#stop.abort()
    await this.#running
  }

  #wait(): void {
    const { clock, settings, log } = this.#options
    const work = async (): Promise<void> => {
      try {
        await this.#round()
      } catch (thrown) {
        rethrowBroken(thrown)
        log.warn('Compaction was not done this time.', { reason: reasonOf(thrown) })
      }
      if (!this.#stop.signal.aborted) this.#wait()
    }
    this.#timer = clock.after(Math.max(backoffMsMin, settings().backoffMs), () => void work())
  }

  #round(): Promise<void> {
    this.#running ??= this.#cleanAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Logs that were only cleaned in part come again until they are through. */
  async #cleanAll(): Promise<void> {
    this.#postponed = new Set()
    for (let due = await this.#due(); due.length > 0; due = await this.#due())
      for (const { log, notes } of due) {
        if (this.#stop.signal.aborted) return
        // what was found may be long ago
        const dirt = this.#dirtOf(log, notes)
        if (dirt !== undefined) await this.#clean(dirt, notes)
      }
  }

  /** The logs that are to be cleaned, the dirtiest first. Thousands are looked at in slices: each look may be the first use of the log. */
  async #due(): Promise<readonly Candidate[]> {
    const { clock } = this.#options
    const found: Candidate[] = []
    let sliceEndMs = clock.monotonic() + sliceMs
    for (const { folder, notes } of this.#notes) {
      await notes.nameAll()
      for (const log of Array.from(folder.logs)) {
        const dirt = this.#dirtOf(log, notes)
        if (dirt !== undefined) found.push({ log, notes, ratio: dirt.ratio })
        if (clock.monotonic() < sliceEndMs) continue
        await setImmediate()
        if (this.#stop.signal.aborted) return []
        sliceEndMs = clock.monotonic() + sliceMs
      }
    }
    return found.sort((a, b) => b.ratio - a.ratio)
  }

  #dirtOf(log: PartitionLog, notes: CleanerNotes): Dirt | undefined {
    if (!log.settings.isCompacted || this.#unfit.has(log) || this.#postponed.has(log)) return undefined
    try {
      const dirt = dirtOf(log, notes.get(log), this.#options.clock.now())
      return dirt !== undefined && isDue(dirt) ? dirt : undefined
    } catch (thrown) {
      this.#failed(log, thrown)
      return undefined
    }
  }

  async #clean(dirt: Dirt, notes: CleanerNotes): Promise<void> {
    const { clock } = this.#options
    const { log, from, to } = dirt
    const { keyBytesMax, loadFactor, readBytes, bytesPerSecond } = this.#options.settings()
    try {
      const done = await clean({
        log,
        from,
        to,
        keys: new KeyMap({ bytesMax: keyBytesMax, loadFactor }),
        pace: new Pace({ clock, bytesPerSecond, signal: this.#stop.signal }),
        readBytes,
        nowMs: clock.now(),
      })
      this.#postponed.add(log)
      this.#lamented.delete(log)
      await notes.note(log, done.to)
      if (done.to > from && done.to < to) this.#postponed.delete(log)
      this.#options.log.info(
        `Cleaned ${nameOf(log)} up to offset ${done.to}: ${done.bytesBefore} bytes became ${done.bytesAfter}, ${done.keys} keys.`,
      )
    } catch (thrown) {
      this.#failed(log, thrown)
    }
  }

  #failed(log: PartitionLog, thrown: unknown): void {
    rethrowBroken(thrown)
    this.#postponed.add(log)
    const reason = reasonOf(thrown)
    if (thrown instanceof CleaningStopped || thrown instanceof Overtaken) return
    const code = thrown instanceof KafkaFault ? thrown.code : undefined
    if (code === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return
    if (thrown instanceof Unfit || (code !== undefined && code !== errorCodes.KAFKA_STORAGE_ERROR)) {
      this.#unfit.add(log)
      this.#options.log.warn(`${nameOf(log)} cannot be compacted, and grows until the broker is started again.`, { reason }) // prettier-ignore
      return
    }
    if (code === undefined) rethrowUnlessDisk(thrown)
    if (this.#lamented.has(log)) return
    this.#lamented.add(log)
    this.#options.log.warn(`${nameOf(log)} could not be compacted; it is tried again.`, { reason })
  }
}

const nameOf = (log: PartitionLog): string => partitionFolderName(log.topic, log.partition)
