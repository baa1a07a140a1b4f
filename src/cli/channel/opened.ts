/** The channel in some folders, opened for reading: what is ours in them, and what is Flume's. */
import { join } from 'node:path'
import { FlumeChannel } from '../../../channels/file/flume/flume-channel.ts'
import { type FlumeFolders, refuseLiveFlume } from '../../../channels/file/flume/folders.ts'
import { readMarker } from '../../../channels/file/flume/marker.ts'
import { type DamagedBytes, StoppedChannel } from '../../../channels/file/stopped-channel.ts'
import { Fault } from '../../base/faults.ts'
import { silentLog } from '../../base/log.ts'
import type { Batch } from '../../flow/event.ts'
import { realClock } from '../../io/clock.ts'
import { realDisk } from '../../io/disk.ts'
import { takeLock } from '../../io/lock.ts'
import { openedBy } from '../../io/open-elsewhere.ts'

/** Of Flume's events at once. */
const batchEvents = 1000
const batchBytes = 1024 * 1024

export class OpenedChannel implements Disposable {
  readonly folders: FlumeFolders
  readonly own: StoppedChannel
  readonly flume: FlumeChannel | undefined

  private constructor(folders: FlumeFolders, flume: FlumeChannel | undefined) {
    this.folders = folders
    this.own = new StoppedChannel(realDisk, folders)
    this.flume = flume
  }

  /** Throws FLUME_CHANNEL_ENCRYPTED, FLUME_CHANNEL_VERSION and system errors. */
  static async open(folders: FlumeFolders): Promise<OpenedChannel> {
    const { checkpointFolder } = folders
    const marker = checkpointFolder === undefined ? undefined : readMarker(realDisk, checkpointFolder)
    // Once they were copied, ours count, even if Flume's own files are not all moved yet.
    const isCopied = marker?.state === 'copied'
    const ports = { disk: realDisk, clock: realClock, log: silentLog }
    return new OpenedChannel(folders, isCopied ? undefined : await FlumeChannel.open(folders, ports))
  }

  /** Everything that is held, in order. `lost` is told of events of Flume's that cannot be read; what ours has lost, a look at it tells. */
  *batches(lost: (what: string) => void): Generator<Batch> {
    yield* this.own.batches(() => undefined)
    if (this.flume === undefined) return
    const events = this.flume.events(({ fileId, file, position, wasRemoved }) => {
      if (!wasRemoved) lost(`${file?.path ?? `log-${fileId}`}: the event at ${position} cannot be read`)
    })
    for (let batch = events.read(batchEvents, batchBytes); batch.length > 0;) {
      yield batch
      batch = events.read(batchEvents, batchBytes)
    }
  }

  [Symbol.dispose](): void {
    this.flume?.[Symbol.dispose]()
  }
}

export const damagedText = ({ path, position, length }: DamagedBytes): string =>
  `${path}: ${length} bytes at ${position} are no whole record`

export const headlessText = (path: string): string => `${path}: neither its header nor a record in it is whole`

/** Every folder of a channel once. */
export const allFolders = ({ checkpointFolder, dataFolders }: FlumeFolders): string[] => [
  ...new Set([...(checkpointFolder === undefined ? [] : [checkpointFolder]), ...dataFolders]),
]

/** Keeps agents away while a command reads. Throws CHANNEL_IN_USE where one lives. */
export const lockChannel = (folders: FlumeFolders): Disposable => {
  try {
    return locked(folders)
  } catch (thrown) {
    // What FOLDER_LOCKED advises is for a second owner, who may have folders of its own.
    if (!(thrown instanceof Fault) || thrown.code !== 'FOLDER_LOCKED') throw thrown
    throw new Fault('CHANNEL_IN_USE', thrown.details, thrown)
  }
}

const locked = (folders: FlumeFolders): Disposable => {
  refuseLiveFlume(realDisk, folders.dataFolders)
  using locks = new DisposableStack()
  for (const folder of allFolders(folders))
    locks.use(takeLock(join(folder, 'in_use.lock'), { disk: realDisk, mayHoldByName: true }))
  return locks.move()
}

/** The process that runs this channel, as its open files tell. */
export const liveOwner = (folders: FlumeFolders): number | undefined => {
  const paths = allFolders(folders).flatMap((folder) =>
    realDisk
      .list(folder)
      .filter((name) => /^(?:taken-\d\.journal|events-\d+\.data|log-\d+)$/.test(name))
      .map((name) => join(folder, name)),
  )
  return [...openedBy(paths).values()][0]
}
