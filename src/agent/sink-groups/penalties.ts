/** Sinks that failed and are left alone for a while: 2 s after the first failure, doubling up to a limit. */
import { backoffMs } from '../../base/backoff.ts'
import type { Clock } from '../../io/clock.ts'
import type { Member } from './definition.ts'

const firstMs = 2000
/** However low the limit: long enough for another sink to get its chance. */
const leastMs = 100

export class Penalties {
  readonly #clock: Clock
  readonly #maxMs: number
  readonly #untilMs = new Map<Member, number>()

  constructor(clock: Clock, maxMs: number) {
    this.#clock = clock
    this.#maxMs = Math.max(leastMs, maxMs)
  }

  /** The member has just failed, for the `failures`th time since it last stored something. */
  add(member: Member): void {
    this.#untilMs.set(member, this.#clock.monotonic() + backoffMs(member.failures, firstMs, this.#maxMs))
  }

  /** How long the member is still left alone; 0 when it is not. */
  leftMs(member: Member): number {
    return Math.max(0, (this.#untilMs.get(member) ?? 0) - this.#clock.monotonic())
  }

  /** How long until the first of these may be tried; Infinity without any. */
  leastMs(members: readonly Member[]): number {
    return Math.min(...members.map((member) => this.leftMs(member)))
  }
}
