import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { batchOf } from '../../test/fakes/batches.ts'
import { brokerBench } from '../../test/fakes/broker.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { fakeProcess } from '../../test/fakes/topic-store.ts'
import { Fault } from '../base/faults.ts'
import { startBroker } from './broker.ts'
import { brokerConfig } from './config.ts'
import { runningBroker } from './pid-file.ts'

const faultOf = async (starting: Promise<unknown>): Promise<Fault> => {
  const thrown: unknown = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (thrown instanceof Fault) return thrown
  throw new Error(`No fault but ${String(thrown)}`)
}

test('it says what it does in the words that people look for', async () => {
  const bench = await brokerBench({ 'broker.id': '3' })
  await bench[Symbol.asyncDispose]()
  const said = bench.said.of('info')
  expect(said).toContain('[KafkaServer id=3] started')
  expect(said).toContain(`Awaiting socket connections on 127.0.0.1:${bench.port}.`)
  expect(said).toContain(`Cluster ID = ${bench.broker.clusterId}`)
  expect(said.at(-1)).toBe('[KafkaServer id=3] shut down completed')
})

test('stopping is safe twice, and what was stored is there at the next start', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
  await Promise.all([bench.broker.stop(), bench.broker.stop()])
  await peer.closed
  await using second = await bench.again()
  expect((await (await second.peer()).produce('t', batchOf(['b']))).baseOffset).toBe(1)
  expect(second.broker.clusterId).toBe(bench.broker.clusterId)
})

test('a port that another broker has is told as such, one that something else has, too', async () => {
  await using bench = await brokerBench()
  const taken = { listeners: `PLAINTEXT://127.0.0.1:${bench.port}`, 'log.dirs': '/logs' }
  const start = (embedded: boolean) => startBroker(brokerConfig(taken), { disk: new FakeDisk(), embedded })
  const kafka = await faultOf(start(true))
  expect(kafka.code).toBe('LISTENER_TAKEN')
  expect(kafka.message).toContain('a Kafka broker answers there')
  expect(kafka.hint).toMatch(/^Stop what runs there, such as an earlier npm start; or leave --broker away/)
  expect((await faultOf(start(false))).hint).not.toContain('--broker')

  await using other = createServer((socket) => socket.resume().end('220 mail here\r\n'))
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const mail = await faultOf(startBroker(brokerConfig({ ...taken, listeners: `PLAINTEXT://127.0.0.1:${port}` }), { disk: new FakeDisk(), embedded: true })) // prettier-ignore
  expect(mail.message).toContain('something that is no Kafka broker answers there')
  expect(mail.hint).not.toContain('--broker')
})

test('a folder that another broker has open is refused, or one of a version that nobody knows, and nothing stays open', async () => {
  await using bench = await brokerBench()
  const config = brokerConfig({ listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': '/logs' })
  const here = { disk: bench.disk, processes: fakeProcess(99, new Map([[1, 'started 1'], [2, 'started 2'], [3, 'started 3'], [4, 'started 4'], [5, 'started 5']])) } // prettier-ignore
  expect((await faultOf(startBroker(config, here))).code).toBe('FOLDER_LOCKED')
  const foreign = new FakeDisk()
  foreign.makeFolder('/logs')
  foreign.plant('/logs/meta.properties', Buffer.from('#Mon Jan 01\nversion=2\nnode.id=0\ncluster.id=abc\n'))
  expect((await faultOf(startBroker(config, { disk: foreign, processes: fakeProcess(7) }))).code).toBe('LOG_FOLDER_FOREIGN') // prettier-ignore
})

test('the pid file names the process that runs the broker, and goes with it', async () => {
  const bench = await brokerBench()
  const alive = new Map<number, string>()
  const processes = fakeProcess(4711, alive)
  const disk = new FakeDisk()
  const broker = await startBroker(brokerConfig({ listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': '/logs' }), { disk, processes, embedded: true }) // prettier-ignore
  expect(runningBroker('/logs', disk, processes)).toEqual({ pid: 4711, embedded: true })
  alive.set(4711, 'another process with this number')
  expect(runningBroker('/logs', disk, processes)).toBeUndefined()
  alive.set(4711, 'started 4711')
  await broker.stop()
  expect(runningBroker('/logs', disk, processes)).toBeUndefined()
  await bench[Symbol.asyncDispose]()
})
