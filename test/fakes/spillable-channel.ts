/** Spillable channels of ten events in memory on one fake disk, for their own tests: opened again and again, and killed in between. */
import { expect } from 'vitest'
import { SpillableChannel, type SpillableOptions } from '../../channels/spillable/spillable-channel.ts'
import { bodiesOf, numbered } from '../conformance/events.ts'
import { FakeClock } from './clock.ts'
import { fakeContext } from './context.ts'
import { FakeDisk } from './disk.ts'
import { diskQueueOptions, killOn } from './file-channel.ts'

const never = new AbortController().signal

interface Given {
  readonly memory?: number
  readonly bytes?: number
  readonly overflow?: number
  readonly overflowTimeoutMs?: number
  readonly keepAliveMs?: number
  readonly memoryAgainPercent?: number
  readonly bytesUnderWayMax?: number
}

const optionsOf = ({
  memory = 10,
  bytes = 1e9,
  overflow = 1000,
  bytesUnderWayMax,
  ...given
}: Given): SpillableOptions => ({
  name: 'c1',
  transactionCapacity: 100,
  memory: { events: memory, bytes, slotBytes: 500 },
  overflowCapacity: overflow,
  disk: { ...diskQueueOptions, fileBytesMax: 500, memoryBytesMax: 200, bytesUnderWayMax },
  overflowTimeoutMs: 0,
  keepAliveMs: 3000,
  memoryAgainPercent: 5,
  ...given,
})

export const spillableBench = (seed = 1) => {
  const disk = new FakeDisk({ seed })
  const clock = new FakeClock()
  const context = fakeContext({ disk, clock })
  /** Not open yet. */
  const make = (given: Given = {}): SpillableChannel => new SpillableChannel(optionsOf(given), context)
  const open = async (given: Given = {}): Promise<SpillableChannel> => {
    const channel = make(given)
    await channel.open()
    return channel
  }
  const kill = (kind: 'process' | 'power' = 'process'): void => killOn(disk, kind)
  return { disk, clock, log: context.log, counters: context.counters, make, open, kill }
}

export const bodiesFrom = (from: number, to: number): string[] => bodiesOf(numbered(from, to))

/** Memory, disk and memory again in turns: 0–9 in memory, 10–19 on disk, 20–24 in memory, 25–34 on disk. */
export const interleaved = async (channel: SpillableChannel): Promise<void> => {
  await channel.put(numbered(0, 10))
  await channel.put(numbered(10, 20))
  await (await channel.take(5, never)).commit()
  await channel.put(numbered(20, 25))
  await channel.put(numbered(25, 35))
  expect(channel.heldInMemory).toBe(10)
}
