/**
 * `flume-ng avro-client -H host -p port [-F file | --dirname dir] [-R headers]`: sends lines to an avro source, one event each, through the avro
 * sink. Unlike Flume's it ends with 1 when the lines could not be delivered.
 */
import { createReadStream, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, reasonOf } from '../base/faults.ts'
import { parseProperties } from '../config/properties.ts'
import { checkSettings } from '../config/settings-check.ts'
import { definitionFor } from '../config/type-lookup.ts'
import { type Headers, noHeaders } from '../flow/event.ts'
import type { Sink } from '../flow/sink.ts'
import { realClock } from '../io/clock.ts'
import { realDisk } from '../io/disk.ts'
import { realRandom } from '../io/random.ts'
import { Monitor } from '../monitor/counters.ts'
import { type Command, exitCodes } from './command.ts'
import { inputEvents } from './input-events.ts'
import { openLog } from './logging.ts'
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

/** The avro sink, aimed at the source. Throws WRONG_USAGE for a host or port that it does not take. */
const sinkFor = async ({ host, port }: Options): Promise<Sink> => {
  const { registry } = await import('./registry.ts')
  const definition = definitionFor(registry.sinks, 'avro')
  const sink = registry.sinks.find((one) => one === definition)
  if (sink === undefined || host === undefined || port === undefined)
    return wrong('Either --rpcProps or both --host and --port must be specified.')
  const given = Object.entries({ hostname: host, port, 'batch-size': String(batchEvents) }).map(([key, value]) => {
    return [key, { key, value, raw: value, file: name, line: 0 }] as const
  })
  const at = { key: '', value: '', raw: '', file: name, line: 0 }
  const { values, findings } = checkSettings(sink, new Map(given), { title: name, prefix: '--', at, others: [] })
  const fault = findings.find((finding) => finding.level === 'fault')
  if (fault !== undefined) wrong(fault.says)
  const log = await openLog({ layout: 'flume', level: 'warn', name: 'org.apache.flume.client.avro.AvroCLIClient' })
  const counters = new Monitor().group('SINK', 'client')
  const context = {
    agent: 'avro-client',
    name: 'client',
    log,
    counters,
    clock: realClock,
    disk: realDisk,
    random: realRandom,
  }
  return sink.create(values, context)
}

const send = async (input: AsyncIterable<Buffer>, headers: Headers, sink: Sink): Promise<void> => {
  const { signal } = new AbortController()
  for await (const batch of inputEvents(input, headers, sink.batchSize)) await sink.write(batch, signal)
}

/** Files of the folder that are not sent yet, oldest first. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith(completed))
    .map((entry) => join(folder, entry.name))
    .map((path) => ({ path, modifiedMs: statSync(path).mtimeMs }))
    .toSorted((a, b) => a.modifiedMs - b.modifiedMs || a.path.localeCompare(b.path))
    .map(({ path }) => path)

const sendAll = async ({ dirname, filename }: Options, headers: Headers, sink: Sink): Promise<void> => {
  if (dirname === undefined)
    return send(filename === undefined ? process.stdin : createReadStream(filename), headers, sink)
  for (const path of filesIn(dirname)) {
    await send(createReadStream(path), headers, sink)
    renameSync(path, `${path}${completed}`)
  }
}

const deliver = async (options: Options): Promise<number> => {
  const headers = headersFrom(options.headerFile)
  await using sink = await sinkFor(options)
  try {
    await sink.open?.(new AbortController().signal)
  } catch (thrown) {
    process.stderr.write(`Unable to open connection to Flume: ${reasonOf(thrown)}\n`)
    return exitCodes.failed
  }
  try {
    await sendAll(options, headers, sink)
  } catch (thrown) {
    process.stderr.write(`Unable to deliver events to Flume: ${reasonOf(thrown)}\n`)
    return exitCodes.failed
  }
  return exitCodes.done
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
