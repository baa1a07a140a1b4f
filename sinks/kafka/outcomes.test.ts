import { describe, expect, it } from 'vitest'
import { Fault } from '../../src/base/faults.ts'
import { isTold } from '../../src/base/told.ts'
import type { Outcome } from '../../src/client/outcome.ts'
import { BrokerError } from '../../src/client/errors.ts'
import { Rejected } from '../../src/flow/sink.ts'
import { RecordingLog } from '../../test/fakes/context.ts'
import { BatchLimits } from './batch-limits.ts'
import { judge, type SentBatch } from './outcomes.ts'
import { EventRuns } from './partition-batches.ts'

const sentBatch = (from: number, to: number): SentBatch => {
  const events = new EventRuns()
  events.add(from, to)
  return { topic: 't', events, bytes: (to - from) * 1000 }
}

const stored: Outcome = { baseOffset: 0 }
const tooLarge = (): Outcome => ({ baseOffset: -1, error: new BrokerError('t-0', 10) })
const behind = (): Outcome => ({
  baseOffset: -1,
  error: new Fault('BEHIND_REFUSED', { topic: 't', partition: 0, problem: 'x' }, new BrokerError('t-0', 10)),
})

const thrownBy = (judging: () => void): unknown => {
  try {
    judging()
    return undefined
  } catch (thrown) {
    return thrown
  }
}

describe('the outcomes of a write', () => {
  it('that all are stored are no news', () => {
    judge([sentBatch(0, 5)], [stored], new BatchLimits(), new RecordingLog())
  })

  it('reject a record that is too large alone, tell what is stored, and say nothing of those behind it', () => {
    const limits = new BatchLimits()
    const sent = [sentBatch(0, 3), sentBatch(3, 4), sentBatch(4, 5)]
    const thrown = thrownBy(() => judge(sent, [stored, tooLarge(), behind()], limits, new RecordingLog()))
    expect(thrown).toBeInstanceOf(Rejected)
    expect(thrown).toMatchObject({ indexes: [3], stored: [0, 1, 2] })
    expect(limits.of('t')).toBe(Infinity)
  })

  it('of records without a key in a compacted topic name the topic and what to do', () => {
    const error = new BrokerError('weblog-0', 87, 'Compacted topic cannot accept message without key')
    const sent = [{ ...sentBatch(0, 2), topic: 'weblog' }]
    const thrown = thrownBy(() => judge(sent, [{ baseOffset: -1, error }], new BatchLimits(), new RecordingLog()))
    expect(thrown).toBeInstanceOf(Rejected)
    expect(String(thrown)).toMatch(/topic weblog: .*Compacted topic.* need a key.* header key.*cleanup.policy=delete/)
  })

  it('teach a smaller limit, which is said once', () => {
    const [limits, log] = [new BatchLimits(), new RecordingLog()]
    for (const events of [50, 40]) {
      const thrown = thrownBy(() => judge([sentBatch(0, events)], [tooLarge()], limits, log))
      expect(isTold(thrown)).toBe(true)
    }
    const last = thrownBy(() => judge([sentBatch(0, 60), sentBatch(60, 90)], [tooLarge(), behind()], limits, log))
    expect(last).toMatchObject({ errorCode: 10 })
    expect(limits.of('t')).toBe(20_000)
    expect(log.of('warn')).toHaveLength(2)
  })
})
