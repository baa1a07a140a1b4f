import { describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { committedBy, consumerOf, createTopic, put } from '../../test/fakes/kafka-client.ts'
import type { ReadRecord } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'

const values = (records: readonly ReadRecord[]): string[] => records.map(({ value }) => value)

describe('a reader alone', () => {
  it('reads all partitions of a topic from their beginning, and what comes later', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't', 3)
    for (const partition of [0, 1, 2]) await put(bench, 't', [`a${partition}`, `b${partition}`], partition)
    await using reader = await consumerOf(bench.port)
    reader.consumer.readAll(['t'])
    const read = await reader.read(6)
    expect(values(read).sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2'])
    await put(bench, 't', ['later'], 1)
    expect(await reader.read(1)).toMatchObject([{ topic: 't', partition: 1, offset: 2, value: 'later' }])
  })

  it('begins in the middle of a batch when it is told an offset', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b', 'c'])
    await using reader = await consumerOf(bench.port)
    reader.consumer.assign([{ topic: 't', partition: 0, offset: 1 }])
    expect(values(await reader.read(2))).toEqual(['b', 'c'])
  })

  it('begins at the end under latest', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['old'])
    await using reader = await consumerOf(bench.port, { offsetReset: 'latest' })
    const { consumer } = reader
    consumer.readAll(['t'])
    await until(() => consumer.assignment.length === 1)
    await until(async () => {
      await put(bench, 't', ['new'])
      return consumer.take() !== undefined
    })
    expect(values(await reader.read(1))).toContain('new')
  })

  it('waits for a topic that is not there, says so once, and reads it when it comes', async () => {
    await using bench = await brokerBench({ 'auto.create.topics.enable': 'false' })
    await using reader = await consumerOf(bench.port)
    reader.consumer.readAll(['t'])
    await until(() => reader.log.of('warn').length > 0, 'the word about the missing topic')
    await createTopic(bench, 't')
    await put(bench, 't', ['a'])
    expect(values(await reader.read(1))).toEqual(['a'])
    expect(reader.log.of('warn')).toHaveLength(1)
  })

  it('follows a regular expression as topics come', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 'log-a')
    await createTopic(bench, 'other')
    await put(bench, 'log-a', ['a'])
    await put(bench, 'other', ['not wanted'])
    await using reader = await consumerOf(bench.port, { client: { metadataMaxAgeMs: 20 } })
    reader.consumer.readAll(/^log-.*$/u)
    expect(values(await reader.read(1))).toEqual(['a'])
    await createTopic(bench, 'log-b')
    await put(bench, 'log-b', ['b'])
    expect(values(await reader.read(1))).toEqual(['b'])
  })

  it('reads larger batches than it asks for, and all codecs', async () => {
    await using bench = await brokerBench({ 'message.max.bytes': '2000000' })
    await createTopic(bench, 't')
    const large = 'x'.repeat(1_500_000)
    await put(bench, 't', [large, 'after'])
    await using reader = await consumerOf(bench.port, { partitionFetchBytes: 1000, fetchMaxBytes: 1000 })
    reader.consumer.readAll(['t'])
    expect(values(await reader.read(2))).toEqual([large, 'after'])
  })

  it('survives a broker that is restarted in the middle', async () => {
    const bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a'])
    const { port } = bench
    await using reader = await consumerOf(port)
    reader.consumer.readAll(['t'])
    expect(values(await reader.read(1))).toEqual(['a'])
    await using again = await bench.again({ listeners: `PLAINTEXT://127.0.0.1:${port}` })
    await put(again, 't', ['b'])
    expect(values(await reader.read(1))).toEqual(['b'])
  })

  it('gives nothing more once it is closed', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    const reader = await consumerOf(bench.port)
    reader.consumer.readAll(['t'])
    const stop = new AbortController()
    const waiting = reader.consumer.next(stop.signal)
    await reader[Symbol.asyncDispose]()
    await reader[Symbol.asyncDispose]()
    stop.abort()
    expect(await waiting).toBeUndefined()
  })
})

describe('an offset that is not there any more', () => {
  it('is said, and reading goes on where the policy says', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b'])
    await using reader = await consumerOf(bench.port)
    reader.consumer.assign([{ topic: 't', partition: 0, offset: 100 }])
    expect(values(await reader.read(2))).toEqual(['a', 'b'])
    expect(reader.log.of('warn')).toEqual([expect.stringContaining('Offset 100 of t-0')])
  })

  it('ends the reading under none', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await using reader = await consumerOf(bench.port, { offsetReset: 'none' })
    reader.consumer.assign([{ topic: 't', partition: 0, offset: 100 }])
    await expect(reader.read(1)).rejects.toMatchObject({ code: 'NO_OFFSET' })
  })
})

describe('a group that commits where it begins', () => {
  const group = { groupId: 'g', commitsStart: true }

  it('does so before it reads, also in place of an offset that is not there', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b'])
    await using reader = await consumerOf(bench.port, group)
    await reader.consumer.commit([{ topic: 't', partition: 0, offset: 100 }])
    reader.consumer.subscribe(['t'])
    expect(values(await reader.read(2))).toEqual(['a', 'b'])
    expect(await committedBy(bench.port, 'g', 't')).toBe(0)
  })

  it('leaves it to its owner where it has read before', async () => {
    await using bench = await brokerBench()
    await createTopic(bench, 't')
    await put(bench, 't', ['a', 'b'])
    await using reader = await consumerOf(bench.port, group)
    const { consumer } = reader
    consumer.subscribe(['t'])
    await reader.read(2)
    await consumer.commit([{ topic: 't', partition: 0, offset: 1 }])
    consumer.seek('t', 0, 100)
    expect(values(await reader.read(2))).toEqual(['a', 'b'])
    expect(await committedBy(bench.port, 'g', 't')).toBe(1)
  })
})
