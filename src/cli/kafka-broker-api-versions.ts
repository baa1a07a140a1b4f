/** kafka-broker-api-versions.sh: which versions of each API every broker of a cluster serves, and which of them are used from here. */
import type { Log } from '../base/log.ts'
import { addressText } from '../client/address.ts'
import { Cluster } from '../client/cluster.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { apis } from '../protocol/messages/index.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { exitCodes } from './command.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-broker-api-versions'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
]

const byKey = new Map(apis.map((api) => [api.key, api]))

type Range = ResponseOf<typeof apiVersions>['apiKeys'][number]

const span = (min: number, max: number): string => (min === max ? `${min}` : `${min} to ${max}`)

const lineOf = ({ apiKey, minVersion, maxVersion }: Range): string => {
  const api = byKey.get(apiKey)
  const served = span(minVersion, maxVersion)
  if (api === undefined) return `\tUNKNOWN(${apiKey}): ${served}`
  const most = Math.min(maxVersion, api.versions[1])
  const usable = most >= Math.max(minVersion, api.versions[0]) ? `usable: ${most}` : 'unusable: node too new'
  return `\t${api.name}(${apiKey}): ${served} [${usable}]`
}

const print = async (cluster: Cluster): Promise<void> => {
  await cluster.refresh()
  for (const [id, broker] of cluster.metadata.brokers) {
    const connection = await cluster.connection(id)
    const { apiKeys } = await connection.request(apiVersions, {}, { versionMax: 0 })
    const served = new Set(apiKeys.map(({ apiKey }) => apiKey))
    const missing = apis.filter(({ key }) => !served.has(key))
    const lines = [
      ...apiKeys.toSorted((a, b) => a.apiKey - b.apiKey).map(lineOf),
      ...missing.map((api) => `\t${api.name}(${api.key}): UNSUPPORTED`),
    ]
    process.stdout.write(`${addressText(broker)} (id: ${id} rack: ${broker.rack ?? 'null'} isFenced: false) -> (\n`)
    process.stdout.write(`${lines.join(',\n')}\n)\n`)
  }
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  using cluster = new Cluster(adminClientOf(bootstrapOf(values, name, log), 'admin', values, log))
  await print(cluster)
  return exitCodes.done
}

export const command = kafkaTool({
  name,
  summary: 'print the API versions that brokers serve',
  purpose: 'This tool helps to retrieve broker version information.',
  options,
  work,
})
