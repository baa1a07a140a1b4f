/** kafka-run-class.sh: runs a Kafka tool by the name of its Java class, in the package of any Kafka version. */
import { closest } from '../config/did-you-mean.ts'
import { type Command, exitCodes } from './command.ts'
import { answerAsked } from './usage.ts'

type Load = () => Promise<{ readonly command: Command }>

/** The tools that are there, by the name of today's class. */
const classes: Readonly<Record<string, Load>> = {
  'kafka.Kafka': () => import('./kafka-server-start.ts'),
  'org.apache.kafka.tools.TopicCommand': () => import('./kafka-topics.ts'),
  'kafka.admin.ConfigCommand': () => import('./kafka-configs.ts'),
  'org.apache.kafka.tools.ConsoleProducer': () => import('./kafka-console-producer.ts'),
  'org.apache.kafka.tools.consumer.ConsoleConsumer': () => import('./kafka-console-consumer.ts'),
  'org.apache.kafka.tools.ProducerPerformance': () => import('./kafka-producer-perf-test.ts'),
  'org.apache.kafka.tools.ConsumerPerformance': () => import('./kafka-consumer-perf-test.ts'),
  'org.apache.kafka.tools.EndToEndLatency': () => import('./kafka-e2e-latency.ts'),
  'org.apache.kafka.tools.VerifiableProducer': () => import('./kafka-verifiable-producer.ts'),
  'org.apache.kafka.tools.VerifiableConsumer': () => import('./kafka-verifiable-consumer.ts'),
  'org.apache.kafka.tools.BrokerApiVersionsCommand': () => import('./kafka-broker-api-versions.ts'),
  'org.apache.kafka.tools.LeaderElectionCommand': () => import('./kafka-leader-election.ts'),
  'org.apache.kafka.tools.DumpLogSegments': () => import('./kafka-dump-log.ts'),
  'org.apache.kafka.tools.DeleteRecordsCommand': () => import('./kafka-delete-records.ts'),
  'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand': () => import('./kafka-consumer-groups.ts'),
  'org.apache.kafka.tools.LogDirsCommand': () => import('./kafka-log-dirs.ts'),
  'org.apache.kafka.tools.GetOffsetShell': () => import('./kafka-get-offsets.ts'),
  'org.apache.kafka.tools.TransactionsCommand': () => import('./kafka-transactions.ts'),
  'org.apache.kafka.tools.FeatureCommand': () => import('./kafka-features.ts'),
  'kafka.tools.StorageTool': () => import('./kafka-storage.ts'),
  'org.apache.kafka.tools.AclCommand': () => import('./kafka-acls.ts'),
  'org.apache.kafka.tools.reassign.ReassignPartitionsCommand': () => import('./kafka-reassign-partitions.ts'),
  'org.apache.zookeeper.server.quorum.QuorumPeerMain': () => import('./zookeeper-server-start.ts'),
}

/** Tools of older Kafka whose work another command does now. */
const doneBy: Readonly<Record<string, string>> = {
  ConsumerOffsetChecker: 'kafka-consumer-groups.sh --describe --group GROUP',
  PreferredReplicaLeaderElectionCommand: 'kafka-leader-election.sh --election-type preferred --all-topic-partitions',
  SimpleConsumerShell: 'kafka-console-consumer.sh --topic TOPIC --partition N --offset N',
}

/** Tools of Kafka that have no counterpart here yet. */
const notYet: ReadonlySet<string> = new Set(['MirrorMaker', 'ReplayLogProducer', 'StreamsResetter'])

/** Packages that tools have lived in. */
const inPackage =
  /^(?:kafka(?:\.tools|\.admin)?|org\.apache\.kafka\.(?:clients\.)?tools(?:\.\w+)*|org\.apache\.zookeeper\.server\.quorum)\.(?=\w+$)/

const simpleName = (className: string): string => className.replace(inPackage, '')

const bySimpleName: ReadonlyMap<string, Load> = new Map(
  Object.entries(classes).map(([className, load]) => [simpleName(className), load]),
)

/** Words of the genuine script and of the JVM before the class, and how many follow each: they mean nothing here. */
const flagWords: Readonly<Record<string, number>> = { '-name': 1, '-loggc': 0 }
const jvmFlag = /^-(?:[DX]|server$|javaagent:)/

interface Call {
  readonly className: string | undefined
  readonly args: readonly string[]
  readonly daemon: boolean
}

const callOf = (argv: readonly string[]): Call => {
  let daemon = false
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '-daemon') daemon = true
    else if (Object.hasOwn(flagWords, word)) at += flagWords[word] ?? 0
    else if (!jvmFlag.test(word)) return { className: word, args: argv.slice(at + 1), daemon }
  }
  return { className: undefined, args: [], daemon }
}

/** The options for what ProducerPerformance of 0.8.2 took by its place: topic, records, their size, how many in a second, settings. */
const todaysWords = (className: string, args: readonly string[]): readonly string[] => {
  if (!className.startsWith('org.apache.kafka.clients.tools.') || args[0]?.startsWith('-') === true) return args
  const [topic = '', count = '', size = '', rate = '', ...settings] = args
  if (rate === '') return args
  const words = ['--topic', topic, '--num-records', count, '--record-size', size, '--throughput', rate]
  return settings.length === 0 ? words : [...words, '--producer-props', ...settings]
}

const usage = 'USAGE: kafka-run-class.sh [-daemon] [-name servicename] [-loggc] classname [opts]\n'

const knownText = (): string => {
  const known = Object.keys(classes).map((className) => `  ${className}\n`)
  return `The classes that are there, also under their older names:\n${known.join('')}`
}

const unknown = (given: string): number => {
  const simple = simpleName(given)
  const instead = Object.hasOwn(doneBy, simple) ? doneBy[simple] : undefined
  if (instead !== undefined) {
    process.stderr.write(`${given} went out of Kafka, which does its work with ${instead}\n`)
    return exitCodes.failed
  }
  const near = closest(simple, bySimpleName.keys())
  const what = notYet.has(simple)
    ? `${given} is a tool of Kafka that is not there yet.`
    : `Error: Could not find or load main class ${given}${near === undefined ? '' : ` (did you mean ${near}?)`}`
  process.stderr.write(`${what}\n${knownText()}`)
  return exitCodes.failed
}

export const command: Command = {
  name: 'kafka-run-class',
  summary: 'run a Kafka tool by its class name',
  async run(argv) {
    const { className, args, daemon } = callOf(argv)
    if (className === undefined) {
      process.stderr.write(usage)
      return exitCodes.failed
    }
    const answered = answerAsked([className], `${usage}\n${knownText()}`)
    if (answered !== undefined) return answered
    const simple = simpleName(className)
    const load = bySimpleName.get(simple)
    if (load === undefined) return unknown(className)
    if (daemon && simple !== 'Kafka') {
      process.stderr.write('-daemon is for kafka.Kafka, the broker.\n')
      return exitCodes.failed
    }
    return (await load()).command.run(daemon ? ['-daemon', ...args] : todaysWords(className, args))
  },
}
