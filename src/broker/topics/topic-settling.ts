/** Brings to disk which topics there are: what was created, grown or deleted would survive a power cut once it is settled. Those who ask meanwhile share a sync. */
import { reasonOf } from '../../base/faults.ts'
import { rethrowBroken } from '../../base/assert.ts'
import type { Log } from '../../base/log.ts'
import { Flusher } from '../log/flusher.ts'
import type { LogFolders } from '../log/log-folders.ts'
import type { PartitionFolders } from './partition-folders.ts'
import type { TopicList } from './topic-list.ts'
import type { Topic } from './topic-types.ts'

export interface TopicSettlingParts {
  readonly folders: LogFolders
  readonly partitions: PartitionFolders
  readonly list: TopicList
  readonly log: Log
  /** Those that there are now. */
  readonly topics: () => Iterable<Topic>
}

export class TopicSettling {
  readonly #parts: TopicSettlingParts
  /** Topics that were created or deleted and not synced yet. */
  readonly #unsettled = new Set<string>()
  readonly #flusher = new Flusher(() => this.#sync())

  constructor(parts: TopicSettlingParts) {
    this.#parts = parts
  }

  /** Something about the topic has changed. */
  begin(name: string): void {
    this.#unsettled.add(name)
    void this.flush()
  }

  /** Resolves when everything begun so far would survive a power cut, as far as the disk allows. */
  async settled(): Promise<void> {
    if (this.#unsettled.size > 0) await this.flush()
  }

  /** As `settled`, with the list of topics in any case. */
  flush(): Promise<void> {
    return this.#flusher.flush()
  }

  async #sync(): Promise<void> {
    const { folders, partitions, list, log, topics } = this.#parts
    const names = Array.from(this.#unsettled)
    try {
      await partitions.sync(names)
      if (folders.areSeveral) await list.write(folders.online.map(({ path }) => path), topics()) // prettier-ignore
      for (const name of names) this.#unsettled.delete(name)
    } catch (thrown) {
      rethrowBroken(thrown)
      log.warn('Topics that were created or deleted could not be synced.', { reason: reasonOf(thrown) })
    }
  }
}
