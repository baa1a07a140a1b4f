import { channelConformance } from '../../test/conformance/channel.ts'
import { MemoryChannel } from './memory-channel.ts'

channelConformance(
  'memory',
  ({ clock, capacity, transactionCapacity, keepAliveMs }) =>
    new MemoryChannel({ name: 'c1', capacity, transactionCapacity, keepAliveMs, bytesMax: 1e9 }, clock),
)
