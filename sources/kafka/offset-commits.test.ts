import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { Fault } from '../../src/base/faults.ts'
import { BrokerError } from '../../src/client/errors.ts'
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'
import { HeldPartitions } from './held-partitions.ts'
import { OffsetCommits } from './offset-commits.ts'

const away = (): Fault => new Fault('CONNECTION_LOST', { broker: 'b:1', reason: 'reset' })

/** Commits of t-0, settled up to 7; each failure given fails one. */
const committing = (...failures: Error[]) => {
  const clock = new FakeClock()
  const context = fakeContext({ clock })
  const held = new HeldPartitions()
  held.add('t', 0)
  held.get('t', 0)?.settle(7, 0)
  const tried: (readonly OffsetToCommit[])[] = []
  const commit = async (offsets: readonly OffsetToCommit[]): Promise<void> => {
    tried.push(offsets)
    const failure = failures.shift()
    if (failure !== undefined) throw failure
  }
  return { clock, held, tried, log: context.log, commits: new OffsetCommits({ held, intervalMs: 10, commit, context }) }
}

const never = new AbortController().signal

describe('the last commit', () => {
  it('is tried until it works', async () => {
    const { clock, tried, commits, held, log } = committing(away(), away(), new BrokerError('t-0', 27))
    const closed = commits.close(never, true)
    for (const tries of [1, 2, 3]) {
      await until(() => tried.length === tries && clock.waiting === 1)
      clock.advance(1000)
    }
    await closed
    expect(tried).toHaveLength(4)
    expect(held.toCommit()).toEqual([])
    expect(log.of('warn')).toEqual([expect.stringContaining('tried again until the grace period ends')])
  })

  it('is given up when the grace period ends, and the partition named', async () => {
    const { clock, tried, commits, log } = committing(away(), away())
    const grace = new AbortController()
    const closed = commits.close(grace.signal, true)
    await until(() => tried.length === 1 && clock.waiting === 1)
    grace.abort()
    await closed
    expect(tried).toHaveLength(1)
    expect(log.of('warn')).toEqual([expect.stringContaining('The last offsets of t-0 are not committed')])
  })

  it.each([
    ['a broker that will not take it', new BrokerError('Group g', 30), true],
    ['a source that failed and starts again', away(), false],
  ])('is tried once for %s', async (_, failure, insist) => {
    const { tried, commits, log } = committing(failure, failure)
    await commits.close(never, insist)
    expect(tried).toHaveLength(1)
    expect(log.of('warn')).toHaveLength(1)
  })

  it('has nothing to do for a partition that went to another member meanwhile', async () => {
    const { clock, tried, held, commits, log } = committing(new BrokerError('t-0', 22))
    const closed = commits.close(never, true)
    await until(() => tried.length === 1 && clock.waiting === 1)
    held.remove('t', 0)
    clock.advance(1000)
    await closed
    expect(tried).toHaveLength(1)
    expect(log.of('warn')).toEqual([])
  })
})

it('a commit that ends after its partition was lost and came back leaves nothing to commit', async () => {
  const { held } = committing()
  const due = held.toCommit()
  held.remove('t', 0)
  held.add('t', 0)
  held.committed(due)
  expect(held.toCommit()).toEqual([])
})
