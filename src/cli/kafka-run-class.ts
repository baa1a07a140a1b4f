/** kafka-run-class.sh: runs a Kafka tool by the name of its Java class, in the package of any Kafka version. */
import { closest } from '../config/did-you-mean.ts'
import { type Command, exitCodes } from './command.ts'

/** Simple class names, and the commands that they stand for. */
const classes: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  GetOffsetShell: () => import('./kafka-get-offsets.ts'),
  TopicCommand: () => import('./kafka-topics.ts'),
  ConsoleProducer: () => import('./kafka-console-producer.ts'),
  ConsoleConsumer: () => import('./kafka-console-consumer.ts'),
}

/** Tools of Kafka that have no counterpart here yet. */
const notYet: readonly string[] = [
  'ConsumerGroupCommand',
  'ConsumerOffsetChecker',
  'ConfigCommand',
  'DumpLogSegments',
  'ProducerPerformance',
  'ConsumerPerformance',
  'EndToEndLatency',
  'VerifiableProducer',
  'VerifiableConsumer',
  'DeleteRecordsCommand',
  'LogDirsCommand',
  'BrokerApiVersionsCommand',
  'TransactionsCommand',
  'LeaderElectionCommand',
  'PreferredReplicaLeaderElectionCommand',
  'ReassignPartitionsCommand',
  'AclCommand',
]

const packages = /^(?:kafka\.(?:tools|admin)|org\.apache\.kafka\.tools(?:\.\w+)*)\.(?<simple>\w+)$/

/** Flags that the genuine script takes before the class name; they concern the JVM. */
const jvmFlags: Readonly<Record<string, number>> = { '-daemon': 1, '-name': 2, '-loggc': 1 }

const afterFlags = (argv: readonly string[]): readonly string[] => {
  let at = 0
  for (let words = jvmFlags[argv[at] ?? '']; words !== undefined; words = jvmFlags[argv[at] ?? '']) at += words
  return argv.slice(at)
}

const usage = 'USAGE: kafka-run-class.sh [-daemon] [-name servicename] [-loggc] classname [opts]\n'

const unknown = (given: string, simple: string): number => {
  const known = Object.keys(classes)
  const near = closest(simple, known)
  const lines = notYet.includes(simple)
    ? [`${given} is a tool of Kafka that is not there yet.`]
    : [`Error: Could not find or load main class ${given}${near === undefined ? '' : ` (did you mean ${near}?)`}`]
  lines.push(`The classes that are there: ${known.map((one) => `kafka.tools.${one}`).join(', ')}.`)
  process.stderr.write(`${lines.join('\n')}\n`)
  return exitCodes.failed
}

export const command: Command = {
  name: 'kafka-run-class',
  summary: 'run a Kafka tool by its class name',
  async run(argv) {
    const [given, ...rest] = afterFlags(argv)
    if (given === undefined) {
      process.stderr.write(usage)
      return exitCodes.failed
    }
    const simple = packages.exec(given)?.groups?.['simple'] ?? given
    const load = Object.hasOwn(classes, simple) ? classes[simple] : undefined
    if (load === undefined) return unknown(given, simple)
    return (await load()).command.run(rest)
  },
}
