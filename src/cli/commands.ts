/** Every command by its name, each loaded when it is called, and the way in: find the command, run it, print what it throws. */
import { closest } from '../config/did-you-mean.ts'
import { type Command, exitCodes } from './command.ts'
import { printThrown } from './print-thrown.ts'

interface Entry {
  readonly summary: string
  load(): Promise<{ readonly command: Command }>
}

/** In the order of `millrace help`. A command that is a file of `bin/` has that file's name, without `.sh`. */
export const commands: Readonly<Record<string, Entry>> = {
  'flume-ng': {
    summary: 'agent, avro-client, version, help: as in Flume',
    load: () => import('./flume-ng.ts'),
  },
  agent: { summary: 'run an agent of a Flume file', load: () => import('./agent.ts') },
  check: { summary: 'say everything that is wrong with a Flume file, with its line', load: () => import('./check.ts') },
  components: { summary: 'list the components, or the settings of one', load: () => import('./components.ts') },
  docs: { summary: 'write the settings tables of all READMEs anew, or check them', load: () => import('./docs.ts') },
  example: { summary: 'run one of the pipelines in examples/', load: () => import('./example.ts') },
  'kafka-server-start': { summary: 'run the broker alone', load: () => import('./kafka-server-start.ts') },
  'kafka-server-stop': { summary: 'stop the broker that runs alone', load: () => import('./kafka-server-stop.ts') },
  'kafka-topics': { summary: 'create, list, describe, delete topics', load: () => import('./kafka-topics.ts') },
  'kafka-console-producer': {
    summary: 'send lines from standard input',
    load: () => import('./kafka-console-producer.ts'),
  },
  'kafka-console-consumer': {
    summary: 'print the records of a topic',
    load: () => import('./kafka-console-consumer.ts'),
  },
  'kafka-get-offsets': { summary: 'print the offsets of a topic', load: () => import('./kafka-get-offsets.ts') },
  'kafka-run-class': { summary: 'run a Kafka tool by its class name', load: () => import('./kafka-run-class.ts') },
  version: { summary: 'print the version', load: () => import('./version.ts') },
  help: { summary: 'this list; `help faults` lists every fault and its cure', load: () => import('./help.ts') },
}

const unknown = (name: string): number => {
  const near = closest(name, Object.keys(commands))
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`
  process.stderr.write(`millrace: no such command: ${name}${meant}\n\`millrace help\` lists them.\n`)
  return exitCodes.usage
}

/** Runs the command that `argv` begins with; resolves with the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const [given = 'help', ...rest] = argv
  const name = given === '--help' || given === '-h' ? 'help' : given === '--version' ? 'version' : given
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) return unknown(name)
  try {
    const { command } = await entry.load()
    return await command.run(rest)
  } catch (thrown) {
    printThrown(thrown)
    return exitCodes.failed
  }
}
