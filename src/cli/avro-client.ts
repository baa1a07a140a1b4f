/**
 * `flume-ng avro-client -H host -p port [-F file | --dirname dir] [-R headers]`: sends lines to an avro source, one event each, over Avro RPC.
 * Unlike Flume's it ends with 1 when the lines could not be delivered.
 */
import { createReadStream, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, reasonOf } from '../base/faults.ts'
import { parseProperties } from '../config/properties.ts'
import { type Headers, noHeaders } from '../flow/event.ts'
import type { AvroClient } from '../formats/avro-client.ts'
import { realClock } from '../io/clock.ts'
import { type Command, exitCodes } from './command.ts'
import { inputEvents } from './input-events.ts'
import { summaries } from './summaries.ts'

const name = 'flume-ng avro-client'

const usage = `usage: flume-ng avro-client -H <host> -p <port> [options]

 -H,--host <host>        the host of the avro source
 -p,--port <port>        its port
 -F,--filename <file>    the file whose lines are sent (default: standard input)
    --dirname <dir>      a folder whose files are sent, oldest first; each gets the suffix .COMPLETED then
 -R,--headerFile <file>  properties that become headers of every event
 -h,--help               this text

Exit codes: 0 everything was delivered, 1 it was not, 2 wrong usage.
`

/** What an avro source behind a memory channel of Flume's default size takes at once. */
const batchEvents = 100
/** How long a connection, and then each answer, is waited for. */
const timeoutMs = 20_000
const completed = '.COMPLETED'

interface Options {
  readonly host?: string
  readonly port?: string
  readonly filename?: string
  readonly dirname?: string
  readonly headerFile?: string
  readonly rpcProps?: string
  readonly help?: boolean
}

const wrong = (problem: string): never => {
  throw new Fault('WRONG_USAGE', { command: name, problem })
}

const parse = async (argv: readonly string[]): Promise<Options> => {
  const { Command: Parser, CommanderError } = await import('commander')
  const parser = new Parser(name)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  parser.option('-H, --host <host>').option('-p, --port <port>').option('-F, --filename <file>')
  parser.option('--dirname <dir>').option('-R, --headerFile <file>').option('-P, --rpcProps <file>')
  parser.option('-c, --conf <dir>').option('-D <define>').option('-X <flag>').option('-h, --help')
  try {
    return parser.parse([...argv], { from: 'user' }).opts()
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return wrong(thrown.message.replace(/^error: /, ''))
  }
}

const headersFrom = (file: string | undefined): Headers => {
  if (file === undefined) return noHeaders
  const { entries } = parseProperties(readFileSync(file, 'utf8'), file)
  return Object.freeze(Object.fromEntries(entries.map(({ key, value }) => [key, value])))
}

const portOf = (text: string): number => {
  const port = Number(text)
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : wrong(`--port ${text} is no port`)
}

/** Throws AVRO_UNREACHABLE, and WRONG_USAGE for a port that is none. */
const connected = async ({ host, port }: Options): Promise<AvroClient> => {
  if (host === undefined || port === undefined)
    return wrong('Either --rpcProps or both --host and --port must be specified.')
  const { openAvroClient } = await import('../formats/avro-client.ts')
  const timeouts = { connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs }
  return openAvroClient({ host, port: portOf(port), ...timeouts, deflateLevel: undefined, clock: realClock })
}

const send = async (input: AsyncIterable<Buffer>, headers: Headers, client: AvroClient): Promise<void> => {
  for await (const batch of inputEvents(input, headers, batchEvents)) await client.appendBatch(batch)
}

/** Files of the folder that are not sent yet, oldest first. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith(completed))
    .map((entry) => join(folder, entry.name))
    .map((path) => ({ path, modifiedMs: statSync(path).mtimeMs }))
    .toSorted((a, b) => a.modifiedMs - b.modifiedMs || a.path.localeCompare(b.path))
    .map(({ path }) => path)

const sendAll = async ({ dirname, filename }: Options, headers: Headers, client: AvroClient): Promise<void> => {
  if (dirname === undefined)
    return send(filename === undefined ? process.stdin : createReadStream(filename), headers, client)
  for (const path of filesIn(dirname)) {
    await send(createReadStream(path), headers, client)
    renameSync(path, `${path}${completed}`)
  }
}

const deliver = async (options: Options): Promise<number> => {
  const headers = headersFrom(options.headerFile)
  let isOpen = false
  try {
    await using client = await connected(options)
    isOpen = true
    await sendAll(options, headers, client)
    return exitCodes.done
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'WRONG_USAGE') throw thrown
    const what = isOpen ? 'deliver events' : 'open connection'
    process.stderr.write(`Unable to ${what} to Flume: ${reasonOf(thrown)}\n`)
    return exitCodes.failed
  }
}

export const command: Command = {
  name: 'avro-client',
  summary: summaries['avro-client'],
  async run(argv) {
    const options = await parse(argv)
    if (options.help === true) {
      process.stdout.write(usage)
      return exitCodes.done
    }
    if (options.rpcProps !== undefined)
      return wrong('--rpcProps is not there yet: name the source with --host and --port')
    if (options.filename !== undefined && options.dirname !== undefined)
      return wrong('--filename and --dirname exclude each other')
    return deliver(options)
  },
}
