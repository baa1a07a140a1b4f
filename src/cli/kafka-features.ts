/** kafka-features.sh: which features the cluster has, and on which level. A broker alone is always on the highest, so there is nothing to change. */
import type { Log } from '../base/log.ts'
import { Cluster } from '../client/cluster.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-features'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
  // Of the commands that change something, so that those are answered and not their options.
  {
    names: ['feature'],
    value: 'String: feature=level',
    repeatable: true,
    doc: 'Which feature to change, and to what.',
  },
  { names: ['release-version'], value: 'String', doc: 'The release whose levels to change to.' },
  { names: ['metadata'], value: 'String', doc: 'The release whose metadata version to change to.' },
  { names: ['unsafe'], doc: 'Accepted.' },
  { names: ['dry-run'], doc: 'Accepted.' },
]

/** Of Kafka's tool, and not here. */
const changing = ['upgrade', 'downgrade', 'disable']
const explaining = ['version-mapping', 'feature-dependencies']

const describe = async (cluster: Cluster): Promise<void> => {
  const connection = await cluster.any()
  const client = { clientSoftwareName: 'millrace', clientSoftwareVersion: 'tools' }
  const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = await connection.request(apiVersions, client)
  const levels = new Map(finalizedFeatures.map((one) => [one.name, one.maxVersionLevel]))
  const epoch = finalizedFeaturesEpoch < 0 ? '-' : finalizedFeaturesEpoch
  for (const one of supportedFeatures.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    process.stdout.write(
      `Feature: ${one.name}\tSupportedMinVersion: ${one.minVersion}\tSupportedMaxVersion: ${one.maxVersion}\tFinalizedVersionLevel: ${levels.get(one.name) ?? 0}\tEpoch: ${epoch}\n`,
    )
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const [word = ''] = values.words
  if (changing.includes(word))
    throw new UsageError(`A broker alone stays on the highest level that it has: there is nothing to ${word}. \`describe\` prints the levels; for a cluster of Apache Kafka use its own kafka-features.sh.`, false) // prettier-ignore
  if (explaining.includes(word))
    throw new UsageError(`${word} is about releases of Apache Kafka, and belongs to its own kafka-features.sh; \`describe\` prints what this cluster has.`, false) // prettier-ignore
  if (word !== 'describe')
    throw new UsageError(`${word === '' ? 'A command must be given' : `invalid choice: '${word}'`} (choose from describe)`) // prettier-ignore
  using cluster = new Cluster(adminClientOf(bootstrapOf(values, name, log), 'admin', values, log))
  await describe(cluster)
  return exitCodes.done
}

export const command = kafkaTool({
  name,
  summary: 'print the features of a cluster',
  purpose: 'This tool manages feature flags in Kafka.',
  options,
  work,
})
