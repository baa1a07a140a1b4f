/** What every channel must do. Called from a test beside the channel; see README.md. */
import { describe } from 'vitest'
import type { Channel } from '../../src/flow/channel.ts'
import { FakeClock } from '../fakes/clock.ts'
import { channelLife } from './channel-life.ts'
import { channelLimits } from './channel-limits.ts'
import { channelOrders } from './channel-orders.ts'
import { channelTakes } from './channel-takes.ts'
import { defer, type Defer } from './scope.ts'

export interface ChannelOptions {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  /** Stands still unless the suite moves it. */
  readonly clock: FakeClock
  readonly defer: Defer
}

/** Gives a new, empty channel. The suite opens and disposes it. */
export type MakeChannel = (options: ChannelOptions) => Channel | Promise<Channel>

/** What a channel cannot have, and what the suite should spare it. */
export interface ChannelSupport {
  /** False when it holds any number of events: the limits are not tried. */
  readonly capacity?: boolean
  /** Length of the exhaustive orders of put, take, commit and rollback; 5 unless each step is slow. */
  readonly ordersLength?: number
}

/** An opened channel, disposed after the test, and its clock. */
export interface Opened {
  readonly channel: Channel
  readonly clock: FakeClock
}

export type OpenChannel = (given?: Partial<Omit<ChannelOptions, 'clock' | 'defer'>>) => Promise<Opened>

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
    channelTakes(open)
    channelOrders(open, support.ordersLength ?? 5)
    channelLife(make, open)
    if (support.capacity !== false) channelLimits(open)
  })
}
