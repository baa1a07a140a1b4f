/** `flume-ng agent -n a1 -f file …`: judges the file, says what is wrong with it in the log, and runs the agent. */
import { Fault } from '../base/faults.ts'
import { findingText } from '../config/finding.ts'
import { type Command, exitCodes } from './command.ts'
import { stampsOf } from './config-watch.ts'
import { withJvmFlags } from './java-options.ts'
import { type Judgement, judge } from './judge.ts'
import { logOptionsOf } from './log-options.ts'
import { openLog, type OpenLog } from './logging.ts'
import { type Options, parseOptions, properties } from './options.ts'
import { thrownText } from './print-thrown.ts'
import { summaries } from './summaries.ts'

const name = 'flume-ng agent'

const usage = `usage: flume-ng agent -n <name> -f <file> [options]

 -n,--name <name>          the name of this agent
 -f,--conf-file <file>     its configuration, properties or YAML; may repeat, later files win
 -c,--conf <dir>           the folder with flume-env.sh
    --no-reload-conf       do not look for changes of the configuration
    --broker [file]        bring the broker along; file is its server.properties
    --lenient              leave faulty components out, as Flume does, instead of refusing to start
    --log-format <format>  flume (default), json or pretty
 -Dproperty=value          flume.root.logger=INFO,console  flume.log.dir  flume.log.file
                           flume.monitoring.type=http  flume.monitoring.port=41414  flume.monitoring.bind
                           millrace.grace.seconds=30 (how long a stop lets the sinks drain)
 -X<flag>                  of a JVM; -Xmx sets what a memory channel may hold
 -d,--dryrun               only check the configuration
 -h,--help                 this text

Exit codes: 130 and 143 after SIGINT and SIGTERM, 1 failed, 2 wrong usage or a configuration that cannot start.
`

const wrong = (problem: string): never => {
  throw new Fault('WRONG_USAGE', { command: name, problem })
}

/** Names that Flume logs under. */
const application = 'org.apache.flume.node.Application'
const configuration = 'org.apache.flume.conf.FlumeConfiguration'

const sayFindings = ({ findings }: Judgement, options: Options, log: OpenLog): void => {
  const conf = log.named(configuration)
  for (const finding of findings) {
    const text = findingText({ ...finding, level: 'fault' })
    if (finding.level === 'note') conf.info(text)
    else if (finding.level === 'warning') conf.warn(text)
    else conf.error(options.lenient ? `${text}; it is left out` : text)
  }
}

/** Where nobody looks at a log file, a person still learns why nothing runs. */
const refuse = (judgement: Judgement, agent: string, log: OpenLog, isOnConsole: boolean): number => {
  const faults = judgement.findings.filter((finding) => finding.level === 'fault')
  const says = `Agent ${agent} cannot start: ${faults.length} fault${faults.length === 1 ? '' : 's'} in its configuration.`
  log.error(says)
  if (!isOnConsole) process.stderr.write(`${faults.map((fault) => `${findingText(fault)}\n`).join('')}${says}\n`)
  return exitCodes.usage
}

const run = async (options: Options, agent: string): Promise<number> => {
  process.env['JAVA_OPTS'] = withJvmFlags(process.env['JAVA_OPTS'], options.jvmFlags)
  const defined = properties(options)
  const asked = logOptionsOf(defined, options.logFormat)
  const isOnConsole = [asked.options.to].flat().includes('stderr')
  const log = await openLog({ ...asked.options, name: application })
  for (const word of asked.unknown) log.warn(`flume.root.logger: ${word} is neither a level nor console or LOGFILE.`)
  for (const word of options.words) log.warn(`'${word}' is no option and has no effect.`)
  const { lenient, files } = options
  const watched = options.reload ? stampsOf(files) : undefined
  const judgement = await judge({ files, agent, properties: defined, lenient })
  sayFindings(judgement, options, log)
  const plan = judgement.agents[0]?.plan
  if (plan === undefined) return refuse(judgement, agent, log, isOnConsole)
  for (const kind of ['sources', 'sinks'] as const)
    if (lenient && plan[kind].length === 0)
      log.error(
        `Agent ${agent} has no ${kind} left: ${kind === 'sources' ? 'nothing comes in' : 'what comes in stays in the channels'}.`,
      )
  if (options.dryRun) {
    log.warn('Dryrun mode enabled (will not actually initiate startup)')
    return exitCodes.done
  }
  const { runAgent } = await import('./agent-run.ts')
  try {
    return await runAgent({ plan, log, properties: defined, watched, broker: options.broker })
  } catch (thrown) {
    // The console gets it from the way out; a log file would have nothing.
    if (!isOnConsole) log.error(`Agent ${agent} ends: ${thrownText(thrown)}`)
    throw thrown
  }
}

export const command: Command = {
  name: 'agent',
  summary: summaries.agent,
  async run(argv) {
    const options = await parseOptions(name, usage, argv)
    if (options === undefined) return exitCodes.done
    if (options.files.length === 0) return wrong('no configuration was given: add -f FILE')
    return run(options, options.name ?? wrong('Missing required option: n (the name of the agent)'))
  },
}
