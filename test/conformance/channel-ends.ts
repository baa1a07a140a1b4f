/** Disposing in every state: what waits ends, what is open is void, nothing keeps running, and what was acknowledged is there again. */
import { describe, expect, it } from 'vitest'
import type { Channel, Take } from '../../src/flow/channel.ts'
import { Fault } from '../../src/base/faults.ts'
import { FakeClock } from '../fakes/clock.ts'
import type { MakeChannel, Opened } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'
import { defer } from './scope.ts'

const never = new AbortController().signal

/** What is under way when the channel is disposed. */
interface UnderWay {
  readonly waiting?: readonly Promise<Take>[]
  readonly open?: readonly Take[]
  /** Takes whose commit has begun. */
  readonly commits?: readonly (readonly [Take, Promise<void>])[]
  readonly puts?: readonly Promise<unknown>[]
  /** Events from 0 on that were acknowledged, and that were put at all. */
  readonly put?: number
  readonly tried?: number
  /** Events from 0 on whose commit was acknowledged. */
  readonly stored?: number
}

interface State {
  readonly what: string
  readonly needsCapacity?: boolean
  reach(channel: Channel): Promise<UnderWay>
}

const states: readonly State[] = [
  { what: 'with nothing held', reach: async () => ({}) },
  {
    what: 'with events held',
    async reach(channel) {
      await channel.put(numbered(0, 5))
      return { put: 5 }
    },
  },
  {
    what: 'while takes wait',
    reach: async (channel) => ({ waiting: [channel.take(1, never), channel.take(9, never)] }),
  },
  {
    what: 'while a put is under way',
    async reach(channel) {
      await channel.put(numbered(0, 2))
      return { puts: [channel.put(numbered(2, 5))], put: 2, tried: 5 }
    },
  },
  {
    what: 'while puts wait for room',
    needsCapacity: true,
    async reach(channel) {
      for (let from = 0; from < 10; from += 5) await channel.put(numbered(from, from + 5))
      return { puts: [channel.put(numbered(10, 12)), channel.put(numbered(12, 13))], put: 10, tried: 13 }
    },
  },
  {
    what: 'with takes open',
    async reach(channel) {
      await channel.put(numbered(0, 6))
      return { open: [await channel.take(2, never), await channel.take(2, never)], put: 6 }
    },
  },
  {
    what: 'while a commit is under way',
    async reach(channel) {
      await channel.put(numbered(0, 4))
      const take = await channel.take(2, never)
      return { commits: [[take, take.commit()]], open: [await channel.take(1, never)], put: 4 }
    },
  },
  {
    what: 'after a commit and a rollback',
    async reach(channel) {
      await channel.put(numbered(0, 6))
      const take = await channel.take(3, never)
      await take.commit()
      await (await channel.take(2, never))[Symbol.asyncDispose]()
      return { put: 6, stored: take.events.length }
    },
  },
]

/** Whether it resolved; a fault says why it did not, and anything else is a bug. */
const isDone = async (work: Promise<unknown>, code?: string): Promise<boolean> => {
  try {
    await work
    return true
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault)
    if (code !== undefined) expect(thrown).toMatchObject({ code })
    return false
  }
}

/** Disposes, twice at once. Returns what was acknowledged as stored elsewhere. */
const endAll = async (channel: Channel, underWay: UnderWay): Promise<Set<string>> => {
  const { waiting = [], open = [], commits = [], puts = [], stored = 0 } = underWay
  const gone = new Set(bodiesOf(numbered(0, stored)))
  const committing = commits.map(async ([take, commit]) => (await isDone(commit)) && bodiesOf(take.events))
  const putting = puts.map((put) => isDone(put))
  await Promise.all([channel[Symbol.asyncDispose](), channel[Symbol.asyncDispose]()])
  await Promise.all(putting)
  for (const take of await Promise.all(waiting)) expect(take.events).toEqual([])
  for (const bodies of await Promise.all(committing)) if (bodies !== false) for (const one of bodies) gone.add(one)
  // A sink may come back from a slow write only now: a channel that is closed must not act as if it had noted that.
  for (const take of open)
    if (await isDone(take.commit(), 'CHANNEL_CLOSED')) for (const one of bodiesOf(take.events)) gone.add(one)
  for (const take of open) await take[Symbol.asyncDispose]()
  await channel[Symbol.asyncDispose]()
  await expect(channel.put(numbered(0, 1))).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
  expect((await channel.take(1, never)).events).toEqual([])
  return gone
}

export const channelEnds = (make: MakeChannel, hasCapacity: boolean, reopens: boolean): void => {
  const limits = { capacity: 10, transactionCapacity: 10, keepAliveMs: 3000 }
  const made = async (again = false): Promise<Opened> => {
    const clock = new FakeClock()
    const channel = await make({ ...limits, clock, defer, again })
    defer(() => channel[Symbol.asyncDispose]())
    return { channel, clock }
  }
  const all = states.filter(({ needsCapacity }) => needsCapacity !== true || hasCapacity)

  describe('may be disposed', () => {
    it.each(all)('$what', async (state) => {
      const { channel, clock } = await made()
      await channel.open?.()
      await endAll(channel, await state.reach(channel))
      expect(clock.waiting).toBe(0)
    })

    it('while it is being opened, and leaves nothing locked', async () => {
      const { channel, clock } = await made()
      const opening = isDone(channel.open?.() ?? Promise.resolve())
      await Promise.all([opening, channel[Symbol.asyncDispose]()])
      await endAll(channel, {})
      expect(clock.waiting).toBe(0)
      const next = await made(reopens)
      await next.channel.open?.()
      await next.channel.put(numbered(0, 1))
    })
  })

  if (!reopens) return
  describe('opened again on what it left', () => {
    it.each(all)('has what was acknowledged and not stored elsewhere, in order: disposed $what', async (state) => {
      const first = await made()
      await first.channel.open?.()
      const underWay = await state.reach(first.channel)
      const gone = await endAll(first.channel, underWay)
      const { put = 0, tried = put } = underWay
      const wanted = (to: number): string[] => bodiesOf(numbered(0, to)).filter((body) => !gone.has(body))
      const { channel } = await made(true)
      await channel.open?.()
      const seen: string[] = []
      while (channel.held > 0 || seen.length < wanted(put).length) {
        await using take = await channel.take(10, never)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      expect(seen).toEqual(wanted(tried).slice(0, seen.length))
    })
  })
}
