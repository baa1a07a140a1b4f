/**
 * A stopped Flume file channel, opened for reading: whether there is one in these folders, what it holds, and its events in Flume's order. Changes nothing
 * on the disk; the take-over and the tools stand on it.
 */
import { join } from 'node:path'
import type { Log } from '../../../src/base/log.ts'
import type { Clock } from '../../../src/io/clock.ts'
import type { Disk } from '../../../src/io/disk.ts'
import { usableCheckpoint } from './checkpoint.ts'
import { type FlumeFolders, flumeLogs, type FoundLog, startIn } from './folders.ts'
import { HeldEvents, type UnreadableEvent } from './held-events.ts'
import { LogFile } from './log-file.ts'
import { replay, type Replayed } from './replay.ts'

export interface FlumePorts {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
}

/** A place in a log file that is no record. */
export interface DamagedPlace {
  readonly path: string
  readonly position: number
  readonly length: number
}

export class FlumeChannel implements Disposable {
  readonly logs: readonly LogFile[]
  readonly replayed: Replayed
  /** Bytes between records that are none. A put, take or commit that stood there is not known any more. */
  readonly damaged: readonly DamagedPlace[]
  /** The folder of the checkpoint that was used, or why there was none. */
  readonly checkpoint: { readonly folder: string } | { readonly unusable: string }

  private constructor(
    logs: readonly LogFile[],
    replayed: Replayed,
    damaged: readonly DamagedPlace[],
    checkpoint: FlumeChannel['checkpoint'],
  ) {
    this.logs = logs
    this.replayed = replayed
    this.damaged = damaged
    this.checkpoint = checkpoint
  }

  /** Undefined where the data folders have no log file of Flume. Throws FLUME_CHANNEL_ENCRYPTED, FLUME_CHANNEL_VERSION and system errors. */
  static async open(folders: FlumeFolders, ports: FlumePorts): Promise<FlumeChannel | undefined> {
    const found = flumeLogs(ports.disk, folders.dataFolders)
    if (found.length === 0) return undefined
    using opening = new DisposableStack()
    const logs = found.map(({ folder, name, id }) => opening.use(new LogFile(ports.disk, folder, name, id)))
    const channel = await FlumeChannel.#replayed(found, logs, folders, ports)
    opening.move()
    return channel
  }

  static async #replayed(
    found: readonly FoundLog[],
    logs: readonly LogFile[],
    { checkpointFolder, backupFolder }: FlumeFolders,
    { disk, clock, log }: FlumePorts,
  ): Promise<FlumeChannel> {
    const damaged: DamagedPlace[] = []
    const usable =
      checkpointFolder === undefined
        ? 'its folder is not known'
        : usableCheckpoint(disk, checkpointFolder, backupFolder)
    const checkpoint = typeof usable === 'string' ? undefined : usable
    const writeOrderId = checkpoint?.writeOrderId ?? 0
    const replayed = await replay(
      logs.map((file, i) => ({ file, start: startIn(found[i]?.meta, writeOrderId, log, file.path) })),
      {
        checkpoint,
        log,
        clock,
        report: {
          damaged: ({ path }, position, length) => void damaged.push({ path, position, length }),
          tail: ({ path, size }, position) => {
            if (position === 0) damaged.push({ path, position, length: size })
            else
              log.warn(
                `${path} ends at ${position} in the middle of a record, which was being written and was not acknowledged.`,
              )
          },
        },
      },
    )
    const told = typeof usable === 'string' ? { unusable: usable } : { folder: usable.folder }
    return new FlumeChannel(logs, replayed, damaged, told)
  }

  get sizeInBytes(): number {
    return this.logs.reduce((sum, { size }) => sum + size, 0)
  }

  /** What is held, from its beginning. */
  events(unreadable: (event: UnreadableEvent) => void): HeldEvents {
    return new HeldEvents(this.logs, this.replayed.held, unreadable)
  }

  [Symbol.dispose](): void {
    for (const log of this.logs) log[Symbol.dispose]()
  }
}

/** Where the side file for damaged records of a log file lies; another `number` where earlier ones are taken. */
export const asideOf = (folder: string, fileId: number, number = 1): string =>
  join(folder, `flume-log-${fileId}${number > 1 ? `-${number}` : ''}.damaged`)
