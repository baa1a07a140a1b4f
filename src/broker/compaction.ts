/** The broker's log cleaner, with what server.properties says about it. */
import type { Log } from '../base/log.ts'
import type { Clock } from '../io/clock.ts'
import type { Disk } from '../io/disk.ts'
import type { BrokerSettings } from './config-table.ts'
import { LogCleaner, type CleanerSettings } from './log/compaction/log-cleaner.ts'
import type { CleanedFolder } from './log/compaction/cleaner-notes.ts'

export interface CompactionPorts {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
}

const cleanerSettings = (settings: BrokerSettings): CleanerSettings => ({
  keyBytesMax: settings['log.cleaner.dedupe.buffer.size'],
  loadFactor: settings['log.cleaner.io.buffer.load.factor'],
  readBytes: settings['log.cleaner.io.buffer.size'],
  bytesPerSecond: settings['log.cleaner.io.max.bytes.per.second'],
  backoffMs: settings['log.cleaner.backoff.ms'],
})

/** Begins to compact the logs of these folders, unless `log.cleaner.enable` is off. Disposing ends it; the logs must be open until then. */
export const startCompaction = (
  config: { readonly settings: BrokerSettings },
  { disk, clock, log }: CompactionPorts,
  folders: readonly CleanedFolder[],
): AsyncDisposable | undefined =>
  config.settings['log.cleaner.enable']
    ? new LogCleaner({
        folders,
        settings: () => cleanerSettings(config.settings),
        disk,
        clock,
        log: log.named('kafka.log.LogCleaner'),
      })
    : undefined
