/**
 * The one real Log: pino, writing Flume's or Kafka's own line layout, or its own JSON. pino takes about 12 ms to load, so that it is loaded when
 * a log is opened and not before. Every process (and the broker's worker) opens one and names its parts with `named`.
 */
import type { Logger } from 'pino'
import type { Log } from '../base/log.ts'
import { type Destination, type RolledFile, rolledFile, stream } from './log-destinations.ts'
import { flumeConsole, flumeFile, kafkaLine, type Line, type LineLevel } from './log-layouts.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export type LogTarget = 'stderr' | 'stdout' | RolledFile

export interface LogOptions {
  /** `flume` is Flume's console layout on a stream and its file layout in a file; `json` is pino's own, `pretty` is pino-pretty's. */
  readonly layout: 'flume' | 'kafka' | 'json' | 'pretty'
  readonly level?: LogLevel
  /** One or more; standard error when nothing is said. */
  readonly to?: LogTarget | readonly LogTarget[]
  /** The name of lines that no part of its own says. */
  readonly name?: string
}

export interface OpenLog extends Log {
  /** Closes its files. Nothing may be logged afterwards. */
  close(): void
}

/** What pino leaves on a destination that asks for it by this symbol, before each write. */
const metadata = Symbol.for('pino.metadata')

interface PinoStream {
  readonly [metadata]: true
  lastLevel: number
  lastObj: Readonly<Record<string, unknown>>
  lastMsg: string | undefined
  lastLogger: object
  write(json: string): void
}

const levelName = (level: number): LineLevel => {
  if (level >= 60) return 'FATAL'
  if (level >= 50) return 'ERROR'
  if (level >= 40) return 'WARN'
  return level >= 30 ? 'INFO' : 'DEBUG'
}

interface Output {
  readonly destination: Destination
  /** What becomes of pino's own line, the JSON. */
  readonly layout: (line: Line, json: string) => string
}

const prettyLayout = async (target: LogTarget): Promise<Output['layout']> => {
  const { prettyFactory } = await import('pino-pretty')
  const isTerminal = target === 'stderr' ? process.stderr.isTTY : target === 'stdout' && process.stdout.isTTY
  const pretty = prettyFactory({ colorize: isTerminal, translateTime: 'SYS:yyyy-mm-dd HH:MM:ss,l' })
  return (_line, json) => pretty(JSON.parse(json)) ?? json
}

const layoutFor = async (options: LogOptions, target: LogTarget): Promise<Output['layout']> => {
  if (options.layout === 'json') return (_line, json) => json
  if (options.layout === 'pretty') return prettyLayout(target)
  if (options.layout === 'kafka') return kafkaLine
  return typeof target === 'string' ? flumeConsole : flumeFile
}

const destinationFor = (target: LogTarget): Destination => {
  if (target === 'stderr') return stream(2)
  return target === 'stdout' ? stream(1) : rolledFile(target)
}

const outputsOf = (options: LogOptions): Promise<Output[]> => {
  const to = options.to ?? 'stderr'
  const targets: readonly LogTarget[] = typeof to === 'object' && !('file' in to) ? to : [to]
  return Promise.all(
    targets.map(async (target) => ({ destination: destinationFor(target), layout: await layoutFor(options, target) })),
  )
}

/** The destination pino writes to: it lays each line out anew from what pino left on it, or passes pino's own line on. */
const pinoStream = (outputs: readonly Output[], names: WeakMap<object, string>): PinoStream => ({
  [metadata]: true,
  lastLevel: 0,
  lastObj: {},
  lastMsg: undefined,
  lastLogger: names,
  write(json) {
    const line = {
      timeMs: Date.now(),
      level: levelName(this.lastLevel),
      name: names.get(this.lastLogger) ?? '',
      message: this.lastMsg ?? '',
      fields: this.lastObj,
    }
    for (const { destination, layout } of outputs) destination.write(layout(line, json))
  },
})

const named = (root: Logger, names: WeakMap<object, string>, name: string): Log => {
  const logger = root.child({ name })
  names.set(logger, name)
  return {
    debug: (message, fields) => logger.debug(fields, message),
    info: (message, fields) => logger.info(fields, message),
    warn: (message, fields) => logger.warn(fields, message),
    error: (message, fields) => logger.error(fields, message),
    named: (other) => named(root, names, other),
  }
}

/** Opens a log; a log file that cannot be opened is the system's error. */
export const openLog = async (options: LogOptions): Promise<OpenLog> => {
  const outputs = await outputsOf(options)
  const names = new WeakMap<object, string>()
  const name = options.name ?? 'Application'
  const { pino } = await import('pino')
  const root = pino({ level: options.level ?? 'info', base: null }, pinoStream(outputs, names))
  return {
    ...named(root, names, name),
    close() {
      for (const { destination } of outputs) destination.close()
    },
  }
}
