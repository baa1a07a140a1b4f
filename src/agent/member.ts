/** A sink as its processor sees it: failures are logged once and counted, broken invariants end the agent. */
import { rethrowBroken } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { isTold } from '../base/told.ts'
import type { Clock } from '../io/clock.ts'
import type { LaneSignals } from './lane-signals.ts'
import { Outage } from './outage.ts'
import type { Member } from './sink-groups/definition.ts'
import type { SinkLane } from './sink-lane.ts'

export class SinkMember implements Member {
  readonly name: string
  readonly channel: string
  readonly #lane: SinkLane
  readonly #others: readonly string[]
  readonly #outage: Outage
  #failures = 0

  /** `group`: the names of all sinks of its group; none where it stands alone. */
  constructor(lane: SinkLane, group: readonly string[], log: Log, clock: Clock) {
    this.name = lane.name
    this.channel = lane.port.name
    this.#lane = lane
    this.#others = group.filter((name) => name !== lane.name)
    this.#outage = new Outage(log, clock)
  }

  get failures(): number {
    return this.#failures
  }

  get hasEvents(): boolean {
    return this.#lane.port.channel.held > 0
  }

  /** To be called when the lane has stored something. */
  stored(): void {
    if (this.#failures === 0) return
    this.#failures = 0
    this.#outage.worked(`Sink ${this.name} stores events again.`)
  }

  async run(signals: LaneSignals): Promise<'ended' | 'failed'> {
    try {
      await this.#lane.run(signals)
      return 'ended'
    } catch (error) {
      return this.#failed(error, signals)
    }
  }

  async step(signals: LaneSignals): Promise<'stored' | 'empty' | 'failed'> {
    try {
      return (await this.#lane.step(signals)) ? 'stored' : 'empty'
    } catch (error) {
      return this.#failed(error, signals)
    }
  }

  #failed(error: unknown, { writes }: LaneSignals): 'failed' {
    rethrowBroken(error)
    this.#failures++
    if (writes.aborted || isTold(error)) return 'failed'
    const hint = error instanceof Fault ? ` ${error.hint}` : ''
    const what = `Sink ${this.name} cannot store events: ${reasonOf(error)}.${hint}`
    this.#outage.failed(`${what} ${this.#meanwhile()}, and it is tried again until it works.`, { error })
    return 'failed'
  }

  #meanwhile(): string {
    const others = this.#others.join(' and ')
    if (others !== '') return `They go to ${others} of its group where that can`
    return `They wait in channel ${this.#lane.port.name}`
  }
}
