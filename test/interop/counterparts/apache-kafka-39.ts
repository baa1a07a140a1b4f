/** A real Apache Kafka 3.9 in ZooKeeper mode, with its ZooKeeper, on loopback. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child, run } from '../../support/child.ts'
import { freePort } from '../../support/port.ts'
import { kafka39 } from './maven.ts'

const logging = `
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
`

const zooKeeperProperties = (port: number, folder: string): string => `
tickTime=500
dataDir=${folder}
clientPort=${port}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=*
`

const brokerProperties = (port: number, zooKeeper: string, data: string, more: string): string => `
broker.id=0
zookeeper.connect=${zooKeeper}
listeners=PLAINTEXT://127.0.0.1:${port}
log.dirs=${data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
${more}`

export interface ZooKeeper extends AsyncDisposable {
  readonly address: string
  /** Makes nodes, parents first. */
  create(nodes: readonly (readonly [path: string, data: string])[]): Promise<void>
}

const java = (folder: string, heap: string, args: readonly string[]): Child => {
  const config = join(folder, 'log4j.properties')
  writeFileSync(config, logging)
  return new Child('java', [heap, `-Dlog4j.configuration=file:${config}`, '-cp', kafka39(), ...args], { cwd: folder })
}

export const startZooKeeper = async (folder: string): Promise<ZooKeeper> => {
  mkdirSync(join(folder, 'zookeeper'), { recursive: true })
  const port = await freePort()
  const config = join(folder, 'zoo.cfg')
  writeFileSync(config, zooKeeperProperties(port, join(folder, 'zookeeper')))
  const child = java(folder, '-Xmx128m', ['org.apache.zookeeper.server.quorum.QuorumPeerMain', config])
  await child.printed(/binding to port|PrepRequestProcessor \(sid:0\) started/)
  const address = `127.0.0.1:${port}`
  return {
    address,
    async create(nodes) {
      // one shell for all of them: a JVM takes seconds to start
      const input = nodes.map(([path, data]) => `create ${path} ${data}\n`).join('')
      const args = ['-Xmx64m', '-cp', kafka39(), 'org.apache.zookeeper.ZooKeeperMain', '-server', address]
      await run('java', args, { input: `${input}quit\n` })
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

export interface ApacheKafka39 extends AsyncDisposable {
  readonly bootstrap: string
  readonly child: Child
}

/** Starts a broker on the log folder `data`, with its nodes below `chroot`, and resolves when it serves. */
export const startApacheKafka39 = async (
  folder: string,
  zooKeeper: ZooKeeper,
  chroot: string,
  data: string,
  more = '',
): Promise<ApacheKafka39> => {
  const port = await freePort()
  const config = join(folder, 'server-39.properties')
  writeFileSync(config, brokerProperties(port, zooKeeper.address + chroot, data, more))
  const child = java(folder, '-Xmx384m', ['kafka.Kafka', config])
  await child.printed(/KafkaServer id=0\] started/)
  return { bootstrap: `127.0.0.1:${port}`, child, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
