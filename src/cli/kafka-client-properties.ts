/** The client settings that a tool was given: a properties file, and `name=value` pairs that win over it. */
import { readFileSync } from 'node:fs'
import { reasonOf } from '../base/faults.ts'
import { type Log, silentLog } from '../base/log.ts'
import { type ClientPart, commonRows } from '../client/common-settings.ts'
import type { ClientOptions } from '../client/options.ts'
import { applySettings, type SettingFinding, type SettingRows } from '../client/setting-rows.ts'
import { parseProperties } from '../config/properties.ts'
import { type JoptValues, UsageError } from './jopt.ts'
import { clientOf } from './kafka-bootstrap.ts'

const fileSettings = (file: string): (readonly [string, string])[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(thrown)}`, false)
  }
  return parseProperties(text, file).entries.map(({ key, value }) => [key, value] as const)
}

/** Settings by name, from the options of these names. Throws a UsageError for a file that cannot be read. */
export const clientProperties = (
  values: JoptValues,
  fileOption: string,
  pairsOption?: string,
): ReadonlyMap<string, string> => {
  const file = values.one(fileOption)
  return new Map([
    ...(file === undefined ? [] : fileSettings(file)),
    ...(pairsOption === undefined ? [] : values.pairs(pairsOption)),
  ])
}

/** A setting that cannot be, as Kafka's clients refuse it. */
export const badSetting = (setting: string, value: string, says: string): UsageError =>
  new UsageError(
    `org.apache.kafka.common.config.ConfigException: Invalid value ${value} for configuration ${setting}: ${says}`,
    false,
  )

/**
 * Warns of settings that nobody knows; those that Kafka's client has and that mean nothing here are accepted without a word, as tools are given
 * whatever files lie about. Throws a UsageError for one that cannot be.
 */
export const sayFindings = <Into>(
  findings: readonly SettingFinding[],
  given: ReadonlyMap<string, string>,
  rows: SettingRows<Into>,
  log: Log,
): void => {
  for (const { level, setting, says, hint } of findings) {
    const advice = hint === undefined ? '' : `. ${hint}`
    if (level === 'fault') throw badSetting(setting, given.get(setting) ?? '', `${says}${advice}`)
    if (!Object.hasOwn(rows, setting)) log.warn(`${setting}: ${says}${advice}`)
  }
}

/** What an admin tool's client starts from: its bootstrap, and the settings of `--command-config`; `log` hears of a broker that is waited for. Throws a UsageError. */
export const adminClientOf = (bootstrap: string, clientId: string, values: JoptValues, log: Log): ClientOptions => {
  const given = clientProperties(values, 'command-config')
  const into: ClientPart = { client: {} }
  const findings = applySettings(given, commonRows, into)
  // Admin clients have settings that others have not: those are accepted like the ones that mean nothing here.
  const faults = findings.filter(({ level }) => level === 'fault')
  sayFindings(faults, given, commonRows, silentLog)
  const first = clientOf(bootstrap, clientId, log)
  return { ...first, ...into.client, bootstrap: first.bootstrap }
}
