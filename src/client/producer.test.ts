import { expect, it } from 'vitest'
import { until } from '../../test/fakes/until.ts'
import { scriptedBroker } from '../../test/fakes/scripted-broker.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { clientOptions } from './options.ts'
import { Producer } from './producer.ts'

/** A producer of topic `t`, and what sends one record to it. */
const producing = async (port: number) => {
  const bootstrap = [{ host: '127.0.0.1', port }]
  const producer = new Producer(clientOptions({ bootstrap, retryBackoffMs: 1, retryBackoffMaxMs: 1 }))
  await producer.open()
  await producer.lookUp('t')
  const send = async (value: string) => {
    const records = producer.writer()
    records.add(1, null, Buffer.from(value), null)
    const [outcome] = await producer.send([{ topic: 't', partition: 0, records }])
    return outcome
  }
  return { producer, send }
}

it('goes on under another id, in order, when its id is refused while batches are in flight and more are handed over', async () => {
  await using broker = await scriptedBroker('t')
  const { producer, send } = await producing(broker.port)
  await using _producer = producer
  const [a, x, b] = [send('a'), send('x'), send('b')]
  await until(() => broker.produced.length === 3)
  broker.produced[0]?.answer(errorCodes.UNKNOWN_PRODUCER_ID)
  broker.produced[1]?.answer(errorCodes.NONE)
  await x
  const c = send('c')
  broker.produced[2]?.answer(errorCodes.UNKNOWN_PRODUCER_ID)
  for (let n = 3; n < 6; n++) {
    await until(() => broker.produced.length > n)
    broker.produced[n]?.answer(errorCodes.NONE)
  }
  expect((await Promise.all([a, b, c])).map((outcome) => outcome?.error)).toEqual([undefined, undefined, undefined])
  expect(broker.produced.slice(3)).toMatchObject([
    { values: ['a'], producerId: 2, producerEpoch: 0, baseSequence: 0 },
    { values: ['b'], producerId: 2, producerEpoch: 0, baseSequence: 1 },
    { values: ['c'], producerId: 2, producerEpoch: 0, baseSequence: 2 },
  ])
})
