/** What every channel must do. Called from a test beside the channel; see README.md. */
import { describe } from 'vitest'
import type { Channel } from '../../src/flow/channel.ts'
import { FakeClock } from '../fakes/clock.ts'
import { channelAborts } from './channel-aborts.ts'
import { channelEnds } from './channel-ends.ts'
import { channelEvents } from './channel-events.ts'
import { channelLife } from './channel-life.ts'
import { channelLimits } from './channel-limits.ts'
import { channelOrders } from './channel-orders.ts'
import { channelTakers } from './channel-takers.ts'
import { channelTakes } from './channel-takes.ts'
import { defer, type Defer } from './scope.ts'

export interface ChannelOptions {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  /** Stands still unless the suite moves it. */
  readonly clock: FakeClock
  readonly defer: Defer
  /** On what the channel before left behind; only asked for where the support says so. */
  readonly again?: boolean
}

/** Gives a new, empty channel. The suite opens and disposes it. */
export type MakeChannel = (options: ChannelOptions) => Channel | Promise<Channel>

/** What a channel cannot have, and what the suite should spare it. */
export interface ChannelSupport {
  /** False when it holds any number of events: the limits are not tried. */
  readonly capacity?: boolean
  /** True when what it holds outlives it, and `make` can open it again. */
  readonly reopens?: boolean
  /** Length of the exhaustive orders of put, take, commit and rollback; 6 unless each step is slow. */
  readonly ordersLength?: number
}

/** An opened channel, disposed after the test, and its clock. */
export interface Opened {
  readonly channel: Channel
  readonly clock: FakeClock
}

export type OpenChannel = (given?: Partial<Omit<ChannelOptions, 'clock' | 'defer' | 'again'>>) => Promise<Opened>

const opener =
  (make: MakeChannel): OpenChannel =>
  async (given = {}) => {
    const clock = new FakeClock()
    const channel = await make({ capacity: 100, transactionCapacity: 10, keepAliveMs: 3000, clock, defer, ...given })
    defer(() => channel[Symbol.asyncDispose]())
    await channel.open?.()
    return { channel, clock }
  }

export const channelConformance = (name: string, make: MakeChannel, support: ChannelSupport = {}): void => {
  describe(`${name} as a channel`, () => {
    const open = opener(make)
    const { capacity: hasCapacity = true, reopens = false, ordersLength = 6 } = support
    channelTakes(open)
    channelEvents(open)
    channelOrders(open, ordersLength)
    channelTakers(open)
    channelAborts(open)
    channelLife(make, open)
    channelEnds(make, hasCapacity, reopens)
    if (hasCapacity) channelLimits(open)
  })
}
