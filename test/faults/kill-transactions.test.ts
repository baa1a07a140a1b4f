/** kill -9 of the broker in the middle of transactions: what a producer sent with its own progress, in three partitions, is there exactly once. */
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Fault } from '../../src/base/faults.ts'
import { clientOptions } from '../../src/client/options.ts'
import { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import { offsetFetch } from '../../src/protocol/messages/offset-fetch.ts'
import { BrokerPeer } from '../fakes/broker.ts'
import { readFrom } from '../fakes/transactions.ts'
import { until } from '../fakes/until.ts'
import { startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { freePort } from '../support/port.ts'

const kills = 10
const partitions = [0, 1, 2]

const connected = (port: number): Promise<BrokerPeer> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(new BrokerPeer(socket)))
    socket.once('error', reject)
  })

/** How far the producer is, as the broker knows it: the next number to send. */
const progressOf = async (port: number): Promise<number> => {
  using peer = await connected(port)
  const topics = [{ topic: 't', partitions: [0] }]
  const { topics: answers } = await peer.call(offsetFetch, 7, { groupId: 'progress', topics, requireStable: true })
  const { offset = -1, errorCode } = answers[0]?.partitions[0] ?? {}
  if (errorCode !== 0) throw new Error(`OffsetFetch gave ${errorCode}`)
  return Math.max(0, offset)
}

/** Sends one number into every partition, and that it did, in one transaction after the other until it is told to stop, or something fails. */
const work = async (port: number, isOver: () => boolean, done: (next: number) => void): Promise<void> => {
  const client = clientOptions({ bootstrap: [{ host: '127.0.0.1', port }], retryBackoffMs: 5, retryBackoffMaxMs: 50 })
  await using producer = new TransactionalProducer(client, { transactionalId: 'tx', maxBlockMs: 20_000 })
  await producer.open()
  await producer.lookUp('t')
  for (let next = await progressOf(port); !isOver(); next++) {
    producer.begin()
    const batches = partitions.map((partition) => {
      const records = producer.writer()
      records.add(Date.now(), null, Buffer.from(String(next)), null)
      return { topic: 't', partition, records }
    })
    for (const { error } of await producer.send(batches)) if (error !== undefined) throw error
    await producer.sendOffsets([{ topic: 't', partition: 0, offset: next + 1 }], { groupId: 'progress' })
    await producer.commit()
    done(next + 1)
  }
}

it('a number and the progress that goes with it are there together, once each', async () => {
  using folder = temporaryFolder()
  const port = await freePort()
  const config = writeServerProperties(join(folder.path, 'broker'), port, 'num.partitions=3\n')
  const over = new AbortController()
  let [next, begun] = [0, 0]
  let broker = await startBrokerProcess(config)
  const again = async (): Promise<void> => {
    while (!over.signal.aborted) {
      begun++
      try {
        await work(port, () => over.signal.aborted, (n) => void (next = n)) // prettier-ignore
      } catch (thrown) {
        // the network's, while the broker is away; a transaction that failed is given up with its producer
        if (!(thrown instanceof Fault || (thrown instanceof Error && 'code' in thrown))) throw thrown
      }
    }
  }
  const working = again()
  for (let round = 0; round < kills; round++) {
    const goal = next + (round % 3 === 0 ? 1 : 50)
    await until(() => next >= goal, `number ${goal}`, 60_000)
    await broker.stop('SIGKILL')
    broker = await startBrokerProcess(config)
  }
  await until(() => next > 100, 'the last numbers', 60_000)
  over.abort()
  await working
  using peer = await connected(port)
  const numbers = Array.from({ length: next }, (_, n) => String(n))
  for (const partition of partitions) expect((await readFrom(peer, 't', { partition })).values).toEqual(numbers)
  expect(await progressOf(port)).toBe(next)
  console.log(`kill -9 of the broker, ${kills} times in ${next} transactions of ${begun} producers: each is there once`)
  expect(await broker.stop()).toBe(0)
})
