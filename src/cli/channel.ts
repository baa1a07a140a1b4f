/** `millrace channel inspect|verify|export|drain DIR`: looking into the folders of a file channel, ours or a stopped Flume's. */
import { Fault } from '../base/faults.ts'
import { realDisk } from '../io/disk.ts'
import { channelFolders, type GivenFolders } from './channel/folders.ts'
import { type Command, exitCodes } from './command.ts'
import { summaries } from './summaries.ts'

const usage = `usage: millrace channel inspect|verify|export|drain DIR [options]

  inspect   what it holds, per file; also while an agent runs on it
  verify    looks at every checksum; ends with 1 and a list where something is damaged
  export    copies the events that are held, and leaves them where they are
  drain     takes them out: they are noted as delivered once they are stored; with a pipe, once the pipe has taken them

DIR is the checkpointDir, one of the dataDirs, or the folder that they all lie in. The others are found by their signs
(channel.json): those beside DIR, and the dataDirs wherever they lie, as the checkpointDir lists them; Flume's by their files.
It may hold a file channel of Millrace or one of Flume. Where several channels lie side by side, name the folders of one:
  --checkpoint DIR   its checkpointDir
  --data DIR         its dataDirs; may repeat, or name several between commas
  --backup DIR       Flume's backupCheckpointDir
  --to WHERE         for export and drain: stdout (the default), FILE.avro, another file (a line for each body), or
                     topic://host:port/topic
  --json             JSON; with export and drain a line for each event, with headers and body: only where WHERE is
                     stdout or a file of lines
  -h, --help         this text
All but inspect refuse a folder that a running agent owns.
Exit codes: 0 done, 1 failed, damaged, or events that are held could not be read; 2 wrong usage.
`

interface Options {
  readonly checkpoint?: string
  readonly backup?: string
  readonly data?: readonly string[]
  readonly to?: string
  readonly sink?: string
  readonly json?: boolean
  readonly help?: boolean
}

const wrong = (problem: string): never => {
  throw new Fault('WRONG_USAGE', { command: 'millrace channel', problem })
}

const parse = async (argv: readonly string[]): Promise<{ options: Options; words: readonly string[] }> => {
  const { Command: Parser, CommanderError } = await import('commander')
  const parser = new Parser('millrace channel')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  parser.argument('[words...]')
  parser.option('--checkpoint <dir>').option('--backup <dir>').option('--data <dirs...>')
  parser.option('--to <where>').option('--sink <where>').option('--json').option('-h, --help')
  try {
    const parsed = parser.parse([...argv], { from: 'user' })
    return { options: parsed.opts(), words: parsed.args }
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return wrong(thrown.message.replace(/^error: /, ''))
  }
}

const perform = async (action: string | undefined, given: GivenFolders, options: Options): Promise<number> => {
  const folders = channelFolders(realDisk, given)
  const json = options.json === true
  const to = options.to ?? options.sink ?? 'stdout'
  if (action === 'inspect') return (await import('./channel/inspect.ts')).inspect(folders, json)
  if (action === 'verify') return (await import('./channel/verify.ts')).verify(folders, json)
  const { exportEvents, drain } = await import('./channel/export.ts')
  return action === 'export' ? exportEvents(folders, to, json) : drain(folders, to, json)
}

const actions = ['inspect', 'verify', 'export', 'drain']

export const command: Command = {
  name: 'channel',
  summary: summaries.channel,
  async run(argv) {
    const { options, words } = await parse(argv)
    const [action, ...rest] = words
    if (options.help === true) {
      process.stdout.write(usage)
      return exitCodes.done
    }
    if (action === undefined || !actions.includes(action)) {
      process.stderr.write(usage)
      return exitCodes.usage
    }
    const { checkpoint, backup, data = [] } = options
    return perform(action, { words: rest, checkpoint, backup, data }, options)
  },
}
