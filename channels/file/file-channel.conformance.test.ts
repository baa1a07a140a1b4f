import { channelConformance } from '../../test/conformance/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { FileChannel } from './file-channel.ts'

channelConformance(
  'file',
  ({ clock, capacity, transactionCapacity, keepAliveMs }) =>
    new FileChannel(
      {
        name: 'c1',
        capacity,
        transactionCapacity,
        keepAliveMs,
        checkpointFolder: '/checkpoint',
        dataFolders: ['/data'],
        fileBytesMax: 4096,
        requiredSpaceBytes: 0,
        syncEveryMs: undefined,
        memoryBytesMax: 1024,
      },
      fakeContext({ clock, disk: new FakeDisk() }),
    ),
)
