/** A real Apache Kafka 4.3 (KRaft, one node) on loopback. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child, run } from '../../support/child.ts'
import { freePort } from '../../support/port.ts'
import { kafka43 } from './maven.ts'

const clusterId = 'AAAAAAAAQACAAAAAAAAAAA'

const properties = (port: number, controllerPort: number, dataFolder: string): string => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${dataFolder}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
`

/** Without a configuration of its own Kafka 4 logs nothing, and the line that says it serves would never come. */
const logging = `
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
`

export interface ApacheKafka extends AsyncDisposable {
  readonly bootstrap: string
  /** Its log folder. */
  readonly data: string
  readonly child: Child
  /** From exec to serving; formatting its folder came before. */
  readonly readyMs: number
}

/** Starts it and resolves when it serves. Its folder goes with it. */
export const startApacheKafka = async (heap: readonly string[] = ['-Xmx512m']): Promise<ApacheKafka> => {
  const classPath = kafka43()
  const folder = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const port = await freePort()
  const config = join(folder, 'server.properties')
  writeFileSync(config, properties(port, await freePort(), join(folder, 'data')))
  const loggingConfig = join(folder, 'log4j2.properties')
  writeFileSync(loggingConfig, logging)
  await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', config])
  const startMs = performance.now()
  const child = new Child(
    'java',
    [...heap, `-Dlog4j2.configurationFile=${loggingConfig}`, '-cp', classPath, 'kafka.Kafka', config],
    { cwd: folder },
  )
  await child.printed(/Kafka Server started/)
  const readyMs = performance.now() - startMs
  const data = join(folder, 'data')
  return {
    bootstrap: `127.0.0.1:${port}`,
    data,
    child,
    readyMs,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs one of Apache Kafka's own tools by class name and gives what it printed. */
export const kafkaTool = (tool: string, args: readonly string[], input?: string): Promise<string> =>
  run(
    'java',
    ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafka43(), tool, ...args],
    input === undefined ? {} : { input },
  )
