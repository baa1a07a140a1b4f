/** The two brokers that are compared, each started alone, with its process to be measured: ours as it was built, and Apache Kafka with its own start script's heap. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApacheKafka } from '../../interop/counterparts/apache-kafka.ts'
import { Child } from '../../support/child.ts'
import { freePort } from '../../support/port.ts'
import { root } from '../../tidy/tree.ts'

export interface MeasuredBroker extends AsyncDisposable {
  readonly name: string
  readonly bootstrap: string
  readonly pid: number
  /** From exec to serving, on an empty folder. */
  readonly readyMs: number
}

export const startMillrace = async (): Promise<MeasuredBroker> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const port = await freePort()
  const config = join(folder, 'server.properties')
  writeFileSync(
    config,
    `broker.id=0\nlisteners=PLAINTEXT://127.0.0.1:${port}\nlog.dirs=${folder}/kafka-logs\noffsets.topic.num.partitions=1\ngroup.initial.rebalance.delay.ms=0\n`,
  )
  const startMs = performance.now()
  const child = new Child(join(root, 'bin', 'kafka-server-start.sh'), [config], { cwd: folder })
  await child.printed(/started \(kafka\.server\.KafkaServer\)/)
  const readyMs = performance.now() - startMs
  return {
    name: 'Millrace',
    bootstrap: `127.0.0.1:${port}`,
    pid: child.process.pid ?? 0,
    readyMs,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const startKafka = async (): Promise<MeasuredBroker> => {
  const kafka = await startApacheKafka(['-Xmx1G', '-Xms1G'])
  return {
    name: 'Apache Kafka 4.3',
    bootstrap: kafka.bootstrap,
    pid: kafka.child.process.pid ?? 0,
    readyMs: kafka.readyMs,
    [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose](),
  }
}
