/** Everything a file channel has on disk, opened: the locks on its folders, the journal of takes, and the data files. */
import { join } from 'node:path'
import type { Context } from '../../src/flow/context.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import { takeLock } from '../../src/io/lock.ts'
import { DataFiles } from './data-files.ts'
import { refuseLiveFlume } from './flume/folders.ts'
import { TakeOver } from './flume/take-over.ts'
import { inFolder } from './folder-fault.ts'
import { isBare, KnownFolders } from './known-folders.ts'
import { owedEnd, TakesJournal } from './takes-journal.ts'

export interface StoreOptions {
  readonly checkpointFolder: string
  readonly dataFolders: readonly string[]
  readonly fileBytesMax: number
  /** Bytes that must stay free on the disk. */
  readonly requiredSpaceBytes: number
  /** Where a Flume that wrote here kept its second checkpoint. */
  readonly backupFolder?: string | undefined
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

/** More than ever lay behind the last note of takes. */
const gapOrdinals = 2 ** 32

/** Leaves out the ordinals that events may have which are not here; what turns up with them counts as lost. Returns the one behind them. */
const behindGap = async (journal: TakesJournal, next: number): Promise<number> => {
  const gap = { from: next, to: next + gapOrdinals }
  await journal.add([gap], { lost: [gap] })
  return gap.to
}

/** Throws FOLDER_LOCKED, CHANNEL_FOLDER, CHANNEL_FOLDER_EMPTY, CHANNEL_FOLDER_LEFT_OUT, CHANNEL_MIXED, what a take-over from Flume throws, and system errors; nothing stays open then. */
export const openStore = async (options: StoreOptions, context: Context): Promise<Store> => {
  const { disk, log, name } = context
  using opening = new DisposableStack()
  const { checkpointFolder, dataFolders, backupFolder, requiredSpaceBytes, fileBytesMax } = options
  const inCheckpoint = <T>(action: () => T | Promise<T>): Promise<T> =>
    inFolder({ channel: name, folder: checkpointFolder, setting: 'checkpointDir' }, action)
  const inEachData = async (action: (folder: string) => void): Promise<void> => {
    for (const folder of dataFolders)
      await inFolder({ channel: name, folder, setting: 'dataDirs' }, () => action(folder))
  }
  await inEachData((folder) => refuseLiveFlume(disk, [folder]))
  const lock = (folder: string): void => {
    makeDurableFolder(disk, folder)
    const own = 'a checkpointDir and dataDirs'
    opening.use(takeLock(join(folder, lockName), { disk, own, mayHoldByName: true }))
  }
  await inCheckpoint(() => KnownFolders.refuseMissingCheckpoint(context, options, lock))
  await inCheckpoint(() => lock(checkpointFolder))
  // They can be read, and are as they were found.
  await inEachData((folder) => void isBare(disk, folder))
  const known = KnownFolders.look(context, options)
  await inEachData(lock)
  const channel = await inCheckpoint(() => known.sign())
  const journal = opening.adopt(await inCheckpoint(() => TakesJournal.open(disk, checkpointFolder)), (open) =>
    open.close(),
  )
  const files = opening.adopt(new DataFiles({ ...context, channel, folders: dataFolders, fileBytesMax }), (open) =>
    open.close(),
  )
  // Files that were removed must not come back beside new ones of the same number.
  await inEachData((folder) => disk.syncFolder(folder))
  const end = await files.load(owedEnd(journal))
  const { taken, lost } = journal
  const [oldest] = files.all
  if (journal.isNew && oldest !== undefined) {
    log.warn(
      `Channel ${name}: ${checkpointFolder} has no journal of what was taken; every event in the data files is delivered, which may be again.`,
    )
    taken.add({ from: 0, to: oldest.firstOrdinal })
  }
  if (journal.damage !== undefined) log.warn(`Channel ${name}: ${journal.damage}.`)
  files.removeTaken(taken, lost)
  const next = Math.max(end, journal.end, taken.ranges.at(-1)?.to ?? 0)
  const first = known.mayMiss ? await behindGap(journal, next) : next
  await known.note()
  const { takeOver, nextOrdinal } = await TakeOver.run(
    { name, context, folders: { checkpointFolder, dataFolders, backupFolder }, files, journal, requiredSpaceBytes },
    first,
  )
  const held = opening.move()
  const removeTaken = (): void => {
    files.removeTaken(taken, lost)
    takeOver.release(taken)
  }
  return { files, journal, nextOrdinal, removeTaken, close: () => held.dispose() }
}
