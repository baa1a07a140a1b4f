/** Everything a file channel has on disk, opened: the locks on its folders, the journal of takes, and the data files. */
import { join } from 'node:path'
import { Fault } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Disk } from '../../src/io/disk.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import { takeLock } from '../../src/io/lock.ts'
import { DataFiles } from './data-files.ts'
import { refuseLiveFlume } from './flume/folders.ts'
import { TakeOver } from './flume/take-over.ts'
import { Ordinals } from './ordinals.ts'
import { type ChannelState, StoppedChannel } from './stopped-channel.ts'
import { owedEnd, TakesJournal } from './takes-journal.ts'

export interface StoreOptions {
  readonly checkpointFolder: string
  readonly dataFolders: readonly string[]
  readonly fileBytesMax: number
  /** Bytes that must stay free on the disk. */
  readonly requiredSpaceBytes: number
  /** Where a Flume that wrote here kept its second checkpoint. */
  readonly backupFolder?: string | undefined
  /** Some of the events are in memory alone: after a crash they are in no file, and no disk is missing. */
  readonly hasMemory?: boolean
}

export interface Store {
  readonly files: DataFiles
  readonly journal: TakesJournal
  /** Of the next event that is put. */
  readonly nextOrdinal: number
  /** Gives back what is needed no more, as far as it can. */
  removeTaken(): void
  close(): void
}

/** The name of Flume's own lock: a Flume that runs on the folder is seen by its lock on this file. */
const lockName = 'in_use.lock'

/** A folder that is not there, or has nothing at all in it. */
const isBare = (disk: Disk, folder: string): boolean =>
  disk.stat(folder) === undefined || disk.list(folder).length === 0

/**
 * How many events the journal knows of that were put and not taken, and that no file can have. Damage in a file is not counted; nor is a gap that lies behind
 * what the journal knows of, as a put that was refused leaves one.
 */
const eventsWithoutFile = ({ files, journal }: ChannelState): number => {
  if (journal === undefined) return 0
  const covered = new Ordinals(
    files.map(({ firstOrdinal, endOrdinal, damaged, sizeInBytes }, i) => {
      const last = damaged.at(-1)
      const isEndDamaged = last !== undefined && last.position + last.length >= sizeInBytes
      return { from: firstOrdinal, to: isEndDamaged ? (files[i + 1]?.firstOrdinal ?? journal.end) : endOrdinal }
    }),
  )
  const owed = journal.taken.missing({ from: 0, to: journal.end }).flatMap((range) => covered.missing(range))
  return owed.reduce((sum, { from, to }) => sum + (to - from), 0)
}

/** A disk that is not mounted looks like a new folder: where files with held events are missing, they may be on it. Throws CHANNEL_FOLDER_EMPTY. */
const refuseUnmounted = (options: StoreOptions, { disk, name }: Context): void => {
  const folder = options.hasMemory === true ? undefined : options.dataFolders.find((one) => isBare(disk, one))
  if (folder === undefined) return
  const events = eventsWithoutFile(new StoppedChannel(disk, options).look())
  if (events > 0) throw new Fault('CHANNEL_FOLDER_EMPTY', { channel: name, folder, events })
}

/** Throws FOLDER_LOCKED, CHANNEL_FOLDER_EMPTY, what a take-over from Flume throws, and system errors; nothing stays open then. */
export const openStore = async (options: StoreOptions, context: Context): Promise<Store> => {
  const { disk, log, name } = context
  using opening = new DisposableStack()
  refuseLiveFlume(disk, options.dataFolders)
  const own = 'a checkpointDir and dataDirs'
  for (const folder of new Set([options.checkpointFolder, ...options.dataFolders])) {
    // The first of them is locked by now, and the others are as they were found.
    if (folder === options.dataFolders[0]) refuseUnmounted(options, context)
    makeDurableFolder(disk, folder)
    opening.use(takeLock(join(folder, lockName), { disk, own, mayHoldByName: true }))
  }
  const journal = opening.adopt(await TakesJournal.open(disk, options.checkpointFolder), (open) => open.close())
  const folders = options.dataFolders
  const files = opening.adopt(new DataFiles({ disk, folders, fileBytesMax: options.fileBytesMax, log }), (open) =>
    open.close(),
  )
  // Files that were removed must not come back beside new ones of the same number.
  for (const folder of folders) disk.syncFolder(folder)
  const end = files.load(owedEnd(journal))
  const { taken, lost } = journal
  const [oldest] = files.all
  if (journal.isNew && oldest !== undefined) {
    log.warn(
      `Channel ${name}: ${options.checkpointFolder} has no journal of what was taken; every event in the data files is delivered, which may be again.`,
    )
    taken.add({ from: 0, to: oldest.firstOrdinal })
  }
  if (journal.damage !== undefined) log.warn(`Channel ${name}: ${journal.damage}.`)
  files.removeTaken(taken, lost)
  const { checkpointFolder, dataFolders, backupFolder, requiredSpaceBytes } = options
  const { takeOver, nextOrdinal } = await TakeOver.run(
    { name, context, folders: { checkpointFolder, dataFolders, backupFolder }, files, journal, requiredSpaceBytes },
    Math.max(end, journal.end, taken.ranges.at(-1)?.to ?? 0),
  )
  const held = opening.move()
  const removeTaken = (): void => {
    files.removeTaken(taken, lost)
    takeOver.release(taken)
  }
  return { files, journal, nextOrdinal, removeTaken, close: () => held.dispose() }
}
