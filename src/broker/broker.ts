/**
 * The broker put together: log folders, topics, groups and listeners, started in that order and stopped in the other. It needs nothing of the
 * process around it, so that it runs alone, in a worker thread of an agent, or in a test.
 */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { silentLog } from '../base/log.ts'
import { type Clock, realClock } from '../io/clock.ts'
import { type Disk, realDisk } from '../io/disk.ts'
import { listen, type Listener } from '../io/listen.ts'
import { type Processes, realProcesses } from '../io/processes.ts'
import { type Random, realRandom } from '../io/random.ts'
import { dispatcher } from './api/dispatch.ts'
import { FetchSessions } from './api/fetch-sessions.ts'
import type { Services } from './api/handler.ts'
import { handlers, served } from './api/index.ts'
import { ProducerIds } from './api/producer-ids.ts'
import { startCompaction } from './compaction.ts'
import type { BrokerConfig } from './config.ts'
import { openRunning, type Running } from './config-live.ts'
import { GroupCoordinator } from './groups/coordinator.ts'
import type { Endpoint } from './listeners.ts'
import { LogLevels } from './log-levels.ts'
import { ClientQuotas } from './quotas/client-quotas.ts'
import { ConnectionRates } from './quotas/connection-rates.ts'
import { writePidFiles } from './pid-file.ts'
import { BufferPool } from './server/buffer-pool.ts'
import { Connections, openPort } from './server/connections.ts'
import { PeerWarnings } from './server/peer-warnings.ts'
import { sayIdleOfAll } from './topic-notices.ts'
import { openTopicStore, type TopicStore } from './topics/topic-store.ts'
import { TransactionCoordinator } from './transactions/coordinator.ts'
import { whoAnswers } from './who-answers.ts'

/** Everything has the real thing for its default, except the log, which says nothing. */
export interface BrokerPorts {
  readonly log?: Log
  readonly clock?: Clock
  readonly disk?: Disk
  readonly random?: Random
  readonly processes?: Processes
  /** Inside an agent's process. */
  readonly embedded?: boolean
  /** Threads of this process in which a broker died without letting its folders go. */
  readonly deadThreads?: readonly number[]
}

export interface RunningBroker extends AsyncDisposable {
  readonly brokerId: number
  readonly clusterId: string
  /** What it listens on, with the ports that the system chose. */
  readonly addresses: readonly Endpoint[]
  /** Resolves when it cannot go on: none of its log folders is left. It is to be stopped then. */
  readonly failed: Promise<Fault>
  /** Ends connections, syncs and closes the logs. Safe twice. */
  stop(): Promise<void>
}

/** All connections of the thread read into it; what a read leaves is moved away. */
const READ_BYTES = 512 * 1024

type Ports = Required<Omit<BrokerPorts, 'embedded' | 'deadThreads'>>

const withDefaults = (ports: BrokerPorts): Ports => ({
  log: ports.log ?? silentLog,
  clock: ports.clock ?? realClock,
  disk: ports.disk ?? realDisk,
  random: ports.random ?? realRandom,
  processes: ports.processes ?? realProcesses,
})

/**
 * Starts a broker and resolves when it serves. Throws LISTENER_TAKEN (saying what answers there), CANNOT_BIND, Faults about the log folders, and the
 * disk's errors; nothing is left behind then.
 */
export const startBroker = async (file: BrokerConfig, given: BrokerPorts = {}): Promise<RunningBroker> => {
  const logLevels = new LogLevels()
  const ports = withDefaults({ ...given, log: logLevels.over(given.log ?? silentLog) })
  const server = ports.log.named('kafka.server.KafkaServer')
  server.info('starting')
  sayNotices(file, ports.log)
  for (const endpoint of file.bound) if (endpoint.port !== 0) await mustBeFree(endpoint, given.embedded === true)
  await using opened = new AsyncDisposableStack()
  let pidFiles: Disposable | undefined
  // Taken away last: while it is there, the broker is still closing its logs.
  opened.defer(() => pidFiles?.[Symbol.dispose]())
  const running = openRunning(file, { disk: ports.disk, log: ports.log.named('kafka.server.DynamicBrokerConfig') })
  const { config } = running
  const failure = Promise.withResolvers<Fault>()
  const topics = opened.use(await openTopics(config, ports, given.deadThreads ?? [], failure.resolve))
  config.onChange(() => topics.followBroker())
  sayIdleOfAll(topics.list(), ports.log)
  server.info(`Cluster ID = ${topics.clusterId}`)
  opened.use(startCompaction(config, ports, topics.folders))
  const groups = opened.use(
    new GroupCoordinator({ ...ports, settings: config.settings, topics, own: running.store.changes.groups }),
  )
  groups.load()
  const producerIds = producerIdsOf(ports, topics)
  const newProducerId = (): number | Promise<number> => producerIds.next()
  const transactions = opened.use(
    new TransactionCoordinator({ ...ports, settings: config.settings, topics, newProducerId, listener: groups }),
  )
  transactions.load()
  const pool = opened.use(new BufferPool(ports.clock))
  const addresses: Endpoint[] = []
  const quotas = new ClientQuotas(running.store.changes.quotas, config.settings, ports.clock)
  const rooms = { ...running, quotas, logLevels, topics, groups, transactions, producerIds, pool }
  const broker = services(rooms, ports, addresses)
  const connections = opened.use(connectionsOf(ports, broker))
  for (const endpoint of config.bound) {
    const listener = opened.use(await openPort(endpoint, connections, config.settings['socket.listen.backlog.size']))
    addresses.push({ ...endpoint, port: listener.port })
    sayListening(listener, ports.log)
  }
  pidFiles = writePidFiles(config.logDirs, given.embedded === true, ports.disk, ports.processes)
  const { brokerId, clusterId } = topics
  server.info(`[KafkaServer id=${brokerId}] started`)
  return stoppable({ brokerId, clusterId, addresses, failed: failure.promise }, opened.move(), server)
}

const stoppable = (
  facts: Pick<RunningBroker, 'brokerId' | 'clusterId' | 'addresses' | 'failed'>,
  opened: AsyncDisposableStack,
  log: Log,
): RunningBroker => {
  let stopped: Promise<void> | undefined
  const shutDown = async (): Promise<void> => {
    log.info(`[KafkaServer id=${facts.brokerId}] shutting down`)
    await opened.disposeAsync()
    log.info(`[KafkaServer id=${facts.brokerId}] shut down completed`)
  }
  const stop = (): Promise<void> => (stopped ??= shutDown())
  return { ...facts, stop, [Symbol.asyncDispose]: stop }
}

const sayNotices = ({ notices }: BrokerConfig, log: Log): void => {
  const config = log.named('kafka.server.KafkaConfig')
  for (const { level, says } of notices) config[level](says)
}

const sayListening = ({ host, port }: Listener, log: Log): void =>
  log.named('kafka.network.Acceptor').info(`Awaiting socket connections on ${host}:${port}.`)

/** Found before anything is opened, so that the reason given is the port and not the lock of the broker that has it. */
const mustBeFree = async ({ host, port }: Endpoint, embedded: boolean): Promise<void> => {
  try {
    const probe = await listen({ host, port, accept: (socket) => void socket.destroy() })
    await probe[Symbol.asyncDispose]()
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'PORT_IN_USE') throw thrown
    const answers = await whoAnswers(host, port)
    const advice = adviceFor(answers === 'a Kafka broker', embedded)
    throw new Fault('LISTENER_TAKEN', { address: `${host}:${port}`, answers, advice }, thrown)
  }
}

const adviceFor = (isKafka: boolean, embedded: boolean): string => {
  if (isKafka && embedded)
    return 'Stop what runs there, such as an earlier npm start; or leave --broker away, where it was given, to use the broker that runs there; or give this one another port in listeners.'
  return 'Stop it, or give this broker another port in listeners of server.properties.'
}

const openTopics = (
  config: BrokerConfig,
  ports: Ports,
  deadThreads: readonly number[],
  allFailed: (fault: Fault) => void,
): Promise<TopicStore> =>
  openTopicStore({
    ...ports,
    log: ports.log.named('kafka.log.LogManager'),
    folders: config.logDirs,
    brokerId: config.settings['broker.id'],
    partitionsDefault: config.settings['num.partitions'],
    given: config.given,
    recoveryCheckpointMs: config.settings['log.flush.offset.checkpoint.interval.ms'],
    startCheckpointMs: config.settings['log.flush.start.offset.checkpoint.interval.ms'],
    retentionCheckMs: config.settings['log.retention.check.interval.ms'],
    firstCheckMs: config.settings['log.initial.task.delay.ms'],
    producerExpirationMs: () => config.settings['producer.id.expiration.ms'],
    producerCheckMs: config.settings['producer.id.expiration.check.interval.ms'],
    deadThreads,
    allFailed,
  })

const producerIdsOf = ({ clock, disk }: Ports, topics: TopicStore): ProducerIds =>
  new ProducerIds({
    disk,
    folders: () => topics.folders.filter(({ isOffline }) => !isOffline).map(({ path }) => path),
    isComplete: topics.unreadable.length === 0,
    clock,
    isUsed: topics.list().length > 0,
  })

/** What is made before there are listeners, and is handed on as it is. */
type Rooms = Running &
  Pick<Services, 'quotas' | 'logLevels' | 'topics' | 'groups' | 'transactions' | 'producerIds' | 'pool'>

const services = (rooms: Rooms, ports: Ports, addresses: readonly Endpoint[]): Services => {
  const { clock, random } = ports
  const { config } = rooms
  return {
    ...ports,
    ...rooms,
    brokerId: rooms.topics.brokerId,
    fetchSessions: new FetchSessions(config.settings['max.incremental.fetch.session.cache.slots'], clock, random),
    served,
    endpointOf(name) {
      const told = config.advertised.get(name)
      const bound = addresses.find((address) => address.name === name)
      return { name, host: told?.host ?? '', port: told?.port === 0 ? (bound?.port ?? 0) : (told?.port ?? 0) }
    },
  }
}

const connectionsOf = (ports: Ports, broker: Services): Connections => {
  const { config, quotas, pool } = broker
  const { settings } = config
  const rates = new ConnectionRates(config, quotas.table, ports.clock)
  const log = ports.log.named('kafka.network.Processor')
  return new Connections(
    {
      get connectionsMax() {
        return settings['max.connections']
      },
      get connectionsPerAddressMax() {
        return settings['max.connections.per.ip']
      },
      get connectionsPerAddress() {
        return config.connectionsPerAddress
      },
      idleMsMax: settings['connections.max.idle.ms'],
      pace: (address) => rates.made(address),
    },
    {
      serve: dispatcher(handlers, broker),
      shared: Buffer.allocUnsafeSlow(READ_BYTES),
      pool,
      frameBytesMax: settings['socket.request.max.bytes'],
      clock: ports.clock,
      log,
      warnings: new PeerWarnings(log, ports.clock),
    },
  )
}
