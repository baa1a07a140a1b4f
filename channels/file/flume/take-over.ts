/**
 * Taking over from Flume, at the open of our channel and before its first put or take. Where the folders hold a Flume file channel, its events are copied
 * into our files; then its own files are moved aside, and go when these events were delivered. A crash at any step leaves either Flume's files as they
 * were, and what was copied void, or our copies whole: README.md has the table.
 */
import { join } from 'node:path'
import { reasonOf, systemCode } from '../../../src/base/faults.ts'
import type { Context } from '../../../src/flow/context.ts'
import { makeDurableFolder } from '../../../src/io/durable-folder.ts'
import type { DataFiles } from '../data-files.ts'
import type { Ordinals } from '../ordinals.ts'
import type { TakesJournal } from '../takes-journal.ts'
import { Copy } from './copy.ts'
import { FlumeChannel } from './flume-channel.ts'
import { flumeFiles, type FlumeFolders } from './folders.ts'
import { asideName, type Marker, readMarker, removeMarker, writeMarker } from './marker.ts'

export interface TakeOverOptions {
  readonly name: string
  readonly context: Context
  readonly folders: FlumeFolders & { readonly checkpointFolder: string }
  readonly files: DataFiles
  readonly journal: TakesJournal
  readonly requiredSpaceBytes: number
}

export class TakeOver {
  readonly #options: TakeOverOptions
  #marker: Marker | undefined

  private constructor(options: TakeOverOptions) {
    this.#options = options
    this.#marker = readMarker(options.context.disk, options.folders.checkpointFolder)
  }

  /**
   * Takes over what there is; `nextOrdinal` is the first that the events may have. Throws FLUME_CHANNEL_ENCRYPTED, FLUME_CHANNEL_VERSION,
   * CHANNEL_NO_SPACE and system errors: Flume's files are untouched then.
   */
  static async run(
    options: TakeOverOptions,
    nextOrdinal: number,
  ): Promise<{ takeOver: TakeOver; nextOrdinal: number }> {
    const takeOver = new TakeOver(options)
    const next = await takeOver.#begin(nextOrdinal)
    takeOver.release(options.journal.taken)
    return { takeOver, nextOrdinal: next }
  }

  /** Removes the originals once all that came from them was taken for good. */
  release(taken: Ordinals): void {
    const marker = this.#marker
    if (marker?.state !== 'kept' || !taken.covers({ from: marker.first, to: marker.end })) return
    this.#marker = undefined
    try {
      this.#removeOriginals(marker)
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      this.#log.warn(`The originals of Flume’s channel cannot be removed: ${reasonOf(thrown)}.`)
    }
  }

  get #log(): Context['log'] {
    return this.#options.context.log
  }

  async #begin(nextOrdinal: number): Promise<number> {
    const { journal, files } = this.#options
    if (this.#marker?.state === 'copied') await this.#moveAside(this.#marker)
    if (this.#marker?.state === 'copying') {
      // What a broken-off attempt has copied never counted.
      await journal.add([{ from: this.#marker.end, to: nextOrdinal }])
      files.removeTaken(journal.taken)
    }
    const { folders, context } = this.#options
    using channel = await FlumeChannel.open(folders, context)
    if (channel !== undefined) return await this.#copy(channel, nextOrdinal)
    if (this.#marker?.state === 'copying') await this.#abandon(this.#marker)
    return nextOrdinal
  }

  /** Somebody has taken Flume's files away in the middle: what is put from now on must not be void at the next start. */
  async #abandon(marker: Marker): Promise<void> {
    const { context, folders } = this.#options
    const asides = marker.asides.slice(0, -1)
    if (asides.length > 0) return this.#mark({ ...marker, state: 'kept', asides })
    removeMarker(context.disk, folders.checkpointFolder)
    this.#marker = undefined
  }

  async #copy(channel: FlumeChannel, nextOrdinal: number): Promise<number> {
    this.#sayFound(channel)
    const before = this.#marker
    const asides = before?.state === 'copying' ? before.asides : [...(before?.asides ?? []), this.#newAside()]
    const first = before?.first ?? nextOrdinal
    const wasDamaged = before?.isDamaged === true
    await this.#mark({ state: 'copying', first, end: nextOrdinal, asides, isDamaged: wasDamaged })
    using copy = new Copy(this.#options, nextOrdinal)
    await this.#run(copy, channel, nextOrdinal)
    const isDamaged = wasDamaged || copy.lost.size > 0 || channel.damaged.length > 0
    const marker = { state: 'copied', first, end: copy.end, asides, isDamaged } as const
    await this.#mark(marker)
    this.#sayCopied(channel, copy, nextOrdinal)
    await this.#moveAside(marker)
    return copy.end
  }

  /** What was copied of a channel that cannot be copied to its end gives its space back at once. */
  async #run(copy: Copy, channel: FlumeChannel, first: number): Promise<void> {
    const { journal, files } = this.#options
    try {
      await copy.run(channel)
    } catch (thrown) {
      files.roll()
      await journal.add([{ from: first, to: copy.end }])
      files.removeTaken(journal.taken)
      throw thrown
    }
  }

  /** A name that no folder has yet. */
  #newAside(): string {
    const { context, folders } = this.#options
    const all = [
      ...folders.dataFolders,
      folders.checkpointFolder,
      ...(folders.backupFolder === undefined ? [] : [folders.backupFolder]),
    ]
    for (let number = 1; ; number++)
      if (!all.some((folder) => context.disk.stat(join(folder, asideName(number))) !== undefined))
        return asideName(number)
  }

  async #mark(marker: Marker): Promise<void> {
    const { context, folders } = this.#options
    await writeMarker(context.disk, folders.checkpointFolder, marker)
    this.#marker = marker
  }

  /** Everything of Flume's into a folder of its own beside where it lay. */
  async #moveAside(marker: Marker): Promise<void> {
    const { context, folders } = this.#options
    const { disk } = context
    const aside = marker.asides.at(-1) ?? this.#newAside()
    const found = flumeFiles(disk, folders)
    for (const folder of new Set(found.map((file) => file.folder))) {
      makeDurableFolder(disk, join(folder, aside))
      for (const file of found)
        if (file.folder === folder) disk.rename(join(folder, file.name), join(folder, aside, file.name))
      disk.syncFolder(folder)
      disk.syncFolder(join(folder, aside))
    }
    await this.#mark({ ...marker, state: 'kept' })
  }

  #removeOriginals({ asides, isDamaged }: Marker): void {
    const { context, folders, name } = this.#options
    const { disk } = context
    const { dataFolders, checkpointFolder, backupFolder } = folders
    const there = [
      ...new Set([...dataFolders, checkpointFolder, ...(backupFolder === undefined ? [] : [backupFolder])]),
    ]
      .flatMap((folder) => asides.map((aside) => join(folder, aside)))
      .filter((path) => disk.stat(path) !== undefined)
    if (isDamaged && there.length > 0) {
      this.#log.warn(
        `Channel ${name}: all that could be read of Flume’s channel was delivered. As not all of it could, its files stay in ${there.join(', ')}; remove them when nobody needs them.`,
      )
      return
    }
    for (const path of there) disk.remove(path)
    removeMarker(disk, checkpointFolder)
    if (there.length > 0)
      this.#log.info(`Channel ${name}: all events of Flume’s channel were delivered; its files are removed.`)
  }

  #sayFound(channel: FlumeChannel): void {
    const { name } = this.#options
    const { logs, sizeInBytes, checkpoint, replayed } = channel
    const from = 'folder' in checkpoint ? `the checkpoint in ${checkpoint.folder}` : 'all of its log files'
    this.#log.info(
      `Channel ${name}: taking over a file channel of Flume with ${logs.length} log files (${sizeInBytes} bytes): by ${from} it holds ${replayed.held.length} events.`,
    )
    if ('unusable' in checkpoint)
      this.#log.warn(
        `Channel ${name}: Flume’s checkpoint is not used, as ${checkpoint.unusable}; its log files have told everything.`,
      )
  }

  #sayCopied(channel: FlumeChannel, copy: Copy, first: number): void {
    const { name, files } = this.#options
    for (const { path, position, length } of channel.damaged)
      this.#log.error(`${path} is damaged at ${position}: ${length} bytes are no record. Events in them are lost.`)
    for (const [fileId, events] of copy.lost) {
      const path = channel.logs.find(({ id }) => id === fileId)?.path
      files.quarantine.count(events, path)
      const why = path === undefined ? `log-${fileId} is missing` : `${path} is damaged; the bytes are kept beside it`
      this.#log.error(`Channel ${name}: ${events} events of Flume’s are lost: ${why}.`)
    }
    this.#log.info(
      `Channel ${name}: took over ${copy.end - first} events of Flume’s; its files are kept in ${this.#marker?.asides.at(-1)} in each folder until they are delivered.`,
    )
  }
}
