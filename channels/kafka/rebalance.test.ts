/** Two agents with one channel, of which one comes and goes: the broker's group decides who takes what. */
import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import type { BrokerBench } from '../../test/fakes/broker.ts'
import {
  channelBroker,
  channelTopic as topic,
  openKafkaChannel,
  type TestKafkaChannel,
} from '../../test/fakes/kafka-channel.ts'
import { put } from '../../test/fakes/kafka-client.ts'
import { takeSome } from '../../test/fakes/takes.ts'
import { until } from '../../test/fakes/until.ts'
import type { Take } from '../../src/flow/channel.ts'
import type { KafkaChannel } from './kafka-channel.ts'

const never = new AbortController().signal
const open = (bench: BrokerBench): Promise<TestKafkaChannel> => openKafkaChannel(bench, { parseAsFlumeEvent: 'false' })

const takenAway = /the group took flume-channel-(\d) away/

it('a take of a partition that another agent got is void, with a WARN, and what it held is delivered there', async () => {
  const bench = await channelBroker(2)
  const [a, b] = [await open(bench), await open(bench)]
  for (const partition of [0, 1]) await put(bench, topic, [`x${partition}`], partition)
  const held: Take[] = []
  for (let count = 0; count < 2; count += held.at(-1)?.events.length ?? 0) held.push(await a.channel.take(10, never))

  const second = b.channel.take(10, never)
  await until(() => a.log.of('warn').some((line) => takenAway.test(line)), 'the loss of a partition')
  const lost = a.log.of('warn').map((line) => takenAway.exec(line)?.[1])
  const take = await second
  expect(bodiesOf(take.events)).toEqual(lost.map((partition) => `x${partition}`))
  await take.commit()
  for (const one of held) await one.commit()
  expect(a.log.of('warn').filter((line) => line.includes('is void:'))).toEqual([
    expect.stringContaining('A take of 1 event is void'),
  ])

  for (const { channel } of [a, b]) await channel[Symbol.asyncDispose]()
  const { channel } = await open(bench)
  for (const partition of [0, 1]) await put(bench, topic, [`y${partition}`], partition)
  expect((await takeSome(channel, 2)).toSorted()).toEqual(['y0', 'y1'])
})

/** Takes until it is told to stop. Of five takes one is rolled back; only what was committed counts as stored. */
class Sink {
  readonly stored = new Set<string>()
  readonly ended: Promise<void>
  readonly #channel: KafkaChannel
  readonly #stop = new AbortController()

  constructor(channel: KafkaChannel) {
    this.#channel = channel
    this.ended = this.#run()
  }

  stop(): Promise<void> {
    this.#stop.abort()
    return this.ended
  }

  async #run(): Promise<void> {
    for (let takes = 0; !this.#stop.signal.aborted; takes++) {
      await using take = await this.#channel.take(7, this.#stop.signal)
      if (takes % 5 === 4) continue
      await take.commit()
      for (const body of bodiesOf(take.events)) this.stored.add(body)
    }
  }
}

it('nothing is lost while agents come and go under traffic', async () => {
  const bench = await channelBroker(4)
  const [a, b] = [await open(bench), await open(bench)]
  const sinkA = new Sink(a.channel)
  const sinks = [sinkA]
  const isStored = (body: string): boolean => sinks.some(({ stored }) => stored.has(body))
  let sent = 0
  const putSome = async (): Promise<void> => {
    await a.channel.put(numbered(sent, sent + 20))
    sent += 20
  }
  const over = new AbortController()
  const traffic = (async () => {
    while (!over.signal.aborted) {
      const before = sent - 400
      await until(() => before < 0 || isStored(`${before}`), 'the event before 400 others')
      await putSome()
    }
  })()

  await until(() => sinkA.stored.size >= 200, 'events at the first')
  const sinkB = new Sink(b.channel)
  sinks.push(sinkB)
  await until(() => sinkB.stored.size >= 200, 'events at the second')
  const stuck = await b.channel.take(50, never)
  expect(stuck.events.length).toBeGreaterThan(0)
  await sinkB.stop()
  await b.channel[Symbol.asyncDispose]()
  const storedByA = sinkA.stored.size
  await until(() => sinkA.stored.size >= storedByA + 400, 'events at the first again')
  over.abort()
  await traffic

  const all = bodiesOf(numbered(0, sent))
  await until(() => all.every(isStored), 'every event')
  expect(bodiesOf(stuck.events).every((body) => sinkA.stored.has(body))).toBe(true)
  await sinkA.stop()
})
