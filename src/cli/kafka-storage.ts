/**
 * kafka-storage.sh: what a KRaft guide does before the first start. Our broker makes its log folders itself; `format` writes down whose they are beforehand, so that they
 * get the cluster id that was asked for.
 */
import { loadBrokerConfig } from '../broker/config-file.ts'
import { readMeta, writeMeta } from '../broker/log/meta-properties.ts'
import { newUuid } from '../broker/topics/identity.ts'
import { realDisk } from '../io/disk.ts'
import { makeDurableFolder } from '../io/durable-folder.ts'
import { realRandom } from '../io/random.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { kafkaTool } from './kafka-tool.ts'

const quiet = (names: readonly [string, ...string[]]): JoptOption => ({ names, doc: 'Means nothing on one broker.' })
const quietValue = (names: readonly [string, ...string[]]): JoptOption => ({
  ...quiet(names),
  value: 'String',
  repeatable: true,
})

const options: readonly JoptOption[] = [
  { names: ['config', 'c'], value: 'String: file', doc: 'info, format: the server.properties.' },
  { names: ['cluster-id', 't'], value: 'String: id', doc: 'format: the id of the cluster, as random-uuid prints one.' },
  { names: ['ignore-formatted', 'g'], doc: 'format: folders that are formatted already stay as they are.' },
  ...[['standalone', 's'], ['no-initial-controllers', 'N']].map(([name = '', short = '']) => quiet([name, short])), // prettier-ignore
  ...[['release-version', 'r'], ['initial-controllers', 'I'], ['feature', 'f'], ['add-scram', 'S']].map(([name = '', short = '']) => quietValue([name, short])), // prettier-ignore
]

const configOf = (values: JoptValues) => {
  const { config } = loadBrokerConfig({ file: values.required('config') })
  return { folders: config.logDirs, brokerId: config.settings['broker.id'] }
}

const randomUuid = (): number => {
  process.stdout.write(`${newUuid(realRandom)}\n`)
  return exitCodes.done
}

const info = (values: JoptValues): number => {
  const found = configOf(values).folders.map((path) => ({ path, meta: readMeta(realDisk, path) }))
  const known = found.filter(({ meta }) => meta !== undefined)
  const missing = found.filter(({ meta }) => meta === undefined)
  const lines: string[] = []
  if (known.length > 0)
    lines.push(known.length === 1 ? 'Found log directory:' : 'Found log directories:', ...known.map(({ path }) => `  ${path}`), '') // prettier-ignore
  for (const { meta } of known.slice(0, 1)) {
    const values = Array.from(meta?.values ?? [], ([name, value]) => `${name}=${value}`).sort()
    lines.push(`Found metadata: {${values.join(', ')}}`, '')
  }
  if (missing.length > 0)
    lines.push(missing.length === 1 ? 'Found problem:' : 'Found problems:', ...missing.map(({ path }) => `  ${path} is not formatted.`), '') // prettier-ignore
  process.stdout.write(`${lines.join('\n')}\n`)
  return missing.length > 0 ? exitCodes.failed : exitCodes.done
}

const format = async (values: JoptValues): Promise<number> => {
  const clusterId = values.required('cluster-id')
  if (!/^[\w-]{22}$/.test(clusterId))
    throw new UsageError(`Cluster ID string ${clusterId} does not appear to be a valid UUID: kafka-storage.sh random-uuid prints one.`, false) // prettier-ignore
  const { folders, brokerId } = configOf(values)
  const formatted = folders.filter((path) => readMeta(realDisk, path) !== undefined)
  const known = formatted[0] === undefined ? undefined : readMeta(realDisk, formatted[0])
  if (formatted.length > 0 && !values.has('ignore-formatted'))
    throw new UsageError(`Log directory ${formatted[0]} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`, false) // prettier-ignore
  // the broker does not start where its folders do not agree
  if (known?.clusterId !== undefined && known.clusterId !== clusterId)
    throw new UsageError(`Log directory ${formatted[0]} belongs to the cluster ${known.clusterId}, not to ${clusterId}.`, false) // prettier-ignore
  const meta = { brokerId: brokerId >= 0 ? brokerId : (known?.brokerId ?? 0), clusterId }
  for (const path of folders) {
    if (formatted.includes(path)) continue
    makeDurableFolder(realDisk, path)
    await writeMeta(realDisk, path, meta, Date.now())
    process.stdout.write(`Formatting ${path}.\n`)
  }
  if (formatted.length === folders.length) process.stdout.write('All of the log directories are already formatted.\n')
  return exitCodes.done
}

const work = async (values: JoptValues): Promise<number> => {
  const [word = ''] = values.words
  if (word === 'random-uuid') return randomUuid()
  if (word === 'info') return info(values)
  if (word === 'format') return await format(values)
  throw new UsageError(`${word === '' ? 'A command must be given' : `invalid choice: '${word}'`} (choose from info, format, random-uuid)`) // prettier-ignore
}

export const command = kafkaTool({
  name: 'kafka-storage',
  summary: 'make a cluster id, prepare log folders, say whose they are',
  purpose: 'The Kafka storage tool.',
  options,
  work,
})
