/**
 * The levels of the broker's loggers, which Kafka's tools may change while it runs: a logger without a level of its own has that of `root`. What is
 * let through here still meets the level of the log that the broker was given.
 */
import type { Log } from '../base/log.ts'

/** From the quietest to the most talkative. */
export const logLevels = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const
export type LogLevelName = (typeof logLevels)[number]

export const ROOT_LOGGER = 'root'

export class LogLevels {
  readonly #names = new Set<string>()
  readonly #own = new Map<string, LogLevelName>([[ROOT_LOGGER, 'INFO']])

  /** All loggers there are, root among them, in the order of their names. */
  get names(): readonly string[] {
    return [...this.#names, ROOT_LOGGER].toSorted()
  }

  level(name: string): LogLevelName {
    return this.#own.get(name) ?? this.#own.get(ROOT_LOGGER) ?? 'INFO'
  }

  set(name: string, level: LogLevelName): void {
    this.#own.set(name, level)
  }

  /** Back to the level of root. */
  unset(name: string): void {
    if (name !== ROOT_LOGGER) this.#own.delete(name)
  }

  /** A log that obeys the levels. */
  over(log: Log, name = ROOT_LOGGER): Log {
    if (name !== ROOT_LOGGER) this.#names.add(name)
    const lets = (level: LogLevelName): boolean => logLevels.indexOf(level) <= logLevels.indexOf(this.level(name))
    return {
      debug: (message, fields) => void (lets('DEBUG') && log.debug(message, fields)),
      info: (message, fields) => void (lets('INFO') && log.info(message, fields)),
      warn: (message, fields) => void (lets('WARN') && log.warn(message, fields)),
      error: (message, fields) => void (lets('ERROR') && log.error(message, fields)),
      named: (inner) => this.over(log.named(inner), inner),
    }
  }
}
