/** The memory channel alone, in this process: one putter and one taker, and every event that comes out held against the one that went in. */
import { MemoryChannel } from '../../../channels/memory/memory-channel.ts'
import type { Event } from '../../../src/flow/event.ts'
import { realClock } from '../../../src/io/clock.ts'
import { calibration } from '../process.ts'

export interface MemoryFigures {
  readonly name: string
  readonly events: number
  readonly batch: number
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly calibration: number
  readonly lost: number
  readonly repeated: number
}

const eventBytes = 105
/** Events that go round, so that making them costs nothing here. */
const pool = 64_000

const makeEvents = (): Event[] => {
  const headers = Object.freeze({ host: 'tram12.net-a.example' })
  return Array.from({ length: pool }, (_, n) => ({ headers, body: Buffer.alloc(eventBytes, `line ${n} `) }))
}

const puts = async (channel: MemoryChannel, all: readonly Event[], events: number, batch: number): Promise<void> => {
  for (let done = 0; done < events; done += batch) {
    const from = done % pool
    await channel.put(all.slice(from, from + batch))
  }
}

/** How many were taken, and how many of them were not the one that was due. */
const takes = async (
  channel: MemoryChannel,
  all: readonly Event[],
  events: number,
  batch: number,
): Promise<{ taken: number; strange: number }> => {
  const never = new AbortController().signal
  let [taken, strange] = [0, 0]
  while (taken < events) {
    await using take = await channel.take(batch, never)
    if (take.events.length === 0) break
    for (const event of take.events) if (event !== all[taken++ % pool]) strange++
    await take.commit()
  }
  return { taken, strange }
}

const once = async (all: readonly Event[], events: number, batch: number): Promise<MemoryFigures> => {
  const options = { name: 'c1', capacity: 100_000, transactionCapacity: batch, keepAliveMs: 1000, bytesMax: 2 ** 30 }
  await using channel = new MemoryChannel(options, realClock)
  const pace = calibration()
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  const [{ taken, strange }] = await Promise.all([
    takes(channel, all, events, batch),
    puts(channel, all, events, batch),
  ])
  const seconds = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    name: 'memory-put-take',
    events,
    batch,
    eventsPerSecond: events / seconds,
    cpuSecondsPerMillion: (user + system) / events,
    calibration: pace,
    lost: events - taken + strange,
    repeated: Math.max(0, taken - events) + channel.held,
  }
}

/** The best of `runs`; lost and repeated of all are added up. */
export const memoryRate = async (events: number, batch: number, runs: number): Promise<MemoryFigures> => {
  const all = makeEvents()
  const rounded = Math.ceil(events / pool) * pool
  const figures: MemoryFigures[] = []
  for (let run = 0; run < runs; run++) figures.push(await once(all, rounded, batch))
  const best = figures.toSorted((a, b) => b.eventsPerSecond - a.eventsPerSecond)[0] as MemoryFigures
  const sum = (of: (f: MemoryFigures) => number): number => figures.reduce((total, f) => total + of(f), 0)
  return { ...best, lost: sum((f) => f.lost), repeated: sum((f) => f.repeated) }
}
