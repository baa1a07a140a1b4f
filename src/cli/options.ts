/**
 * The options of `flume-ng agent` and of the commands that read agent files, as people type them: short and long, long ones with a single dash
 * (`-name a1`) or cut short where that is unambiguous (`--conf-f`), repeated -f, -D and -X attached to their values.
 */
import type { Command as Parser } from 'commander'
import { Fault } from '../base/faults.ts'
import { javaProperties } from './java-options.ts'
import { type LogFormat, logFormats } from './log-options.ts'

export interface Options {
  readonly name: string | undefined
  readonly files: readonly string[]
  /** `--conf`, the folder with `flume-env.sh`. */
  readonly conf: string | undefined
  readonly reload: boolean
  readonly lenient: boolean
  readonly logFormat: LogFormat
  /** `true` for `--broker` without a file. */
  readonly broker: string | true | undefined
  readonly javaDefines: readonly string[]
  readonly jvmFlags: readonly string[]
  readonly dryRun: boolean
  /** What is no option. */
  readonly words: readonly string[]
}

/** Flume's options that are refused by name, with what to do instead. */
const notThereYet: Readonly<Record<string, string>> = {
  zkConnString: 'keep the configuration in a file and name it with -f',
  zkBasePath: 'keep the configuration in a file and name it with -f',
  confUri: 'fetch the file first and name it with -f',
  confProvider: 'write the configuration into a file and name it with -f',
  confUser: 'fetch the file first and name it with -f',
  confPassword: 'fetch the file first and name it with -f',
  authProvider: 'fetch the file first and name it with -f',
  backupDirectory: 'the running configuration is kept when a new one is bad',
}

const longNames = [
  'name',
  'conf-file',
  'conf',
  'no-reload-conf',
  'help',
  'lenient',
  'broker',
  'log-format',
  'classpath',
  'dryrun',
  'plugins-path',
  'poll-interval',
  'zkConnString',
  'zkBasePath',
  'conf-uri',
  'conf-provider',
  'conf-user',
  'conf-password',
  'auth-provider',
  'backup-directory',
]
/** Flume's short names of more than one letter. */
const shortNames: Readonly<Record<string, string>> = { prov: 'conf-provider', user: 'conf-user', pwd: 'conf-password' }

/** The long name meant by a word, in full or cut short; undefined when it is none or more than one. */
const longName = (word: string): string | undefined => {
  if (longNames.includes(word)) return word
  const candidates = longNames.filter((name) => name.startsWith(word))
  return candidates.length === 1 ? candidates[0] : undefined
}

/** Brings a word to the one form that the parser knows. */
const normal = (word: string): string => {
  const match = /^(--?)([a-zA-Z][\w-]*)(=.*)?$/s.exec(word)
  if (match === null) return word
  const [, dashes = '', given = '', value = ''] = match
  if (dashes === '-' && (given.length === 1 || /^[DX]/.test(given))) return word
  const long = shortNames[given] ?? longName(given)
  return long === undefined ? word : `--${long}${value}`
}

const isForTheJvm = (word: string): boolean => /^-(?:agentlib|agentpath|javaagent)/.test(word)

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value]

const addOptions = (parser: Parser): Parser =>
  parser
    .option('-n, --name <agent>')
    .option('-f, --conf-file <file>', '', collect)
    .option('-c, --conf <dir>')
    .option('--no-reload-conf')
    .option('--lenient')
    .option('--log-format <format>')
    .option('--broker [file]')
    .option('-D <define>', '', collect)
    .option('-X <flag>', '', collect)
    .option('-C, --classpath <path>')
    .option('-d, --dryrun')
    .option('--plugins-path <path>')
    .option('-i, --poll-interval <seconds>')
    .option('-z, --zkConnString <hosts>')
    .option('-p, --zkBasePath <path>')
    .option('-u, --conf-uri <uri>')
    .option('--conf-provider <class>')
    .option('--conf-user <user>')
    .option('--conf-password <password>')
    .option('-a, --auth-provider <class>')
    .option('-b, --backup-directory <dir>')
    .option('-h, --help')

interface Raw {
  readonly name?: string
  readonly confFile?: readonly string[]
  readonly conf?: string
  readonly reloadConf: boolean
  readonly lenient?: boolean
  readonly logFormat?: string
  readonly broker?: string | true
  readonly D?: readonly string[]
  readonly X?: readonly string[]
  readonly dryrun?: boolean
  readonly help?: boolean
}

const refuse = (command: string, problem: string): never => {
  throw new Fault('WRONG_USAGE', { command, problem })
}

const logFormatOf = (command: string, given: string | undefined): LogFormat => {
  const found = logFormats.find((format) => format === (given ?? 'flume'))
  return found ?? refuse(command, `--log-format is one of ${logFormats.join(', ')}`)
}

/** Parses the words after a command's name. Undefined when help was asked for, and printed. Throws WRONG_USAGE. */
export const parseOptions = async (
  command: string,
  usage: string,
  argv: readonly string[],
): Promise<Options | undefined> => {
  const { Command: ParserClass, CommanderError } = await import('commander')
  const parser = addOptions(new ParserClass(command)).helpOption(false).allowExcessArguments().exitOverride()
  parser.configureOutput({ writeErr: () => undefined })
  try {
    parser.parse(argv.filter((word) => !isForTheJvm(word)).map(normal), { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    refuse(command, thrown.message.replace(/^error: /, ''))
  }
  const raw: Raw = parser.opts()
  if (raw.help === true) {
    process.stdout.write(usage)
    return undefined
  }
  for (const [key, instead] of Object.entries(notThereYet))
    if (Object.hasOwn(raw, key)) refuse(command, `--${key} is not there yet: ${instead}`)
  return {
    name: raw.name,
    files: raw.confFile ?? [],
    conf: raw.conf,
    reload: raw.reloadConf,
    lenient: raw.lenient ?? false,
    logFormat: logFormatOf(command, raw.logFormat),
    broker: raw.broker,
    javaDefines: raw.D ?? [],
    jvmFlags: raw.X ?? [],
    dryRun: raw.dryrun ?? false,
    words: parser.args,
  }
}

/** The -D properties of the command line and of the environment. */
export const properties = (options: Options): ReadonlyMap<string, string> =>
  javaProperties(options.javaDefines, process.env)
