import type { Event } from './event.ts'

/** Where an event goes: indexes into the source's channels, in the order of its `channels` setting. */
export interface Route {
  readonly required: readonly number[]
  /** Channels that may refuse it without consequence. */
  readonly optional: readonly number[]
}

/** Picks the channels. Events of one route share one Route object. */
export interface Selector {
  /** The same route for every event, where that is known: spares looking at each. */
  readonly always?: Route
  route(event: Event): Route
}
