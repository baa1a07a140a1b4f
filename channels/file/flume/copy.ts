/** Puts the events of a Flume channel into data files of ours, in order, and syncs them. What cannot be read is kept in a side file and counted. */
import { setImmediate } from 'node:timers/promises'
import { Fault, systemCode } from '../../../src/base/faults.ts'
import type { Context } from '../../../src/flow/context.ts'
import type { Batch } from '../../../src/flow/event.ts'
import type { DataFile } from '../data-file.ts'
import type { DataFiles } from '../data-files.ts'
import { Progress } from '../../../src/io/progress.ts'
import { RecordBuffer } from '../put-record.ts'
import type { FlumeChannel } from './flume-channel.ts'
import type { UnreadableEvent } from './held-events.ts'
import { SideFiles } from './side-files.ts'

export interface CopyOptions {
  readonly name: string
  readonly context: Context
  readonly files: DataFiles
  readonly requiredSpaceBytes: number
}

/** What one record of ours gets at most. */
const recordEventsMax = 1000
const recordBytesMax = 1024 * 1024
/** More of one damaged record is not kept: it is in the original, too. */
const keptBytesMax = 64 * 1024 * 1024

export class Copy implements Disposable {
  readonly #options: CopyOptions
  readonly #buffer = new RecordBuffer()
  readonly #progress: Progress
  /** Events that could not be read, by the number of their log file. */
  readonly #lost = new Map<number, number>()
  readonly #sideFiles: SideFiles
  #next: number
  #file: DataFile | undefined

  /** `first` is the ordinal of the first event. */
  constructor(options: CopyOptions, first: number) {
    this.#options = options
    this.#next = first
    this.#sideFiles = new SideFiles(options.context.disk)
    this.#progress = new Progress(options.context.log, options.context.clock)
  }

  /** The ordinal after the last that was given. */
  get end(): number {
    return this.#next
  }

  /** By the number of their log file. */
  get lost(): ReadonlyMap<number, number> {
    return this.#lost
  }

  /** Resolves when all events are in our files and synced. Throws CHANNEL_NO_SPACE and system errors. */
  async run(channel: FlumeChannel): Promise<void> {
    const { name } = this.#options
    const events = channel.events((event) => this.#lose(event))
    const all = channel.replayed.held.length
    for (let batch = events.read(recordEventsMax, recordBytesMax); batch.length > 0;) {
      await this.#append(batch)
      await setImmediate()
      this.#progress.say(() => `Channel ${name}: ${events.done} of ${all} events of Flume’s copied.`)
      batch = events.read(recordEventsMax, recordBytesMax)
    }
    await this.#file?.sync()
    this.#sideFiles.keep()
  }

  [Symbol.dispose](): void {
    this.#sideFiles[Symbol.dispose]()
  }

  async #append(batch: Batch): Promise<void> {
    const first = this.#next
    this.#next += batch.length
    this.#buffer.add(batch, first)
    const { file } = this.#write(first)
    if (file !== this.#file) await this.#file?.sync()
    this.#file = file
  }

  #write(first: number): ReturnType<DataFiles['append']> {
    const { files, context, requiredSpaceBytes } = this.#options
    try {
      const { size } = this.#buffer
      const needed = size + requiredSpaceBytes
      if (!files.turnToRoom(size, (folder) => context.disk.space(folder).usableBytes >= needed)) throw this.#noSpace()
      return files.append(this.#buffer, first, this.#next)
    } catch (thrown) {
      throw systemCode(thrown) === 'ENOSPC' ? this.#noSpace() : thrown
    } finally {
      this.#buffer.clear()
    }
  }

  #noSpace(folder = this.#options.files.nextFolder): Fault {
    const { name: channel, context, requiredSpaceBytes: required } = this.#options
    return new Fault('CHANNEL_NO_SPACE', { channel, folder, free: context.disk.space(folder).usableBytes, required })
  }

  #lose({ fileId, file, position, sizeInBytes, wasRemoved }: UnreadableEvent): void {
    if (wasRemoved) return
    this.#lost.set(fileId, (this.#lost.get(fileId) ?? 0) + 1)
    if (file === undefined) return
    const bytes = file.read(position, Math.min(sizeInBytes, keptBytesMax))
    try {
      this.#sideFiles.add(file.folder, fileId, bytes)
    } catch (thrown) {
      throw systemCode(thrown) === 'ENOSPC' ? this.#noSpace(file.folder) : thrown
    }
  }
}
