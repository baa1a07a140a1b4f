import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { TestProducer } from '../../../test/fakes/transactions.ts'

const settings = { 'transaction.partition.verification.enable': 'false', 'transaction.state.log.num.partitions': '1' }
const waits = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('nobody will end'))

test('after a kill the start says which transactions nobody will end, and those that somebody will are not named', async () => {
  const first = await brokerBench(settings)
  const peer = await first.peer()
  await peer.createTopic('t', 2)
  const known = new TestProducer(peer, 'known')
  await known.init()
  await known.write('t', ['a'])
  const lost = Object.assign(new TestProducer(peer, 'lost'), { producerId: 4711, producerEpoch: 0 })
  expect(await lost.send('t', ['b'], { partition: 1 })).toBe(0)
  first.disk.kill()
  await Promise.allSettled([first[Symbol.asyncDispose]()])
  first.disk.restart('process')
  await using second = await brokerBench(settings, { disk: first.disk })
  expect(waits(second.said.of('warn'))).toEqual([
    't-1 holds a transaction of producer 4711 that nobody will end, and readers of committed data wait at offset 0. To end it: kafka-transactions.sh abort --topic t --partition 1 --start-offset 0',
  ])
})
