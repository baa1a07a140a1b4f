/** Every command by its name, each loaded when it is called, and the way in: find the command, run it, print what it throws. */
import { Fault, type FaultCode } from '../base/faults.ts'
import { closest } from '../config/did-you-mean.ts'
import { type Command, exitCodes } from './command.ts'
import { printThrown } from './print-thrown.ts'
import { type CommandName, summaries } from './summaries.ts'

type Load = () => Promise<{ readonly command: Command }>

const loaders: Readonly<Record<CommandName, Load>> = {
  'flume-ng': () => import('./flume-ng.ts'),
  agent: () => import('./agent.ts'),
  'avro-client': () => import('./avro-client.ts'),
  check: () => import('./check.ts'),
  components: () => import('./components.ts'),
  channel: () => import('./channel.ts'),
  docs: () => import('./docs.ts'),
  example: () => import('./example.ts'),
  'kafka-server-start': () => import('./kafka-server-start.ts'),
  'kafka-server-stop': () => import('./kafka-server-stop.ts'),
  'kafka-topics': () => import('./kafka-topics.ts'),
  'kafka-configs': () => import('./kafka-configs.ts'),
  'kafka-console-producer': () => import('./kafka-console-producer.ts'),
  'kafka-console-consumer': () => import('./kafka-console-consumer.ts'),
  'kafka-consumer-groups': () => import('./kafka-consumer-groups.ts'),
  'kafka-get-offsets': () => import('./kafka-get-offsets.ts'),
  'kafka-transactions': () => import('./kafka-transactions.ts'),
  'kafka-dump-log': () => import('./kafka-dump-log.ts'),
  'kafka-delete-records': () => import('./kafka-delete-records.ts'),
  'kafka-log-dirs': () => import('./kafka-log-dirs.ts'),
  'kafka-producer-perf-test': () => import('./kafka-producer-perf-test.ts'),
  'kafka-consumer-perf-test': () => import('./kafka-consumer-perf-test.ts'),
  'kafka-e2e-latency': () => import('./kafka-e2e-latency.ts'),
  'kafka-verifiable-producer': () => import('./kafka-verifiable-producer.ts'),
  'kafka-verifiable-consumer': () => import('./kafka-verifiable-consumer.ts'),
  'kafka-broker-api-versions': () => import('./kafka-broker-api-versions.ts'),
  'kafka-leader-election': () => import('./kafka-leader-election.ts'),
  'kafka-features': () => import('./kafka-features.ts'),
  'kafka-storage': () => import('./kafka-storage.ts'),
  'kafka-acls': () => import('./kafka-acls.ts'),
  'kafka-reassign-partitions': () => import('./kafka-reassign-partitions.ts'),
  'zookeeper-server-start': () => import('./zookeeper-server-start.ts'),
  'kafka-run-class': () => import('./kafka-run-class.ts'),
  version: () => import('./version.ts'),
  help: () => import('./help.ts'),
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(loaders, name)

const unknown = (name: string): number => {
  const near = closest(name, Object.keys(summaries))
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`
  process.stderr.write(`millrace: no such command: ${name}${meant}\n\`millrace help\` lists them.\n`)
  return exitCodes.usage
}

/** Faults of whoever typed the command, not of the world. */
const usageFaults: readonly FaultCode[] = [
  'WRONG_USAGE',
  'OUTPUT_FILE',
  'AGENT_UNKNOWN',
  'CONFIG_MISSING',
  'CONFIG_UNREADABLE',
  'CONFIG_TOO_LARGE',
]

const flags: Readonly<Record<string, CommandName>> = { '--help': 'help', '-h': 'help', '--version': 'version' }

/** Runs the command that `argv` begins with; resolves with the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const [given = 'help', ...rest] = argv
  const name = flags[given] ?? given
  if (!isCommand(name)) return unknown(given)
  try {
    const { command } = await loaders[name]()
    return await command.run(rest)
  } catch (thrown) {
    printThrown(thrown)
    return thrown instanceof Fault && usageFaults.includes(thrown.code) ? exitCodes.usage : exitCodes.failed
  }
}
