import { describe, expect, it } from 'vitest'
import { check, faultsOf, withLines, without } from '../../test/fakes/config-check.ts'

describe('faults', () => {
  it.each([
    ['a1.sources.r1.port = abc', "f:6: port: 'abc' is not a whole number"],
    ['a1.sources.r1.port = 70000', 'f:6: port: 70000 is above the most allowed, 65535'],
    [
      'a1.sources.r1.pattern = a(b',
      "f:11: pattern: 'a(b' is no regular expression that can be used here: a group is not closed, at character 3",
    ],
    ['a1.sources.r1.type = netcta', 'f:4: source r1: unknown source type netcta (did you mean netcat?)'],
    [
      'a1.sinks.k1.type = kafka',
      'f:9: sink k1: unknown sink type kafka (did you mean org.apache.flume.sink.kafka.KafkaSink?)',
    ],
    [
      'a1.sinks.k1.type = kafkaSink',
      'f:9: sink k1: unknown sink type kafkaSink (did you mean org.apache.flume.sink.kafka.KafkaSink?)',
    ],
    ['a1.sinks.k1.type = LoggerSink', 'f:9: sink k1: unknown sink type LoggerSink (did you mean logger?)'],
    ['a1.sources.r1.type = frob', 'f:4: source r1: unknown source type frob (`millrace components` lists them)'],
    ['a1.sources.r1.type = logger', 'f:4: source r1: logger is a sink and not a source (move it, or correct the type)'],
    [
      'a1.sources.r1.type = syslogtcp',
      'f:4: source r1: the source syslogtcp is not there yet (use netcat, which takes the same lines as they are)',
    ],
    [
      'a1.channels.c1.type = org.apache.flume.channel.kafka.KafkaChannel',
      'f:8: channel c1: the channel org.apache.flume.channel.kafka.KafkaChannel is not there yet (use a Kafka sink and a Kafka source with a topic between them)',
    ],
    ['a1.channels.c1.type = jdbc', 'f:8: channel c1: the channel jdbc is not there yet (use the file channel)'],
    [
      'a1.channels.c1.type = org.apache.flume.channel.jdbc.JdbcChannel',
      'f:8: channel c1: the channel jdbc is not there yet (use the file channel)',
    ],
    [
      'a1.channels.c1.type = org.apache.flume.channel.PseudoTxnMemoryChannel',
      'f:8: channel c1: the channel org.apache.flume.channel.PseudoTxnMemoryChannel is not there yet (use the file channel, or memory)',
    ],
    [
      'a1.sinks.k1.type = com.example.MySink',
      'f:9: sink k1: com.example.MySink is a Java class, and no Java runs here (write it as a TypeScript or JavaScript module that exports a sink, and give the path to it as the type)',
    ],
    [
      'a1.sinks.k1.type = ./my-sink.ts',
      'f:9: sink k1: the module ./my-sink.ts is not loaded (check the path and what the module exports)',
    ],
    ['a1.sources.r1.channels = c1 c2', 'f:7: source r1 uses channel c2, which does not exist (the channels are c1)'],
    ['a1.sources.r1.channels = c2', 'f:7: source r1 uses channel c2, which does not exist (did you mean c1?)'],
    ['a1.sinks.k1.channel = c2', 'f:10: sink k1 uses channel c2, which does not exist (did you mean c1?)'],
    [
      'a1.sinks.k1.channel = c1 c1x',
      'f:10: sink k1 takes from one channel, and this names 2 (write one of c1 c1x, and one sink for each other)',
    ],
    [
      'a1.sinks = k1 k2',
      'f:3: sink k2 is in the list, but nothing configures it (add a1.sinks.k2.type, or take it off the list)',
    ],
    [
      'a1.sources.r1.interceptors = i1',
      'f:11: interceptor i1 of source r1 is in the list, but nothing configures it (add interceptors.i1.type)',
    ],
    ['a1.sources.r1.aheadMax = 0', 'f:11: aheadMax: 0 is below the least allowed, 1'],
    ['a1.sinks.k1.onReject = drop', "f:11: onReject: 'drop' is none of block, quarantine"],
    [
      "a1.sinks.k1.password = ${f['x']}",
      "f:11: a1.sinks.k1.password: ${f['x']} asks a config filter, and those are not there yet (write ${env:NAME})",
    ],
  ])('%s', async (line, fault) => {
    const { faults, plan } = await check(withLines(line))
    expect(faults).toEqual([fault])
    // A bad placeholder is a fault of the file, which the caller weighs; all else is one of the agent.
    if (!fault.includes('config filter')) expect(plan).toBeUndefined()
  })

  it.each([
    ['a1.sources.r1.type', 'f:4: source r1 has no type (add type)'],
    ['a1.sources.r1.port', 'f:4: source r1 needs port (The port.)'],
    ['a1.sources.r1.channels', 'f:4: source r1 has no channels (add its setting channels)'],
    ['a1.sinks.k1.channel', 'f:9: sink k1 has no channel (add its setting channel)'],
    ['a1.channels', 'f:1: agent a1 has no channels (add a1.channels)'],
  ])('without %s', async (key, fault) => expect(await faultsOf(without(key))).toContain(fault))

  it.each([
    [
      'a1.sources.r1.channels',
      'a1.sources.r1.channel',
      'f:10: source r1 has channel and no channels (write channels = c1)',
    ],
    [
      'a1.sinks.k1.channel',
      'a1.sinks.k1.channels',
      'f:10: sink k1 has channels and no channel (a sink takes from one channel: write channel = c1)',
    ],
  ])('with %s written as %s', async (key, twin, fault) => {
    const { faults, warnings } = await check(`${without(key)}${twin} = c1`)
    expect([faults, warnings]).toEqual([[fault], []])
  })

  it('says that commas do not separate names, and goes on as if they did', async () => {
    const text = withLines('a1.channels = c1,c2', 'a1.channels.c2.type = memory', 'a1.sources.r1.channels = c1, c2')
    expect(await faultsOf(text)).toEqual([
      'f:2: a1.channels: commas do not separate names (write c1 c2)',
      'f:7: channels of source r1: commas do not separate names (write c1 c2)',
    ])
  })

  it('tells a channel that is in no list from one that is not there', async () => {
    const text = withLines('a1.channels.c2.type = memory', 'a1.sinks.k1.channel = c2')
    expect(await faultsOf(text)).toEqual([
      'f:10: sink k1 uses channel c2, which is configured but in no list (add it to the list of channels)',
    ])
  })

  it('says everything at once, in the order of the file', async () => {
    const text = withLines('a1.sources.r1.port = x', 'a1.channels.c1.type = jdbc', 'a1.sinks.k1.type = irc')
    expect((await faultsOf(text)).map((f) => f.split(':')[1])).toEqual(['6', '8', '9'])
  })

  it('says nothing of a channel twice: its users have no fault of their own', async () => {
    expect(await faultsOf(withLines('a1.channels.c1.capacity = 0'))).toHaveLength(1)
  })

  it("runs a component's own check, with the line of the setting it is about", async () => {
    const text = withLines(
      'a1.sources.r1.type = TAILDIR',
      'a1.sources.r1.filegroups = g h',
      'a1.sources.r1.filegroups.g = /x',
    )
    expect(await faultsOf(text)).toEqual(['f:11: group h has no files'])
  })

  it('never shows a secret, nor what a variable holds', async () => {
    const text = withLines(
      'a1.sources.r1.type = TAILDIR',
      'a1.sources.r1.filegroups = g',
      'a1.sources.r1.filegroups.g = /x',
      'a1.sources.r1.password = letmein',
      'a1.sources.r1.batchSize = ${env:SECRET}',
    )
    const faults = (await faultsOf(text)).join('\n')
    expect(faults).not.toMatch(/letmein|hunter2/)
    expect(faults).toContain("batchSize: '${env:SECRET}' is not a whole number")
  })
})
