import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { channelConformance, type ChannelOptions } from '../../test/conformance/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { fileChannelOptions } from '../../test/fakes/file-channel.ts'
import { type Disk, realDisk } from '../../src/io/disk.ts'
import { FileChannel } from './file-channel.ts'

/** Small files, and little memory: most takes read from disk, and files come and go. */
const channelOn = (disk: Disk, folder: string, options: ChannelOptions): FileChannel => {
  const { clock, capacity, transactionCapacity, keepAliveMs } = options
  return new FileChannel(
    {
      ...fileChannelOptions,
      capacity,
      transactionCapacity,
      keepAliveMs,
      checkpointFolder: join(folder, 'checkpoint'),
      dataFolders: [join(folder, 'data1'), join(folder, 'data2')],
      fileBytesMax: 4096,
      memoryBytesMax: 1024,
    },
    fakeContext({ clock, disk }),
  )
}

let disk = new FakeDisk()
channelConformance(
  'file',
  (options) => {
    if (options.again !== true) disk = new FakeDisk({ slowSyncs: 0.5 })
    return channelOn(disk, '/', options)
  },
  { reopens: true },
)

let folder = ''
channelConformance(
  'file on the real disk',
  (options) => {
    if (options.again !== true) {
      const made = mkdtempSync(join(tmpdir(), 'millrace-'))
      options.defer(() => rmSync(made, { recursive: true, force: true }))
      folder = made
    }
    return channelOn(realDisk, folder, options)
  },
  { reopens: true, ordersLength: 3 },
)
