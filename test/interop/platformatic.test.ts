import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Installed from '@platformatic/kafka'
import { beforeAll, describe, expect } from 'vitest'
import { bin, readTopic } from '../support/agent.ts'
import { run } from '../support/child.ts'
import { arrivals, numberedLine, numberedLines } from '../support/lines.ts'
import { root } from '../tidy/tree.ts'
import { sharedBroker } from '../support/broker.ts'
import { npmPackage } from './counterparts/npm.ts'
import { witness } from './witness.ts'

const count = 2000
const whole = { lost: [], repeated: 0, strange: [] }
const manifest = join(root, 'node_modules/@platformatic/kafka/package.json')
const { version: installed } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }
type Texts = Installed.Message<string, string, string, string>
type Library = typeof Installed

/** The one that the project is tested with, and the next major version, which is fetched. */
const libraries: readonly (readonly [version: string, load: () => Promise<Library>])[] = [
  [installed, () => import('@platformatic/kafka')],
  ['2.12.1', () => import(npmPackage('@platformatic/kafka', '2.12.1')) as Promise<Library>],
]

describe.each(libraries)('@platformatic/kafka %s against the broker', (version, load) => {
  const { bootstrap } = sharedBroker()
  let library: Library
  beforeAll(async () => {
    library = await load()
  }, 300_000)
  const does = witness('@platformatic/kafka', version)
  const base = () => ({ clientId: 'interop', bootstrapBrokers: [bootstrap()] })
  const producer = (more: object = {}): Installed.Producer<string, string, string, string> =>
    new library.Producer({ ...base(), serializers: library.stringSerializers, autocreateTopics: true, ...more })

  const read = async (groupId: string, topic: string, enough: number, mode: 'earliest' | 'committed' = 'earliest') => {
    const consumer = new library.Consumer({ ...base(), groupId, deserializers: library.stringDeserializers })
    const fallbackMode = 'earliest' as const
    const stream = await consumer.consume({ topics: [topic], mode, fallbackMode, autocommit: true, maxWaitTime: 500 })
    const found: Texts[] = []
    for await (const message of stream) {
      found.push(message)
      if (found.length === enough) break
    }
    await stream.close()
    await consumer.close()
    return found
  }
  const valuesOf = (found: readonly Texts[]): string[] => found.map(({ value }) => value)

  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)
    does(`produces and consumes with ${compression}`, async () => {
      const topic = `codec-${compression}`
      const sender = producer()
      const messages = Array.from({ length: count }, (_, n) => ({ topic, key: `k${n}`, value: numberedLine(n) }))
      await sender.send({ messages, compression })
      await sender.close()
      expect(arrivals(await readTopic(bootstrap(), topic), count)).toEqual(whole)
      expect(arrivals(valuesOf(await read(topic, topic, count)), count)).toEqual(whole)
    })

  does('a group goes on where it committed', async () => {
    const produce = (from: number, to: number): Promise<string> =>
      run(bin('kafka-console-producer.sh'), ['--bootstrap-server', bootstrap(), '--topic', 'grouped'], {
        input: numberedLines(from, to),
      })
    await produce(0, 10)
    expect(await read('goes-on', 'grouped', 10, 'committed')).toHaveLength(10)
    await produce(10, 12)
    expect(valuesOf(await read('goes-on', 'grouped', 2, 'committed'))).toEqual([numberedLine(10), numberedLine(11)])
  })

  does('creates, grows and deletes topics', async () => {
    const admin = new library.Admin(base())
    await admin.createTopics({ topics: ['admin'], partitions: 2, replicas: 1 })
    await admin.createPartitions({ topics: [{ name: 'admin', count: 5 }] })
    const metadata = await admin.metadata({ topics: ['admin'], forceUpdate: true })
    expect(metadata.topics.get('admin')?.partitionsCount).toBe(5)
    await expect(admin.createPartitions({ topics: [{ name: 'admin', count: 3 }] })).rejects.toThrow()
    await admin.deleteTopics({ topics: ['admin'] })
    expect(await admin.listTopics()).not.toContain('admin')
    await admin.close()
  })

  does('sends headers and gets them back', async () => {
    const sender = producer()
    const headers = new Map([['colour', 'red']])
    await sender.send({ messages: [{ topic: 'headers', value: 'v', timestamp: 1234567890123n, headers }] })
    await sender.close()
    const [found] = await read('headers', 'headers', 1)
    expect([found?.headers.get('colour'), found?.timestamp]).toEqual(['red', 1234567890123n])
  })

  does('produces idempotently', async () => {
    const sender = producer({ idempotent: true })
    for (let i = 0; i < 10; i++) await sender.send({ messages: [{ topic: 'idempotent', value: numberedLine(i) }] })
    await sender.close()
    expect(arrivals(await readTopic(bootstrap(), 'idempotent'), 10)).toEqual(whole)
  })

  does('finds offsets by time', async () => {
    const sender = producer()
    const messages = Array.from({ length: 10 }, (_, i) => ({ topic: 'times', value: 'v', timestamp: BigInt(1000 * (i + 1)) })) // prettier-ignore
    for (const message of messages) await sender.send({ messages: [message] })
    await sender.close()
    const consumer = new library.Consumer({ ...base(), groupId: 'times', deserializers: library.stringDeserializers })
    const found = await consumer.listOffsetsWithTimestamps({ topics: ['times'], timestamp: 4500n })
    expect(found.get('times')?.get(0)).toMatchObject({ offset: 4n, timestamp: 5000n })
    await consumer.close()
  })

  does('reads committed transactions only', async () => {
    const sender = producer({ idempotent: true, transactionalId: 'tx' })
    for (const value of ['kept', 'dropped', 'kept']) {
      const transaction = await sender.beginTransaction()
      await transaction.send({ messages: [{ topic: 'transacted', value }] })
      await (value === 'kept' ? transaction.commit() : transaction.abort())
    }
    await sender.close()
    expect(valuesOf(await read('tx', 'transacted', 2))).toEqual(['kept', 'kept'])
  })
})
