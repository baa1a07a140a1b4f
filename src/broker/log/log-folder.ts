/**
 * One folder of `log.dirs`: who may use it (lock, meta.properties), whether it was closed properly (the marker), the partitions in it and the
 * checkpoints about them. It belongs to one process from `openLogFolder` (open-log-folder) until `close`.
 */
import { join } from 'node:path'
import { reasonOf } from '../../base/faults.ts'
import { rethrowBroken } from '../../base/assert.ts'
import { removeMarker, writeMarker } from './clean-marker.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { FolderCare } from './folder-care.ts'
import { FolderCheckpoints } from './folder-checkpoints.ts'
import { FolderHealth } from './folder-health.ts'
import { deletedFolderName, partitionFolderName } from './file-names.ts'
import type { FutureFolder, PartitionFolderName } from './file-names.ts'
import type { LogFolderOptions } from './log-folder-options.ts'
import type { LogSettings } from './log-settings.ts'
import { writeMeta, type Meta, type StoredMeta } from './meta-properties.ts'
import { PartitionLog, type PartitionLogOptions } from './partition-log.ts'
import { StorageAlarm } from './storage-alarm.ts'
import { StuckFolders } from './stuck-folders.ts'
import { syncFile, syncFolder } from './whole-file.ts'

/** Who has the folder. */
export const lockFile = '.lock'

/** What a folder held when it was opened. */
export interface HeldFolder {
  readonly stored: StoredMeta | undefined
  readonly isForeign: boolean
  readonly isClean: boolean
  readonly partitions: PartitionFolderName[]
  readonly deleted: readonly string[]
  readonly futures: readonly FutureFolder[]
}

export class LogFolder {
  readonly path: string
  /** Whose folder it was; undefined when it is new. */
  readonly stored: StoredMeta | undefined
  /** Another broker had it last: what it says of topics is not all that there is to know. */
  readonly isForeign: boolean
  readonly isClean: boolean
  /** Partitions that were here at the start, and folders that were being deleted. */
  readonly found: PartitionFolderName[]
  readonly foundDeleted: readonly string[]
  /** Copies of partitions that were on their way from another folder. */
  readonly foundFutures: readonly FutureFolder[]
  readonly #options: LogFolderOptions
  readonly #alarm: StorageAlarm
  readonly #health: FolderHealth
  readonly #logs = new Set<PartitionLog>()
  readonly #checkpoints: FolderCheckpoints
  readonly #lock: Disposable
  readonly #stuck: StuckFolders
  #care: Disposable | undefined
  #isOffline = false

  constructor(options: LogFolderOptions, held: HeldFolder, lock: Disposable) {
    this.path = options.path
    this.stored = held.stored
    this.isClean = held.isClean
    this.isForeign = held.isForeign
    this.found = held.partitions
    this.foundDeleted = held.deleted
    this.foundFutures = held.futures
    this.#options = options
    this.#lock = lock
    this.#stuck = new StuckFolders(options.files.disk)
    this.#alarm = new StorageAlarm(options.log, options.path)
    this.#health = new FolderHealth(options.path, options.files.disk, options.clock, (reason) => this.fail(reason))
    this.#checkpoints = new FolderCheckpoints({ ...options, suspected: this.#suspected }, this.#logs)
  }

  /** Says whose folder a new one is, or one that is taken over. */
  async identify(meta: Meta): Promise<void> {
    const { files, clock } = this.#options
    const isOurs = this.stored !== undefined && !this.stored.isForeign
    // emptied by a power cut it would look as if Kafka had been here
    await syncFile(files.disk, join(this.path, lockFile))
    if (!isOurs) await writeMeta(files.disk, this.path, meta, clock.now(), this.stored)
  }

  /** Its partitions. */
  get logs(): Iterable<PartitionLog> {
    return this.#logs
  }

  /** It has failed, and all its partitions with it. */
  get isOffline(): boolean {
    return this.#isOffline
  }

  /** How many partitions are in it. */
  get count(): number {
    return this.#logs.size
  }

  folderOf(topic: string, partition: number): string {
    return join(this.path, partitionFolderName(topic, partition))
  }

  /** A partition that is on disk. */
  load(topic: string, partition: number, settings: LogSettings): PartitionLog {
    const name = partitionFolderName(topic, partition)
    const noted = this.#checkpoints.of(name)
    const log = this.#add(this.#logOf(topic, partition, settings, { isNew: false, isClean: this.isClean, ...noted }))
    if (log.isEndUnknown) this.#recover(log, name)
    return log
  }

  /** A new partition, whose folder exists. */
  adopt(topic: string, partition: number, settings: LogSettings): PartitionLog {
    const nothing = { recoveryPoint: undefined, logStartOffset: undefined }
    return this.#add(this.#logOf(topic, partition, settings, { isNew: true, isClean: false, ...nothing }))
  }

  /** A whole copy of a partition that is nowhere else: it gets its name. Throws system errors. */
  promote({ topic, partition, name }: FutureFolder): void {
    const { disk } = this.#options.files
    disk.rename(join(this.path, name), this.folderOf(topic, partition))
    disk.syncFolder(this.path)
    this.found.push({ topic, partition })
  }

  /** The next partition of this name is a new one, which begins at 0. Throws system errors. */
  beginAnew(topic: string, partition: number): void {
    this.#checkpoints.forgetStart(topic, partition)
  }

  /** A partition that was moved here, or stays after all: opens what lies there instead of the log that was closed. */
  arrive(closed: PartitionLog, start: { recoveryPoint: number; logStartOffset: number }): PartitionLog {
    const { topic, partition, settings } = closed
    this.#logs.delete(closed)
    this.#checkpoints.forget(topic, partition)
    const log = this.#add(this.#logOf(topic, partition, settings, { isNew: false, isClean: false, ...start }))
    this.#recover(log, partitionFolderName(topic, partition))
    return log
  }

  /** A partition is about to arrive: where it begins is known here from now on. Rejects with system errors. */
  async expect(topic: string, partition: number, logStartOffset: number): Promise<void> {
    this.#checkpoints.carry(topic, partition, logStartOffset)
    await this.#checkpoints.writeLogStarts()
  }

  /** It does not come after all. */
  expectNoMore({ topic, partition }: PartitionLog): void {
    if (!Array.from(this.#logs).some((log) => log.topic === topic && log.partition === partition))
      this.#checkpoints.forget(topic, partition)
  }

  /** Once all partitions are loaded and before the first append: from now on only `close` makes the folder clean again. */
  start(): void {
    if (this.isClean) removeMarker(this.#options.files.disk, this.path)
    this.#checkpoints.start()
    const [suspected, before] = [this.#suspected, () => this.#hideStuck()]
    this.#care = new FolderCare({ ...this.#options, suspected, before }, this.#logs)
  }

  /** Resolves when it would survive a power cut where each log begins now. Rejects with system errors. */
  keepLogStarts(): Promise<void> {
    return this.#checkpoints.writeLogStarts()
  }

  /** Of its volume; undefined where the disk does not tell. */
  space(): { totalBytes: number; usableBytes: number } | undefined {
    try {
      return this.#options.files.disk.space(this.path)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#suspected(thrown)
      return undefined
    }
  }

  /** The folder cannot be used any more: its partitions go offline, and nothing is written to it until the broker is started again. */
  fail(reason: unknown): void {
    if (this.#isOffline) return
    this.#isOffline = true
    this.#care?.[Symbol.dispose]()
    this.#checkpoints.abandon()
    this.#options.removal.abandon(this.path)
    for (const log of this.#logs) log.takeOffline()
    this.#options.log.error(
      `Stopping serving logs in dir ${this.path}: its ${this.#logs.size} partitions are offline until the broker is started again.`,
      { reason: reasonOf(reason) },
    )
    this.#options.failed?.()
  }

  /** A partition of another folder, which cannot be read: it is offline from the beginning. */
  absent(topic: string, partition: number, settings: LogSettings, path: string): PartitionLog {
    const nothing = { isNew: true, isClean: false, recoveryPoint: undefined, logStartOffset: undefined }
    const name = partitionFolderName(topic, partition)
    const log = this.#logOf(topic, partition, settings, nothing, join(path, name))
    const { logStartOffset } = this.#checkpoints.of(name)
    if (path === this.path && logStartOffset !== undefined) this.#checkpoints.carry(topic, partition, logStartOffset)
    log.takeOffline()
    return log
  }

  /** Puts a partition out of sight at once, by renaming its folder; gives the path that is left to be removed. */
  hide(log: PartitionLog): string {
    const hex = this.#options.random.bytes(16).toString('hex')
    const hidden = join(this.path, deletedFolderName(log.topic, log.partition, hex))
    log.abandon()
    this.#logs.delete(log)
    this.#stuck.hide(log.folder, hidden)
    this.#checkpoints.writeSoon()
    return hidden
  }

  /** Puts away what the disk kept in its place before. */
  #hideStuck(): void {
    const isServed = (path: string): boolean => Array.from(this.#logs).some(({ folder }) => folder === path)
    this.#options.removal.remove(this.#stuck.retry(isServed), 0)
  }

  /** Makes the names in the folder last. */
  sync(): Promise<void> {
    return syncFolder(this.#options.files.disk, this.path)
  }

  /** Lets the folder go without a word: it was never started. */
  release(): void {
    for (const log of this.#logs) log.abandon()
    this.#lock[Symbol.dispose]()
  }

  /** Syncs and closes everything, marks the folder clean if that worked, and lets it go. */
  async close(): Promise<void> {
    this.#care?.[Symbol.dispose]()
    if (this.#isOffline) return this.#letGo()
    const unread = Array.from(this.#logs).filter((log) => log.isEndUnknown)
    const closed = await Promise.allSettled(Array.from(this.#logs, (log) => log.close()))
    try {
      if (unread.length > 0) throw new Error(`${unread.length} partitions could not be read since the start`)
      for (const each of closed) if (each.status === 'rejected') throw each.reason
      await this.#checkpoints.stop()
      await writeMarker(this.#options.files.disk, this.path)
      await this.sync()
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#options.log.warn(`${this.path} could not be closed cleanly; the next start will look through it.`, {
        reason: reasonOf(thrown),
      })
    } finally {
      this.#letGo()
    }
  }

  /** A disk that has failed keeps its lock file; the next process sees that its owner is gone. */
  #letGo(): void {
    this.#quietly(() => this.#lock[Symbol.dispose]())
  }

  /** What the disk refuses is done later, or by the next start. */
  #quietly(action: () => void): void {
    try {
      action()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  readonly #suspected = (thrown: unknown): void => this.#health.suspect(thrown)

  #add(log: PartitionLog): PartitionLog {
    this.#logs.add(log)
    return log
  }

  #logOf(
    topic: string,
    partition: number,
    settings: LogSettings,
    start: PartitionLogOptions['start'],
    folder = this.folderOf(topic, partition),
  ): PartitionLog {
    const { files, clock, random, log, removal } = this.#options
    const name = partitionFolderName(topic, partition)
    const suspected = this.#suspected
    const home = { files, clock, random, log, removal, suspected, folder, name, settings, alarm: this.#alarm }
    return new PartitionLog({ ...home, topic, partition, start })
  }

  /** One partition that cannot be read does not keep the others away. */
  #recover(log: PartitionLog, name: string): void {
    try {
      log.ready()
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#options.log.error(`${name} cannot be read and is refused until it can.`, { reason: reasonOf(thrown) })
    }
  }
}
