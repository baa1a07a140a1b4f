/**
 * What every room may say to the operator. `src/cli` supplies the real one (pino); tests use `silentLog` or a recording one.
 * ERROR: data was lost or a person is needed. WARN: unexpected but recovered. INFO: lifecycle. Nothing is logged per event.
 */
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log under the name of another part; the name is the class column of Flume's and Kafka's line layouts. */
  named(name: string): Log
}

const nothing = (): void => {}

/** Says nothing. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, named: () => silentLog }
