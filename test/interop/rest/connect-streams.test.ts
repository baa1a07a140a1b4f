/** Kafka Connect with its file source and sink, and the word count of Kafka Streams with exactly-once. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { until } from '../../fakes/until.ts'
import { Child } from '../../support/child.ts'
import { numberedLines } from '../../support/lines.ts'
import { freePort } from '../../support/port.ts'
import { sharedBroker } from '../../support/broker.ts'
import { javaProgram } from '../counterparts/java.ts'
import { kafkaConnect, kafkaStreams } from '../counterparts/maven.ts'
import { has } from '../counterparts/toolchain.ts'
import { clientProgram } from '../program.ts'
import { witness } from '../witness.ts'

const version = '4.3.1'

describe.runIf(has('javac', 'Kafka Streams'))('Kafka Streams', () => {
  const { bootstrap, folder } = sharedBroker()
  const prepare = (at: string) => javaProgram('WordCount', version, kafkaStreams(version), [at, join(folder, 'state')])
  clientProgram({ client: 'Kafka Streams', version, abilities: ['Streams counts words exactly once'], prepare }, bootstrap) // prettier-ignore
})

describe.runIf(has('javac', 'Kafka Connect'))('Kafka Connect, standalone', () => {
  const { bootstrap, folder } = sharedBroker()
  const does = witness('Kafka Connect (file source and sink)', version)

  const file = (name: string, lines: Readonly<Record<string, string>>): string => {
    const path = join(folder, name)
    writeFileSync(path, Object.entries(lines).map(([key, value]) => `${key}=${value}\n`).join('')) // prettier-ignore
    return path
  }

  const start = async (): Promise<Child> => {
    const converter = 'org.apache.kafka.connect.storage.StringConverter'
    const worker = file('worker.properties', {
      'bootstrap.servers': bootstrap(),
      'key.converter': converter,
      'value.converter': converter,
      'offset.storage.file.filename': join(folder, 'connect.offsets'),
      'offset.flush.interval.ms': '500',
      listeners: `http://127.0.0.1:${await freePort()}`,
    })
    const common = { 'tasks.max': '1', topic: 'connected', topics: 'connected' }
    const source = file('source.properties', { ...common, name: 'in', 'connector.class': 'FileStreamSource', file: join(folder, 'in.txt') }) // prettier-ignore
    const sink = file('sink.properties', { ...common, name: 'out', 'connector.class': 'FileStreamSink', file: join(folder, 'out.txt') }) // prettier-ignore
    const main = 'org.apache.kafka.connect.cli.ConnectStandalone'
    return new Child('java', ['-Xmx256m', '-cp', kafkaConnect(version), main, worker, source, sink], { cwd: folder })
  }

  does('takes a file through a topic into a file, and goes on where it stopped', async () => {
    const [from, to] = [join(folder, 'in.txt'), join(folder, 'out.txt')]
    writeFileSync(from, numberedLines(0, 1000))
    const arrived = (count: number) => (): boolean => existsSync(to) && readFileSync(to, 'utf8') === numberedLines(0, count) // prettier-ignore
    const first = await start()
    await until(arrived(1000), 'the first lines', 120_000)
    await first.stop()
    appendFileSync(from, numberedLines(1000, 1100))
    const second = await start()
    await until(arrived(1100), 'the lines after the restart', 120_000)
    await second.stop()
    expect(readFileSync(to, 'utf8')).toBe(numberedLines(0, 1100))
  })
})
