import { describe, expect, it } from 'vitest'
import { around, check, sound, withLines } from '../../test/fakes/config-check.ts'
import { configRegistry } from '../../test/fakes/config-registry.ts'
import { checkAgent } from './check.ts'
import { findingText } from './finding.ts'
import { loadConfig } from './load.ts'

describe('a sound agent', () => {
  it('becomes a plan, without a word', async () => {
    const { plan, faults, warnings } = await check(sound)
    expect([faults, warnings]).toEqual([[], []])
    expect(plan).toMatchObject({
      agent: 'a1',
      sources: [
        {
          name: 'r1',
          channels: ['c1'],
          selector: { definition: { type: 'replicating' } },
          interceptors: [],
          where: 'f:4',
        },
      ],
      channels: [{ name: 'c1', values: { capacity: 100, transactionCapacity: 100 } }],
      sinks: [{ name: 'k1', channel: 'c1', onReject: 'block', rejectDirectory: undefined }],
      groups: [],
    })
    expect(plan?.sources[0]?.values).toMatchObject({ bind: '127.0.0.1', port: 44_444, 'ack-every-event': true })
  })

  it('may use class names, and any case', async () => {
    const text = withLines(
      'a1.sources.r1.type = org.apache.flume.source.netcatsource',
      'a1.channels.c1.type = MEMORY',
      'a1.sinks.k1.type = org.apache.flume.sink.LoggerSink',
      'a1.sources.r1.interceptors = i1 i2',
      'a1.sources.r1.interceptors.i1.type = org.apache.flume.interceptor.TimestampInterceptor',
      'a1.sources.r1.interceptors.i2.type = STATIC',
    )
    expect((await check(text)).plan?.sources[0]?.interceptors.map((i) => i.definition.type)).toEqual([
      'timestamp',
      'static',
    ])
  })

  it('hands starred settings over as maps, the longer star first, and the settings of every component', async () => {
    const text = withLines(
      'a1.sources.r1.type = taildir',
      'a1.sources.r1.filegroups = g h',
      'a1.sources.r1.filegroups.g = /x/.*',
      'a1.sources.r1.filegroups.h = /y',
      'a1.sources.r1.headers.g.a.b = 1',
      'a1.sources.r1.headers.all.c = 2',
      'a1.sources.r1.aheadMax = 50',
      'a1.sinks.k1.onReject = Quarantine',
      'a1.sinks.k1.rejectDirectory = /r',
    )
    const { plan } = await check(text)
    expect(plan?.sources[0]).toMatchObject({ aheadMax: 50 })
    expect(plan?.sources[0]?.values).toMatchObject({
      'filegroups.*': new Map([
        ['g', '/x/.*'],
        ['h', '/y'],
      ]),
      'headers.*': new Map([['g.a.b', '1']]),
      'headers.all.*': new Map([['c', '2']]),
    })
    expect(plan?.sinks[0]).toMatchObject({ onReject: 'quarantine', rejectDirectory: '/r' })
  })
})

describe('lenient', () => {
  it('leaves out the part that is faulty and plans the rest', async () => {
    const text = withLines('a1.sinks = k1 k2', 'a1.sinks.k2.type = irc', 'a1.sinks.k2.channel = c1')
    expect((await check(text)).plan).toBeUndefined()
    const { plan, faults } = await check(text, true)
    expect(plan?.sinks.map((sink) => sink.name)).toEqual(['k1'])
    expect(faults).toHaveLength(1)
  })

  it('drops channels that are not there from a source, and with the last one the source', async () => {
    const { plan } = await check(withLines('a1.sources.r1.channels = c1 c7'), true)
    expect(plan?.sources[0]?.channels).toEqual(['c1'])
    expect((await check(withLines('a1.sources.r1.channels = c7'), true)).plan?.sources).toEqual([])
  })

  it('drops a group that cannot be made together with its sinks', async () => {
    const text = withLines(
      'a1.sinks = k1 k2',
      'a1.sinks.k2.type = null',
      'a1.sinks.k2.channel = c1',
      'a1.sinkgroups = g1',
      'a1.sinkgroups.g1.sinks = k2',
      'a1.sinkgroups.g1.processor.type = failover',
    )
    const { plan } = await check(text, true)
    expect(plan?.groups).toEqual([])
    expect(plan?.sinks.map((sink) => sink.name)).toEqual(['k1'])
  })

  it('has no plan when nothing is left', async () => {
    expect((await check(withLines('a1.channels.c1.type = jdbc'), true)).plan).toBeUndefined()
  })
})

describe('several agents and files', () => {
  it('keeps agents apart, and lets a later file win', async () => {
    const { agents } = await loadConfig(
      [
        { file: 'one', text: `${sound}\nb2.sources = x` },
        { file: 'two', text: 'a1.sources.r1.port = 1' },
      ],
      around,
    )
    expect([...agents.keys()]).toEqual(['a1', 'b2'])
    const agent = agents.get('a1')
    const plan = agent && checkAgent(agent, configRegistry).plan
    expect(plan?.sources[0]?.values['port']).toBe(1)
  })

  it('faults a file in which no agent lists anything', async () => {
    const { findings } = await loadConfig([{ file: 'f', text: 'a1.sources.r1.type = netcat' }], around)
    expect(findings.map(findingText)).toEqual([
      'f:1: agent a1 lists no sources, channels or sinks (add a1.sources, a1.channels and a1.sinks)',
    ])
  })
})
