/** What `-Dflume.root.logger`, `flume.log.dir` and `flume.log.file` ask for, in the log's own terms. */
import { join } from 'node:path'
import type { LogLevel, LogOptions, LogTarget } from './logging.ts'

export const logFormats = ['flume', 'json', 'pretty'] as const
export type LogFormat = (typeof logFormats)[number]

/** log4j's levels, any case. */
const levels: Readonly<Record<string, LogLevel>> = {
  ALL: 'trace',
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  OFF: 'silent',
}

/** The appenders of Flume's log4j.properties: `console`, and LOGFILE and DAILY, which both write the file (one roll for both here: by size). */
const targetOf = (appender: string, file: string): LogTarget | undefined => {
  if (/^console$/i.test(appender)) return 'stderr'
  return /^(?:logfile|file|daily)$/i.test(appender) ? { file } : undefined
}

export interface AskedLog {
  readonly options: LogOptions
  /** What of the property is not known, for one warning. */
  readonly unknown: readonly string[]
}

/**
 * `flume.root.logger=LEVEL,console|LOGFILE`. Without it the console is written to, unless a log folder or file was named: with Flume's own
 * log4j.properties those are what the default appender writes.
 */
export const logOptionsOf = (properties: ReadonlyMap<string, string>, format: LogFormat): AskedLog => {
  const folder = properties.get('flume.log.dir')
  const name = properties.get('flume.log.file')
  const standard = folder === undefined && name === undefined ? 'INFO,console' : 'INFO,LOGFILE'
  const [level = '', ...appenders] = (properties.get('flume.root.logger') ?? standard)
    .split(',')
    .map((word) => word.trim())
  const file = join(folder ?? './logs', name ?? 'flume.log')
  const targets = appenders.map((appender) => targetOf(appender, file))
  const known = targets.filter((target) => target !== undefined)
  return {
    options: {
      layout: format,
      level: levels[level.toUpperCase()] ?? 'info',
      to: known.length === 0 ? 'stderr' : known,
    },
    unknown: [
      ...(level.toUpperCase() in levels ? [] : [level]),
      ...appenders.filter((_, i) => targets[i] === undefined),
    ],
  }
}
