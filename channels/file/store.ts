/** Everything a file channel has on disk, opened: the locks on its folders, the journal of takes, and the data files. */
import { join } from 'node:path'
import type { Context } from '../../src/flow/context.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import { takeLock } from '../../src/io/lock.ts'
import { DataFiles } from './data-files.ts'
import { refuseLiveFlume } from './flume/folders.ts'
import { TakeOver } from './flume/take-over.ts'
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

/** Throws FOLDER_LOCKED, what a take-over from Flume throws, and system errors; nothing stays open then. */
export const openStore = async (options: StoreOptions, context: Context): Promise<Store> => {
  const { disk, log, name } = context
  using opening = new DisposableStack()
  refuseLiveFlume(disk, options.dataFolders)
  const own = 'a checkpointDir and dataDirs'
  for (const folder of new Set([options.checkpointFolder, ...options.dataFolders])) {
    makeDurableFolder(disk, folder)
    opening.use(takeLock(join(folder, lockName), { disk, own }))
  }
  const journal = opening.adopt(await TakesJournal.open(disk, options.checkpointFolder), (open) => open.close())
  const folders = options.dataFolders
  const files = opening.adopt(new DataFiles({ disk, folders, fileBytesMax: options.fileBytesMax, log }), (open) =>
    open.close(),
  )
  // Files that were removed must not come back beside new ones of the same number.
  for (const folder of folders) disk.syncFolder(folder)
  const end = files.load(owedEnd(journal))
  const { taken } = journal
  const [oldest] = files.all
  if (journal.isNew && oldest !== undefined) {
    log.warn(
      `Channel ${name}: ${options.checkpointFolder} has no journal of what was taken; every event in the data files is delivered, which may be again.`,
    )
    taken.add({ from: 0, to: oldest.firstOrdinal })
  }
  files.removeTaken(taken)
  const { checkpointFolder, dataFolders, backupFolder, requiredSpaceBytes } = options
  const { takeOver, nextOrdinal } = await TakeOver.run(
    { name, context, folders: { checkpointFolder, dataFolders, backupFolder }, files, journal, requiredSpaceBytes },
    Math.max(end, journal.end, taken.ranges.at(-1)?.to ?? 0),
  )
  const held = opening.move()
  const removeTaken = (): void => {
    files.removeTaken(taken)
    takeOver.release(taken)
  }
  return { files, journal, nextOrdinal, removeTaken, close: () => held.dispose() }
}
