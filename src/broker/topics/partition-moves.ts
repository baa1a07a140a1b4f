/**
 * Partitions on their way from one log folder to another. The copy is made beside the work of the partition; then the log is closed, the rest copied and
 * synced, the old folder put away, and the copy gets its name, in this order: after a crash either the old one is there, or a whole copy and nothing else.
 */
import { join, resolve } from 'node:path'
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import type { Random } from '../../io/random.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import { futureFolderName } from '../log/file-names.ts'
import type { LogFolder } from '../log/log-folder.ts'
import type { LogFolders } from '../log/log-folders.ts'
import { PartitionCopy } from '../log/partition-copy.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Removal } from '../log/removal.ts'
import { checkTopicName } from './topic-name.ts'
import type { WishedFolders } from './wished-folders.ts'

export interface MovesOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly folders: LogFolders
  readonly removal: Removal
  readonly wished: WishedFolders
  /** Whether this log is still the one that its partition is served from. */
  readonly isCurrent: (log: PartitionLog) => boolean
  readonly replace: (old: PartitionLog, by: PartitionLog) => void
}

export interface Move {
  readonly log: PartitionLog
  readonly from: LogFolder
  readonly to: LogFolder
  readonly copy: PartitionCopy
  readonly done: Promise<void>
}

export class PartitionMoves implements AsyncDisposable {
  readonly #options: MovesOptions
  readonly #running = new Map<PartitionLog, Move>()

  constructor(options: MovesOptions) {
    this.#options = options
  }

  /** Those that are under way. */
  get running(): readonly Move[] {
    return Array.from(this.#running.values())
  }

  /** Throws LOG_DIR_NOT_FOUND, or KAFKA_STORAGE_ERROR for a folder that has failed. */
  folderAt(path: string): LogFolder {
    const { folders } = this.#options
    const folder = folders.all.find((one) => resolve(one.path) === resolve(path))
    if (folder !== undefined && !folder.isOffline) return folder
    const isKnown = folder !== undefined || folders.unreadable.some((one) => resolve(one) === resolve(path))
    if (isKnown) throw new KafkaFault('KAFKA_STORAGE_ERROR', `The log folder ${path} has failed`)
    throw new KafkaFault('LOG_DIR_NOT_FOUND', `${path} is none of log.dirs`)
  }

  /**
   * A partition that does not exist, which is to be made in this folder. Throws UNKNOWN_TOPIC_OR_PARTITION, what `folderAt` throws, and
   * INVALID_TOPIC_EXCEPTION for what no topic can be called: such names may be of any length, and are not kept.
   */
  wish(topic: string, partition: number, path: string): never {
    const folder = this.folderAt(path)
    checkTopicName(topic)
    this.#options.wished.wish(topic, partition, folder)
    throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `There is no ${topic}-${partition} yet`)
  }

  /**
   * Begins to move a partition; a move that is under way to another folder ends, and does so, too, when the partition is to stay where it is. Throws what
   * `folderAt` throws, KAFKA_STORAGE_ERROR for a partition that is offline, INVALID_TOPIC_EXCEPTION for a name that is too long.
   */
  begin(log: PartitionLog, path: string): void {
    const { disk, clock, random, folders } = this.#options
    const to = this.folderAt(path)
    const from = folders.of(log)
    if (log.isOffline || from === undefined) throw new KafkaFault('KAFKA_STORAGE_ERROR', 'The partition is offline')
    const running = this.#running.get(log)
    if (running?.to === to) return
    running?.copy.cancel()
    if (from === to) return
    const name = futureFolderName(log.topic, log.partition, random.bytes(16).toString('hex'))
    if (name === undefined)
      throw new KafkaFault('INVALID_TOPIC_EXCEPTION', 'The name of the topic is too long for a move')
    const copy = new PartitionCopy(log, join(to.path, name), disk, clock)
    const move = { log, from, to, copy, done: this.#run({ log, from, to, copy }) }
    this.#running.set(log, move)
  }

  /** Ends those that are only copying. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = this.running
    for (const { copy } of all) copy.cancel()
    await Promise.all(all.map(({ done }) => done))
  }

  async #run(move: Omit<Move, 'done'>): Promise<void> {
    const { log, to, copy } = move
    const { log: said, removal } = this.#options
    const name = `${log.topic}-${log.partition}`
    try {
      await copy.begin()
      await this.#switch(move)
      said.info(`${name} was moved from ${move.from.path} to ${to.path}.`)
    } catch (thrown) {
      rethrowBroken(thrown)
      if (!(thrown instanceof Stranded)) removal.remove([copy.path], 0)
      to.expectNoMore(log)
      said.warn(`${name} was not moved to ${to.path}.`, { reason: reasonOf(thrown) })
    } finally {
      if (this.#running.get(log)?.copy === copy) this.#running.delete(log)
    }
  }

  async #switch({ log, from, to, copy }: Omit<Move, 'done'>): Promise<void> {
    const state = log.compacting((all) => all)
    try {
      await log.close()
      await copy.finish(state.segments.all())
      await to.expect(log.topic, log.partition, state.logStartOffset)
    } catch (thrown) {
      if (this.#options.isCurrent(log)) this.#replace(log, from, state)
      throw thrown
    }
    // without a word its copy would bring it back
    if (!this.#options.isCurrent(log)) throw new Error('it was deleted')
    this.#exchange({ log, from, to, copy }, state)
  }

  /** In one go: nobody sees anything of it. */
  #exchange({ log, from, to, copy }: Omit<Move, 'done'>, ends: Ends): void {
    const { disk, removal, log: said } = this.#options
    const hidden = from.hide(log)
    try {
      disk.syncFolder(from.path)
      disk.rename(copy.path, to.folderOf(log.topic, log.partition))
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      putBack(disk, hidden, log.folder)
      this.#replace(log, from, ends)
      throw thrown
    }
    // there is no way back now, and none is needed: under either of its names the next start finds the copy
    try {
      disk.syncFolder(to.path)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      said.warn(`${to.path} could not be synced.`, { reason: reasonOf(thrown) })
    }
    this.#replace(log, to, ends)
    removal.remove([hidden], log.settings.fileDeleteDelayMs)
  }

  #replace(log: PartitionLog, folder: LogFolder, { recoveryPoint, logStartOffset }: Ends): void {
    this.#options.replace(log, folder.arrive(log, { recoveryPoint, logStartOffset }))
  }
}

interface Ends {
  readonly recoveryPoint: number
  readonly logStartOffset: number
}

/** The partition has no name in either folder: the next start finds its copy and gives it one. */
class Stranded extends Error {
  override readonly name = 'Stranded'
}

const putBack = (disk: Disk, hidden: string, folder: string): void => {
  try {
    disk.rename(hidden, folder)
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    throw new Stranded(`it cannot be read before the next start: ${reasonOf(thrown)}`, { cause: thrown })
  }
}
