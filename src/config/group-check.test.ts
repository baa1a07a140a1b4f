import { describe, expect, it } from 'vitest'
import { check, faultsOf, warningsOf, withLines, without } from '../../test/fakes/config-check.ts'

describe('sink groups', () => {
  const group = (...lines: string[]): string =>
    withLines(
      'a1.sinks = k1 k2',
      'a1.sinks.k2.type = null',
      'a1.sinks.k2.channel = c1',
      'a1.sinkgroups = g1',
      'a1.sinkgroups.g1.sinks = k1 k2',
      'a1.sinkgroups.g1.processor.type = failover',
      ...lines,
    )

  it('hold their sinks in order, and the settings of their processor', async () => {
    const { plan, faults } = await check(group('a1.sinkgroups.g1.processor.priority.k2 = 5'))
    expect(faults).toEqual([])
    expect(plan?.groups).toMatchObject([
      { name: 'g1', sinks: ['k1', 'k2'], values: { 'priority.*': new Map([['k2', 5]]) } },
    ])
  })

  it('are taken for default without a type', async () => {
    const text = without('a1.sinkgroups.g1.processor.type', group()).replace('g1.sinks = k1 k2', 'g1.sinks = k1')
    expect(await warningsOf(text)).toEqual([
      'f:14: warning: the processor of sink group g1 has no type and is taken for default (add processor.type: without it Flume drops the group and its sinks)',
    ])
  })

  it('want members that exist, in one group only, and as many as their type takes', async () => {
    expect(await faultsOf(group().replace('g1.sinks = k1 k2', 'g1.sinks = k1 k3'))).toEqual([
      'f:14: sink group g1 has the sink k3, which does not exist (did you mean k2?)',
      'f:14: sink group g1 has 1 sink, and failover takes at least 2 (change sinks or processor.type)',
    ])
    const shared = group('a1.sinkgroups.g2.sinks = k2', 'a1.sinkgroups.g2.processor.type = default').replace(
      '= g1',
      '= g1 g2',
    )
    expect(await faultsOf(shared)).toEqual([
      'f:16: sink group g2 has the sink k2, which is in group g1 already (a sink can be in one group only)',
    ])
    expect(await faultsOf(group('a1.sinkgroups.g1.processor.priority.k3 = 1'))).toEqual([])
    expect(await warningsOf(group('a1.sinkgroups.g1.processor.priority.k3 = 1'))).toEqual([
      'f:16: warning: processor.priority.k3: k3 is none of the sinks of group g1 (did you mean k1?)',
    ])
  })
})
