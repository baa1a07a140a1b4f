/** A partition's log on the fake disk and clock, opened as the broker would, and opened again after the process died. */
import { OpenFiles } from '../../src/broker/log/open-files.ts'
import { logSettingsDefault, type LogSettings } from '../../src/broker/log/log-settings.ts'
import type { LogStart } from '../../src/broker/log/log-start.ts'
import { PartitionLog } from '../../src/broker/log/partition-log.ts'
import { StorageAlarm } from '../../src/broker/log/storage-alarm.ts'
import { Removal } from '../../src/broker/log/removal.ts'
import type { AppendHow } from '../../src/broker/log/log-types.ts'
import { recordsOf, type ReadRecord } from './batches.ts'
import { FakeClock } from './clock.ts'
import { RecordingLog } from './context.ts'
import { FakeDisk } from './disk.ts'
import { seededRandom } from './random.ts'

export const client: AppendHow = { origin: 'client', produceVersion: 9 }

export interface Bench {
  readonly disk: FakeDisk
  readonly clock: FakeClock
  readonly said: RecordingLog
  readonly folder: string
  readonly open: (start?: Partial<LogStart>, settings?: Partial<LogSettings>) => PartitionLog
}

export const bench = (disk = new FakeDisk()): Bench => {
  const [clock, said] = [new FakeClock(), new RecordingLog()]
  const folder = '/logs/t-0'
  const files = new OpenFiles(disk)
  const removal = new Removal(disk, clock, said)
  return {
    disk,
    clock,
    said,
    folder,
    open: (start = {}, settings = {}) => {
      const isNew = disk.stat(folder) === undefined
      disk.makeFolder(folder)
      return new PartitionLog({
        files,
        folder,
        name: 't-0',
        topic: 't',
        partition: 0,
        settings: { ...logSettingsDefault, ...settings },
        clock,
        random: seededRandom(1),
        log: said,
        removal,
        alarm: new StorageAlarm(said, '/logs'),
        start: { isNew, isClean: false, recoveryPoint: undefined, logStartOffset: undefined, ...start },
      })
    },
  }
}

/** Everything that can be read, from the start, in reads of so many bytes. */
export const readAll = (log: PartitionLog, maxBytes = 1000): ReadRecord[] => {
  const records: ReadRecord[] = []
  for (let from = log.logStartOffset; from < log.highWatermark;) {
    const got = recordsOf(log.read(from, { maxBytes, minOne: true }))
    const last = got.at(-1)
    if (last === undefined && log.bytesFrom(from) > 0) throw new Error(`Nothing to read at ${from}`)
    // a power cut may have taken the last records and left the name of the segment that began behind them
    if (last === undefined) break
    records.push(...got)
    from = last.offset + 1
  }
  return records
}
