import { channelConformance, type ChannelOptions } from '../../test/conformance/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { diskQueueOptions } from '../../test/fakes/file-channel.ts'
import { SpillableChannel } from './spillable-channel.ts'

/** `inMemory` of the suite's capacity, and the rest on disk. */
const channelWith =
  (inMemory: (capacity: number) => number) =>
  ({ clock, capacity, transactionCapacity, keepAliveMs }: ChannelOptions): SpillableChannel =>
    new SpillableChannel(
      {
        name: 'c1',
        transactionCapacity,
        memory: { events: inMemory(capacity), bytes: 1e9, slotBytes: 500 },
        overflowCapacity: capacity - inMemory(capacity),
        disk: { ...diskQueueOptions, fileBytesMax: 4096, memoryBytesMax: 1024 },
        overflowTimeoutMs: 0,
        keepAliveMs,
        memoryAgainPercent: 5,
      },
      fakeContext({ clock, disk: new FakeDisk() }),
    )

channelConformance(
  'spillable, all in memory',
  channelWith((capacity) => capacity),
)
channelConformance(
  'spillable, all on disk',
  channelWith(() => 0),
)
// A batch is in one of the two whole, so what fits is not told by the sum. Lone events settle by the sinks, and larger batches by the disk.
channelConformance(
  'spillable, one event in memory and the rest on disk',
  channelWith(() => 1),
  { capacity: false },
)
