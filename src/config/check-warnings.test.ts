import { describe, expect, it } from 'vitest'
import { check, warningsOf, withLines, without } from '../../test/fakes/config-check.ts'

describe('warnings', () => {
  it.each([
    ['a1.sources.r1.prot = 1', 'f:11: warning: unknown setting prot (did you mean port?)'],
    [
      'a1.sources.r1.frobnicate = 1',
      'f:11: warning: unknown setting frobnicate (source r1 has none of that name; it is ignored)',
    ],
    ['a1.sources.r1.chanels = c1', 'f:11: warning: unknown setting chanels (did you mean channels?)'],
    ['a1.sources.r1.channel = c1', 'f:11: warning: unknown setting channel (did you mean channels?)'],
    ['a1.sinks.k1.channels = c1', 'f:11: warning: unknown setting channels (did you mean channel?)'],
    ['a1.sinks.k1.chanel = c1', 'f:11: warning: unknown setting chanel (did you mean channel?)'],
    [
      'a1.source.r1.port = 1',
      'f:11: warning: a1.source.r1.port is ignored: source is no kind of component (did you mean a1.sources?)',
    ],
    ['a1.sink = k1', 'f:11: warning: a1.sink is ignored: sink is no kind of component (did you mean a1.sinks?)'],
    [
      'a1.chanels.c1.type = x',
      'f:11: warning: a1.chanels.c1.type is ignored: chanels is no kind of component (did you mean a1.channels?)',
    ],
    ['a1.sources.r1 = x', 'f:11: warning: a1.sources.r1 is ignored: it names no setting (add .SETTING to the key)'],
    ['a1 = x', 'f:11: warning: a1 is ignored (a key is AGENT.KIND.NAME.SETTING)'],
    ['al.sources.r1.port = 1', 'f:11: warning: agent al lists no sources, channels or sinks (did you mean a1?)'],
    [
      'a1.sources.r2.type = netcat',
      'f:11: warning: source r2 is configured, but a1.sources does not list it (add it to a1.sources, or remove it)',
    ],
    ['a1.sources.r1.ack-every-event = yes', "f:11: warning: ack-every-event: 'yes' counts as false; only true is true"],
    [
      'a1.sources.r1.interceptors.i9.type = static',
      'f:11: warning: interceptor i9 of source r1 is configured, but the setting interceptors does not list it (add it to the list, or remove it)',
    ],
    [
      'a1.sources.r1.selector.optional = c1',
      'f:11: warning: the selector of source r1 has no type and is taken for replicating (add selector.type)',
    ],
    [
      'a1.configfilters = f1',
      'f:11: warning: config filters are not there yet, and a1.configfilters has no effect (write ${env:NAME} for an environment variable)',
    ],
  ])('%s', async (line, warning) => expect(await warningsOf(withLines(line))).toEqual([warning]))

  it('names deprecated settings with their new names, and which of two wins', async () => {
    const text = withLines(
      'a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink',
      'a1.sinks.k1.brokerList = h:9092',
      'a1.sinks.k1.topic = old',
      'a1.sinks.k1.kafka.topic = new',
    )
    expect(await warningsOf(text)).toEqual([
      'f:11: warning: brokerList is deprecated (its name is kafka.bootstrap.servers now)',
      'f:12: warning: topic is the old name of kafka.topic, which is set too and wins (remove it)',
    ])
    expect((await check(text)).plan?.sinks[0]?.values).toMatchObject({
      'kafka.bootstrap.servers': 'h:9092',
      'kafka.topic': 'new',
    })
  })

  it('compares batches with what the channel takes at once', async () => {
    const text = withLines(
      'a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink',
      'a1.sinks.k1.kafka.bootstrap.servers = h:9092',
      'a1.sinks.k1.flumeBatchSize = 101',
    )
    expect(await warningsOf(text)).toEqual([
      'f:12: warning: sink k1 has batches of 101, and channel c1 takes 100 at once (its transactionCapacity) (they go in pieces here, but Flume refuses them: set flumeBatchSize or transactionCapacity)',
    ])
    expect(await warningsOf(text.replace('= 101', '= 100'))).toEqual([])
    // A fault of the sink does not hide it.
    expect((await check(text.replace('h:9092', 'h:9092\na1.sinks.k1.onReject = x'))).warnings).toHaveLength(1)
  })

  it('leaves out a channel that nothing is connected to', async () => {
    const text = withLines('a1.channels = c1 c2', 'a1.channels.c2.type = memory')
    expect(await warningsOf(text)).toEqual([
      'f:11: warning: channel c2 has neither a source nor a sink, and is left out (connect it, or remove it)',
    ])
    expect((await check(text)).plan?.channels.map((c) => c.name)).toEqual(['c1'])
  })

  const second = ['a1.channels = c1 c2', 'a1.channels.c2.type = memory']

  it('says what becomes of a channel that has sources and no sink', async () => {
    const noSink =
      'f:11: warning: channel c2 has no sink: it fills up, and then its sources wait (add a sink with channel = c2)'
    const text = withLines(...second, 'a1.sources.r1.channels = c1 c2')
    expect(await warningsOf(text)).toEqual([noSink])
    expect((await check(text)).plan?.channels.map((c) => c.name)).toEqual(['c1', 'c2'])
    expect(await warningsOf(text.replace('c2.type = memory', 'c2.type = topic'))).toEqual([])
    expect(await warningsOf(without('a1.sinks'))).toContain(
      'f:7: warning: channel c1 has no sink: it fills up, and then its sources wait (add a sink with channel = c1)',
    )
  })

  it('says what a channel with sinks and no source comes to', async () => {
    const text = withLines(...second, 'a1.sinks = k1 k2', 'a1.sinks.k2.type = null', 'a1.sinks.k2.channel = c2')
    expect(await warningsOf(text)).toEqual([
      'f:11: warning: channel c2 has no source: its sinks have nothing to take (name it in the channels of a source, unless it is only to be emptied)',
    ])
    expect(await warningsOf(text.replace('c2.type = memory', 'c2.type = topic'))).toEqual([])
  })

  it('says nothing of a missing sink where the name of its channel is wrong, which is a fault', async () => {
    const text = withLines(...second, 'a1.sources.r1.channels = c1 c2', 'a1.sinks = k1 k2', 'a1.sinks.k2.type = null')
    for (const lines of ['a1.sinks.k2.channel = c3', ''])
      expect((await check(`${text}\n${lines}`)).warnings).toEqual([])
  })

  it('says when there are no sources, or no sinks', async () => {
    expect(
      await warningsOf(
        'a1.channels = c1\na1.channels.c1.type = memory\na1.sinks = k1\na1.sinks.k1.type = null\na1.sinks.k1.channel = c1',
      ),
    ).toEqual(['f:1: warning: agent a1 has no sources (add a1.sources, unless that is meant)'])
  })
})
