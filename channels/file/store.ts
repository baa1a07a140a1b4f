/** Everything a file channel has on disk, opened: the locks on its folders, the journal of takes, and the data files. */
import { join } from 'node:path'
import type { Context } from '../../src/flow/context.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import { takeLock } from '../../src/io/lock.ts'
import { DataFiles } from './data-files.ts'
import { TakesJournal } from './takes-journal.ts'

export interface StoreOptions {
  readonly checkpointFolder: string
  readonly dataFolders: readonly string[]
  readonly fileBytesMax: number
}

export interface Store {
  readonly files: DataFiles
  readonly journal: TakesJournal
  /** Of the next event that is put. */
  readonly nextOrdinal: number
  close(): void
}

/** The name of Flume's own lock: a Flume that runs on the folder is seen by its lock on this file. */
const lockName = 'in_use.lock'

/** Throws FOLDER_LOCKED and system errors; nothing stays open then. */
export const openStore = async (options: StoreOptions, { disk, log, name }: Context): Promise<Store> => {
  using opening = new DisposableStack()
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
  const end = files.load()
  const { taken } = journal
  const [oldest] = files.all
  if (journal.isNew && oldest !== undefined) {
    log.warn(
      `Channel ${name}: ${options.checkpointFolder} has no journal of what was taken; every event in the data files is delivered, which may be again.`,
    )
    taken.add({ from: 0, to: oldest.firstOrdinal })
  }
  const nextOrdinal = Math.max(end, taken.ranges.at(-1)?.to ?? 0)
  files.removeTaken(taken)
  const held = opening.move()
  return { files, journal, nextOrdinal, close: () => held.dispose() }
}
