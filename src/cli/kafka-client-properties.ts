/** The client settings that a tool was given: a properties file, and `name=value` pairs that win over it. */
import { readFileSync } from 'node:fs'
import type { Log } from '../base/log.ts'
import type { SettingFinding } from '../client/setting-rows.ts'
import { parseProperties } from '../config/properties.ts'
import { type JoptValues, UsageError } from './jopt.ts'

const fileSettings = (file: string): (readonly [string, string])[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`, false)
  }
  return parseProperties(text, file).entries.map(({ key, value }) => [key, value] as const)
}

/** Settings by name, from the options of these names. Throws a UsageError for a file that cannot be read. */
export const clientProperties = (
  values: JoptValues,
  fileOption: string,
  pairsOption: string,
): ReadonlyMap<string, string> => {
  const file = values.one(fileOption)
  return new Map([...(file === undefined ? [] : fileSettings(file)), ...values.pairs(pairsOption)])
}

/** Warns of settings without an effect. Throws a UsageError for one that cannot be. */
export const sayFindings = (findings: readonly SettingFinding[], log: Log): void => {
  for (const { level, setting, says, hint } of findings) {
    if (level === 'fault') throw new UsageError(`${setting}: ${says}${hint === undefined ? '' : `. ${hint}`}`, false)
    log.warn(`${setting}: ${says}.${hint === undefined ? '' : ` ${hint}`}`)
  }
}
