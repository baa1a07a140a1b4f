/** File channels on one fake disk, for their own tests: opened again and again, and killed in between. */
import type { DiskQueueOptions } from '../../channels/file/disk-queue.ts'
import { FileChannel, type FileChannelOptions } from '../../channels/file/file-channel.ts'
import type { Disk } from '../../src/io/disk.ts'
import { FakeClock } from './clock.ts'
import { fakeContext, type RecordingCounters, type RecordingLog } from './context.ts'
import { FakeDisk } from './disk.ts'

/** Files so small that most puts need a new one. */
export const diskQueueOptions: DiskQueueOptions = {
  name: 'c1',
  checkpointFolder: '/checkpoint',
  dataFolders: ['/data'],
  fileBytesMax: 200,
  requiredSpaceBytes: 0,
  syncEveryMs: undefined,
  memoryBytesMax: 10_000,
}

export const fileChannelOptions: FileChannelOptions = {
  ...diskQueueOptions,
  capacity: 1000,
  transactionCapacity: 100,
  keepAliveMs: 0,
}

/** The test's own process lives on, and with it all whom it played: what they left in these folders to say that they own them goes. */
export const freeLocks = (disk: Disk, folders: readonly string[]): void => {
  for (const folder of folders.filter((one) => disk.stat(one) !== undefined))
    for (const name of disk.list(folder)) if (name.startsWith('in_use.lock')) disk.remove(`${folder}/${name}`)
}

/** The end of a channel's process, or of its machine. The locks that it leaves behind are taken away. */
export const killOn = (disk: FakeDisk, kind: 'process' | 'power'): void => {
  disk.kill()
  disk.restart(kind)
  freeLocks(disk, ['/checkpoint', '/data', '/data2'])
}

export interface FileChannelBench {
  readonly disk: FakeDisk
  readonly clock: FakeClock
  readonly log: RecordingLog
  readonly counters: RecordingCounters
  /** A channel that is not open yet. */
  readonly make: (given?: Partial<FileChannelOptions>) => FileChannel
  readonly open: (given?: Partial<FileChannelOptions>) => Promise<FileChannel>
  readonly kill: (kind?: 'process' | 'power') => void
  /** Names of the data files in /data, from the oldest on. */
  readonly dataFiles: () => string[]
}

/** `usual` is what all its channels have other than `fileChannelOptions`. */
export const fileChannelBench = (usual: Partial<FileChannelOptions> = {}, seed = 1): FileChannelBench => {
  const disk = new FakeDisk({ seed })
  const clock = new FakeClock()
  const context = fakeContext({ disk, clock })
  const make = (given: Partial<FileChannelOptions> = {}): FileChannel =>
    new FileChannel({ ...fileChannelOptions, ...usual, ...given }, context)
  return {
    disk,
    clock,
    log: context.log,
    counters: context.counters,
    make,
    async open(given) {
      const channel = make(given)
      await channel.open()
      return channel
    },
    kill: (kind = 'process') => killOn(disk, kind),
    dataFiles: () =>
      disk
        .list('/data')
        .filter((name) => name.endsWith('.data'))
        .toSorted(),
  }
}
