/** Appends every batch to the file of the moment, and goes on to the next file when the roll interval is over. */
import { dirname } from 'node:path'
import { Fault, reasonOf, systemCode } from '../../src/base/faults.ts'
import type { SerializerFactory } from '../../src/flow/chosen-serializer.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { AppendFile } from '../../src/io/append-file.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import type { PathOptions, syncPolicies } from './options.ts'
import { PathManager } from './path-manager.ts'
import { RolledFile } from './rolled-file.ts'

export interface FileRollOptions {
  readonly batchSize: number
  readonly paths: PathOptions
  /** 0 for never. */
  readonly rollIntervalMs: number
  readonly sync: (typeof syncPolicies)[number]
  readonly serializer: SerializerFactory
}

/** Names that may be taken before the sink gives up looking for a free one. */
const takenNamesMax = 10_000

export class FileRollSink implements Sink {
  readonly inFlight = 1
  readonly #options: FileRollOptions
  readonly #context: Context
  readonly #paths: PathManager
  #file: RolledFile | undefined
  #timer: Disposable | undefined
  #writing = false
  #due = false
  #closing: Promise<void> = Promise.resolve()

  constructor(options: FileRollOptions, context: Context) {
    this.#options = options
    this.#context = context
    this.#paths = new PathManager(options.paths, context.clock)
  }

  get batchSize(): number {
    return this.#options.batchSize
  }

  async open(): Promise<void> {
    const { disk } = this.#context
    const { directory } = this.#options.paths
    try {
      makeDurableFolder(disk, directory)
    } catch (thrown) {
      if (!['EEXIST', 'ENOTDIR'].includes(systemCode(thrown) ?? '')) throw thrown
      throw new Fault('NOT_A_FOLDER', { path: directory, setting: 'sink.directory' }, thrown)
    }
  }

  async write(batch: Batch): Promise<void> {
    this.#writing = true
    try {
      this.#file ??= await this.#create()
      await this.#file.append(batch, this.#options.sync === 'batch')
    } finally {
      this.#writing = false
      if (this.#due) this.#roll()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#roll()
    await this.#closing
  }

  async #create(): Promise<RolledFile> {
    const { counters, clock, disk } = this.#context
    const { rollIntervalMs, serializer } = this.#options
    const made = await serializer()
    try {
      const file = new RolledFile(this.#createFile(), made, disk)
      counters.add('ConnectionCreatedCount', 1)
      if (rollIntervalMs > 0) this.#timer = clock.after(rollIntervalMs, () => this.#intervalOver())
      return file
    } catch (thrown) {
      counters.add('ConnectionFailedCount', 1)
      throw thrown
    }
  }

  #createFile(): AppendFile {
    const { disk } = this.#context
    for (let tries = 1; ; tries++) {
      const path = this.#paths.next()
      try {
        if (this.#options.sync === 'never') disk.makeFolder(dirname(path))
        else makeDurableFolder(disk, dirname(path))
        return AppendFile.create(disk, path)
      } catch (thrown) {
        if (systemCode(thrown) !== 'EEXIST' || tries >= takenNamesMax) throw thrown
      }
    }
  }

  /** In the middle of a write the roll waits for its end. */
  #intervalOver(): void {
    if (this.#writing) this.#due = true
    else this.#roll()
  }

  #roll(): void {
    this.#due = false
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) this.#closing = Promise.all([this.#closing, this.#close(file)]).then(() => undefined)
  }

  async #close(file: RolledFile): Promise<void> {
    try {
      await file.close(this.#options.sync !== 'never')
      this.#context.counters.add('ConnectionClosedCount', 1)
    } catch (thrown) {
      this.#context.log.warn(`Closing ${file.path} failed: ${reasonOf(thrown)}.`)
    }
  }
}
