/** The files of one path and prefix, one after the other: their names, and which of them is open. */
import { dirname } from 'node:path'
import { systemCode } from '../../src/base/faults.ts'
import type { SerializerFactory } from '../../src/flow/chosen-serializer.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { AppendFile } from '../../src/io/append-file.ts'
import { makeDurableFolder } from '../../src/io/durable-folder.ts'
import type { Change } from './change.ts'
import { type FileLimits, InUseFile } from './in-use-file.ts'

export interface FileNames {
  readonly inUsePrefix: string
  readonly inUseSuffix: string
  readonly suffix: string
}

export interface BucketOptions {
  readonly names: FileNames
  readonly limits: FileLimits
  readonly serializer: SerializerFactory
  /** Folders and names must outlast a power cut as soon as they hold events. */
  readonly durable: boolean
}

/** Names that may be taken before the sink gives up looking for a free one. */
const takenNamesMax = 10_000

/** `/logs/2026` + `web` from the bucket's path `/logs/2026/web`, with what stands before and behind the name. */
const around = (path: string, before: string, behind: string): string => {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash + 1)}${before}${path.slice(slash + 1)}${behind}`
}

export class Bucket {
  /** Path of its files up to the counter. */
  readonly path: string
  file: InUseFile | undefined
  readonly #options: BucketOptions
  readonly #context: Context
  #counter: number

  /** Files count up from the moment of this call in ms, so that names sort by age. */
  constructor(path: string, options: BucketOptions, context: Context) {
    this.path = path
    this.#options = options
    this.#context = context
    this.#counter = context.clock.now()
  }

  /** Appends the batch to as many files as it fills. What it did is in `change`, also when it throws. */
  async append(batch: Batch, change: Change<Bucket>): Promise<void> {
    for (let at = 0; at < batch.length;) {
      const file = this.file ?? (await this.#create(change))
      change.touches(this, file)
      at = file.append(batch, at)
      if (!file.isFull) continue
      change.fills(file)
      this.file = undefined
    }
  }

  async #create(change: Change<Bucket>): Promise<InUseFile> {
    const { limits, serializer } = this.#options
    const { counters } = this.#context
    const made = await serializer()
    try {
      const { file, finalPath } = this.#newFile()
      const created = new InUseFile(file, finalPath, made, limits)
      change.creates(this, created)
      counters.add('ConnectionCreatedCount', 1)
      this.file = created
      return created
    } catch (thrown) {
      counters.add('ConnectionFailedCount', 1)
      throw thrown
    }
  }

  #newFile(): { file: AppendFile; finalPath: string } {
    const { names } = this.#options
    const { disk } = this.#context
    for (let tries = 1; ; tries++) {
      this.#counter++
      const finalPath = around(this.path, '', `.${this.#counter}${names.suffix}`)
      const inUsePath = around(this.path, names.inUsePrefix, `.${this.#counter}${names.suffix}${names.inUseSuffix}`)
      this.#makeFolder(dirname(inUsePath))
      if (inUsePath !== finalPath && disk.stat(finalPath) !== undefined && tries < takenNamesMax) continue
      try {
        return { file: AppendFile.create(disk, inUsePath), finalPath }
      } catch (thrown) {
        if (systemCode(thrown) !== 'EEXIST' || tries >= takenNamesMax) throw thrown
      }
    }
  }

  #makeFolder(path: string): void {
    if (this.#options.durable) makeDurableFolder(this.#context.disk, path)
    else this.#context.disk.makeFolder(path)
  }
}
