/** kafka-log-dirs.sh: which partitions lie in which log folder of which broker, and how large they are, as one line of JSON in the order of Kafka's tool. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Cluster } from '../client/cluster.ts'
import { BrokerError } from '../client/errors.ts'
import { describeLogDirs } from '../protocol/messages/describe-log-dirs.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { failureText, saidOf, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-log-dirs'
const version = 1

const options: readonly JoptOption[] = [
  // `--broker-list`, elsewhere another name of this option, means the ids of brokers here
  { ...bootstrapOption, names: ['bootstrap-server'] },
  zookeeperOption,
  { names: ['describe'], doc: 'REQUIRED: Tell what lies in the log folders of brokers.' },
  {
    names: ['topic-list'],
    value: 'String: Topic list',
    doc: 'The topics to tell of, between commas; all if absent.',
  },
  {
    names: ['broker-list'],
    value: 'String: Broker list',
    doc: 'The ids of the brokers to ask, between commas; all if absent.',
  },
  { names: ['command-config'], value: 'String: Admin client property file', doc: 'A file of settings of the client.' },
]

type Folder = ResponseOf<typeof describeLogDirs>['dirs'][number]

const items = (text: string | undefined): string[] => (text ?? '').split(',').filter((item) => item !== '')

const brokersOf = (values: JoptValues): number[] => {
  const ids = items(values.one('broker-list'))
  const wrong = ids.find((id) => !/^\d+$/.test(id))
  if (wrong !== undefined) throw new UsageError(`Cannot parse argument '${wrong}' of option broker-list`, false)
  return ids.map(Number)
}

/** Those of `wanted`, or all. Throws a ToolFailure that names the ones that are not there. */
const existing = (wanted: readonly number[], cluster: Cluster): number[] => {
  const all = [...cluster.metadata.brokers.keys()]
  const missing = wanted.filter((id) => !all.includes(id))
  if (missing.length > 0)
    throw new ToolFailure(
      `ERROR: The given brokers do not exist from --broker-list: ${missing.join(',')}. Current existent brokers: ${all.join(',')}`,
    )
  return wanted.length === 0 ? all : [...wanted]
}

const partitionsOf = ({ topics }: Folder, wanted: ReadonlySet<string>): unknown[] =>
  topics
    .filter(({ topic }) => wanted.size === 0 || wanted.has(topic))
    .flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, size, offsetLag, isFuture }) => ({
        partition: `${topic}-${partition}`,
        size,
        offsetLag,
        isFuture,
      })),
    )

const folderOf = (folder: Folder, wanted: ReadonlySet<string>): unknown => ({
  partitions: partitionsOf(folder, wanted),
  error: folder.errorCode === 0 ? null : saidOf(new BrokerError(folder.dir, folder.errorCode)),
  logDir: folder.dir,
})

const describe = async (cluster: Cluster, broker: number, wanted: ReadonlySet<string>): Promise<unknown> => {
  const connection = await cluster.connection(broker)
  const { errorCode, dirs } = await connection.request(describeLogDirs, { topics: null })
  if (errorCode !== 0) throw new BrokerError(`Broker ${broker}`, errorCode)
  return { broker, logDirs: dirs.map((folder) => folderOf(folder, wanted)) }
}

const print = async (cluster: Cluster, values: JoptValues): Promise<void> => {
  const wanted = new Set(items(values.one('topic-list')))
  const asked = brokersOf(values)
  await cluster.refresh()
  const ids = existing(asked, cluster)
  process.stdout.write('Querying brokers for log directories information\n')
  const brokers = await Promise.all(ids.map((id) => describe(cluster, id, wanted)))
  process.stdout.write(`Received log directory information from brokers ${ids.join(',')}\n`)
  process.stdout.write(`${JSON.stringify({ brokers, version })}\n`)
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const bootstrap = bootstrapOf(values, name, log)
  if (!values.has('describe')) throw new UsageError('Missing required argument "[describe]"')
  try {
    using cluster = new Cluster(adminClientOf(bootstrap, name, values, log))
    await print(cluster, values)
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    process.stderr.write(`${thrown instanceof ToolFailure ? thrown.message : failureText(thrown)}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'print what lies in the log folders',
  purpose: 'This tool helps to query log directory usage on the specified brokers.',
  options,
  work,
})
