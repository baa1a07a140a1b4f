/** Reads `server.properties` from disk, with what the command line puts over it. */
import { readFileSync } from 'node:fs'
import { Fault, reasonOf, systemCode } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { findingText, type FileFinding } from '../config/finding.ts'
import { parseProperties } from '../config/properties.ts'
import { type BrokerConfig, overrideEntries, readBrokerConfig } from './config.ts'

/** What a broker without a file is given: as conf/server.properties says. */
export const shippedSettings: Readonly<Record<string, string>> = {
  'broker.id': '0',
  listeners: 'PLAINTEXT://127.0.0.1:9092',
  'log.dirs': 'data/kafka-logs',
  'group.initial.rebalance.delay.ms': '0',
}

export interface ConfigSources {
  /** Path of a server.properties; without it the shipped settings hold. */
  readonly file?: string | undefined
  /** Settings that win over those of the file. */
  readonly overrides?: Readonly<Record<string, string>> | undefined
}

export interface LoadedConfig {
  readonly config: BrokerConfig
  /** About single lines, for the log. */
  readonly warnings: readonly FileFinding[]
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    throw new Fault('BROKER_CONFIG_UNREADABLE', { file, problem: reasonOf(thrown) }, thrown)
  }
}

/** Throws BROKER_CONFIG_UNREADABLE, or BAD_BROKER_CONFIG with everything that is wrong. */
export const loadBrokerConfig = ({ file, overrides = {} }: ConfigSources): LoadedConfig => {
  const parsed = file === undefined ? undefined : parseProperties(textOf(file), file)
  const entries = parsed?.entries ?? overrideEntries(shippedSettings, 'the shipped settings')
  const { config, findings } = readBrokerConfig([...entries, ...overrideEntries(overrides)])
  const all = [...(parsed?.findings ?? []), ...findings]
  const faults = all.filter((finding) => finding.level === 'fault')
  if (config === undefined || faults.length > 0)
    throw new Fault('BAD_BROKER_CONFIG', { problem: faults.map(findingText).join('; ') })
  return { config, warnings: all.filter((finding) => finding.level === 'warning') }
}

/** Says what is odd about single lines of the file. */
export const sayWarnings = (warnings: readonly FileFinding[], log: Log): void => {
  for (const finding of warnings) log.warn(findingText(finding).replace(' warning:', ''))
}
