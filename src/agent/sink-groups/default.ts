/** One sink, tried again until it works: what every sink without a group gets. */
import { backoffMs } from '../../base/backoff.ts'
import type { Clock } from '../../io/clock.ts'
import { defineProcessor, type Member, type Processor } from './definition.ts'

/** Flume waits 5 s after every failure; most are shorter than that. */
const retryFirstMs = 100
export const retryMaxMs = 5000

/** Runs one member for good. */
export const alone = (member: Member, clock: Clock): Processor => ({
  async run(signals) {
    while (!signals.takes.aborted && (await member.run(signals)) === 'failed') {
      await clock.sleep(backoffMs(member.failures, retryFirstMs, retryMaxMs), signals.takes)
    }
  },
})

export const standard = defineProcessor({
  type: 'default',
  aliases: ['org.apache.flume.sink.DefaultSinkProcessor'],
  summary: 'One sink, tried again until it works.',
  settings: {},
  sinksMin: 1,
  sinksMax: 1,
  sinksNamed: () => [],
  create(_values, { members, clock }) {
    const [member] = members
    if (member === undefined) throw new Error('A sink group has no sinks')
    return alone(member, clock)
  },
})
