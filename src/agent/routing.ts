/** A batch laid out for its channels: which events go where, in order, required channels apart from optional ones. */
import type { Batch, Event } from '../flow/event.ts'
import type { Route, Selector } from '../flow/selector.ts'

/** What one channel gets of a batch. */
export interface Share {
  /** Index into the source's channels. */
  readonly channel: number
  readonly events: Batch
}

export interface Layout {
  /** In the order of first use. */
  readonly required: readonly Share[]
  readonly optional: readonly Share[]
  /** Every event goes to at least one required channel. */
  readonly isAllRequired: boolean
}

const whole = (batch: Batch, { required, optional }: Route): Layout => {
  const share = (channel: number): Share => ({ channel, events: batch })
  return {
    required: required.map(share),
    optional: optional.map(share),
    isAllRequired: required.length > 0,
  }
}

/** Collects one kind of shares; arrays by channel index, since this runs for every event. */
class Shares {
  readonly #events: Event[][] = []
  readonly #used: number[] = []

  add(channels: readonly number[], event: Event): void {
    for (const channel of channels) {
      const share = this.#events[channel]
      if (share !== undefined) share.push(event)
      else {
        this.#events[channel] = [event]
        this.#used.push(channel)
      }
    }
  }

  listed(): Share[] {
    return this.#used.map((channel) => ({ channel, events: this.#events[channel] ?? [] }))
  }
}

const mixed = (batch: Batch, selector: Selector): Layout => {
  const required = new Shares()
  const optional = new Shares()
  let isAllRequired = true
  for (const event of batch) {
    const route = selector.route(event)
    required.add(route.required, event)
    optional.add(route.optional, event)
    if (route.required.length === 0) isAllRequired = false
  }
  return { required: required.listed(), optional: optional.listed(), isAllRequired }
}

/** Asks the selector about every event, unless it gives all of them the same route. `batch` is not empty. */
export const layOut = (batch: Batch, selector: Selector): Layout => {
  const route = selector.always ?? commonRoute(batch, selector)
  return route === undefined ? mixed(batch, selector) : whole(batch, route)
}

/** The route that all events share, or undefined. */
const commonRoute = (batch: Batch, selector: Selector): Route | undefined => {
  const [first] = batch
  if (first === undefined) return undefined
  const route = selector.route(first)
  return batch.every((event) => selector.route(event) === route) ? route : undefined
}

/** `batch` in pieces of at most `max` events. */
export const piecesOf = (batch: Batch, max: number): readonly Batch[] => {
  if (batch.length <= max) return [batch]
  const pieces: Batch[] = []
  for (let from = 0; from < batch.length; from += max) pieces.push(batch.slice(from, from + max))
  return pieces
}
