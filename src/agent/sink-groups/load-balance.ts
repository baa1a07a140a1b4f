/** A sink a batch: each in turn, or in random order. Where one fails the next gets its chance, with `backoff` also for a while after. */
import { backoffMs } from '../../base/backoff.ts'
import { flag, milliseconds, oneOf } from '../../config/setting-kinds.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'
import type { LaneSignals } from '../lane-signals.ts'
import { boundedTakes } from './bounded-takes.ts'
import { retryMaxMs } from './default.ts'
import { defineProcessor, type Member, type Processor } from './definition.ts'
import { Penalties } from './penalties.ts'

const retryFirstMs = 100
/** How long one sink may wait for events of its own channel while those of others might get some. */
const waitMs = 500

/** Members in the order in which they get their chance of the next batch. */
type Order = () => readonly Member[]

const roundRobin = (members: readonly Member[]): Order => {
  let first = -1
  return () => {
    first = (first + 1) % members.length
    return [...members.slice(first), ...members.slice(0, first)]
  }
}

const shuffled =
  (members: readonly Member[], random: Random): Order =>
  () =>
    members
      .map((member) => ({ member, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ member }) => member)

class LoadBalance implements Processor {
  readonly #members: readonly Member[]
  readonly #order: Order
  /** Undefined without `backoff`. */
  readonly #penalties: Penalties | undefined
  readonly #clock: Clock
  readonly #isOneChannel: boolean

  constructor(members: readonly Member[], order: Order, penalties: Penalties | undefined, clock: Clock) {
    this.#members = members
    this.#order = order
    this.#penalties = penalties
    this.#clock = clock
    this.#isOneChannel = members.every((member) => member.channel === members[0]?.channel)
  }

  async run(signals: LaneSignals): Promise<void> {
    let failures = 0
    while (!signals.takes.aborted) {
      if (await this.#oneBatch(signals)) failures = 0
      else await this.#clock.sleep(this.#pauseMs(++failures), signals.takes)
    }
  }

  /** False when every sink that could be asked has failed. */
  async #oneBatch(signals: LaneSignals): Promise<boolean> {
    for (const member of this.#candidates()) {
      if ((await this.#step(member, signals)) !== 'failed') return true
      this.#penalties?.add(member)
      if (signals.takes.aborted) return true
    }
    return false
  }

  /** Without those left alone; those whose channel holds events before the others. */
  #candidates(): Member[] {
    const free = this.#order().filter((member) => (this.#penalties?.leftMs(member) ?? 0) === 0)
    return [...free.filter((member) => member.hasEvents), ...free.filter((member) => !member.hasEvents)]
  }

  async #step(member: Member, signals: LaneSignals): Promise<'stored' | 'empty' | 'failed'> {
    if (this.#isOneChannel || member.hasEvents) return member.step(signals)
    using bounded = boundedTakes(signals, waitMs, this.#clock)
    return await member.step(bounded)
  }

  #pauseMs(failures: number): number {
    if (this.#penalties === undefined) return backoffMs(failures, retryFirstMs, retryMaxMs)
    return Math.min(retryMaxMs, Math.max(retryFirstMs, this.#penalties.leastMs(this.#members)))
  }
}

export const loadBalance = defineProcessor({
  type: 'load_balance',
  aliases: ['org.apache.flume.sink.LoadBalancingSinkProcessor'],
  summary: 'Another sink for each batch.',
  settings: {
    backoff: flag({ doc: 'Leaves a sink that failed alone for a while.', default: false }),
    selector: oneOf(['round_robin', 'random'], { doc: 'Each sink in turn, or any.', default: 'round_robin' }),
    'selector.maxTimeOut': milliseconds({
      doc: 'The longest that a failed sink is left alone; 0 for 30000.',
      default: 30_000,
      min: 0,
    }),
  },
  sinksMin: 2,
  sinksMax: Number.POSITIVE_INFINITY,
  sinksNamed: () => [],
  create({ backoff, selector, 'selector.maxTimeOut': maxMs }, { members, clock, random }) {
    const order = selector === 'random' ? shuffled(members, random) : roundRobin(members)
    return new LoadBalance(members, order, backoff ? new Penalties(clock, maxMs || 30_000) : undefined, clock)
  },
})
