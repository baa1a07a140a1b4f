/**
 * The sink of the highest priority that works. One that failed is left alone for its penalty; when that is over and it stands higher than the one
 * in use, it is tried again.
 */
import { each, integer, milliseconds } from '../../config/setting-kinds.ts'
import type { Clock } from '../../io/clock.ts'
import type { LaneSignals } from '../lane-signals.ts'
import { boundedTakes } from './bounded-takes.ts'
import { retryMaxMs } from './default.ts'
import { defineProcessor, type Member, type Processor } from './definition.ts'
import { Penalties } from './penalties.ts'

/** Timers cannot wait longer, nor need they. */
const waitMaxMs = 3_600_000

class Failover implements Processor {
  /** Highest priority first. */
  readonly #members: readonly Member[]
  readonly #penalties: Penalties
  readonly #clock: Clock

  constructor(members: readonly Member[], maxPenaltyMs: number, clock: Clock) {
    this.#members = members
    this.#penalties = new Penalties(clock, maxPenaltyMs)
    this.#clock = clock
  }

  async run(signals: LaneSignals): Promise<void> {
    while (!signals.takes.aborted) {
      const best = this.#members.findIndex((member) => this.#penalties.leftMs(member) === 0)
      const member = this.#members[best]
      if (member !== undefined) await this.#use(member, this.#members.slice(0, best), signals)
      else await this.#clock.sleep(Math.min(retryMaxMs, this.#penalties.leastMs(this.#members)), signals.takes)
    }
  }

  /** Until it fails, or until one of the `better` may be tried. */
  async #use(member: Member, better: readonly Member[], signals: LaneSignals): Promise<void> {
    using bounded = boundedTakes(signals, Math.min(waitMaxMs, this.#penalties.leastMs(better)), this.#clock)
    if ((await member.run(bounded)) === 'failed') this.#penalties.add(member)
  }
}

/** By priority, highest first. Without one a sink stands at -1, -2, … in the order of the group; equals stand in that order too. */
const ranked = (members: readonly Member[], priorities: ReadonlyMap<string, number>): Member[] => {
  let missing = 0
  const rank = members.map((member) => ({ member, priority: priorities.get(member.name) ?? --missing }))
  return rank.sort((a, b) => b.priority - a.priority).map(({ member }) => member)
}

export const failover = defineProcessor({
  type: 'failover',
  aliases: ['org.apache.flume.sink.FailoverSinkProcessor'],
  summary: 'The sink of the highest priority that works.',
  settings: {
    'priority.*': each(integer({ doc: 'Priority of the sink of that name, the highest first.' })),
    maxpenalty: milliseconds({ doc: 'The longest that a failed sink is left alone.', default: 30_000, min: 0 }),
  },
  sinksMin: 1,
  sinksMax: Number.POSITIVE_INFINITY,
  sinksNamed: (values) => [...values['priority.*'].keys()].map((sink) => ({ setting: `priority.${sink}`, sink })),
  create: (values, { members, clock }) => new Failover(ranked(members, values['priority.*']), values.maxpenalty, clock),
})
