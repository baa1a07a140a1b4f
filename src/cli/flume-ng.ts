/** `flume-ng COMMAND`, as Flume's launcher has it. */
import { type Command, exitCodes } from './command.ts'
import { summaries } from './summaries.ts'

const usage = `Usage: flume-ng <command> [options]...

commands:
  help                      display this help text
  agent                     run an agent
  avro-client               send lines to an avro source
  tool                      FCINTEGRITYTOOL: check the files of a file channel
  version                   show version info

agent options:
  --name,-n <name>          the name of this agent (required)
  --conf-file,-f <file>     the configuration file, properties or YAML (required; may repeat, later ones win)
  --conf,-c <conf>          the folder with flume-env.sh
  --no-reload-conf          do not look for changes of the configuration file
  -Dproperty=value          a property, such as flume.root.logger=INFO,console
  -X<flag>                  of a JVM; -Xmx sets what a memory channel may hold
  --broker [file]           bring the broker along; file is its server.properties
  --lenient                 leave faulty components out, as Flume does
  --log-format <format>     flume (default), json or pretty
  --help,-h                 display help text

avro-client options:
  --host,-H <host>          the host of the avro source
  --port,-p <port>          its port
  --filename,-F <file>      the lines to send (default: standard input)
  --dirname <dir>           a folder whose files are sent
  --headerFile,-R <file>    properties that become headers of every event
  --help,-h                 display help text

tool FCINTEGRITYTOOL options:
  --dataDirs,-l <dirs>      the data folders, between commas

\`millrace check FILE\` says what is wrong with a configuration file.
`

const commandFor = async (name: string | undefined): Promise<Command | undefined> => {
  if (name === 'node') process.stderr.write('Warning: The "node" command is deprecated. Please use "agent" instead.\n')
  if (name === 'agent' || name === 'node') return (await import('./agent.ts')).command
  if (name === 'avro-client') return (await import('./avro-client.ts')).command
  if (name === 'tool') return (await import('./integrity-tool.ts')).command
  return name === 'version' ? (await import('./version.ts')).command : undefined
}

export const command: Command = {
  name: 'flume-ng',
  summary: summaries['flume-ng'],
  async run([name, ...rest]) {
    const chosen = await commandFor(name)
    if (chosen !== undefined) return chosen.run(rest)
    const isHelp = name === 'help' || name === '--help' || name === '-h'
    if (!isHelp) process.stderr.write(`Error: Unknown or unspecified command '${name ?? ''}'\n\n`)
    process.stdout.write(usage)
    // Flume's launcher ends with 1 here.
    return isHelp ? exitCodes.done : exitCodes.failed
  },
}
