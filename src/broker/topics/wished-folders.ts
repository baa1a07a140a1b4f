/** Log folders in which partitions shall lie that do not exist yet: AlterReplicaLogDirs may name them beforehand, as it may with Kafka. Forgotten when the broker stops. */
import { partitionFolderName } from '../log/file-names.ts'
import type { LogFolder } from '../log/log-folder.ts'

/** Wishes beyond these push out the oldest. */
const wishesMax = 10_000

export class WishedFolders {
  readonly #wishes = new Map<string, LogFolder>()

  /** The next partition of this name is to be made there. */
  wish(topic: string, partition: number, folder: LogFolder): void {
    const name = partitionFolderName(topic, partition)
    this.#wishes.delete(name)
    this.#wishes.set(name, folder)
    const [oldest] = this.#wishes.keys()
    if (this.#wishes.size > wishesMax && oldest !== undefined) this.#wishes.delete(oldest)
  }

  /** Where a partition that is made now shall lie, told once; undefined where that cannot be, or nobody asked for it. */
  take(topic: string, partition: number): LogFolder | undefined {
    const name = partitionFolderName(topic, partition)
    const folder = this.#wishes.get(name)
    this.#wishes.delete(name)
    return folder?.isOffline === false ? folder : undefined
  }
}
