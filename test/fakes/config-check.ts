/** A sound agent file to be spoilt line by line, and its judgement, for the tests of the checker. */
import { expect } from 'vitest'
import { checkAgent } from '../../src/config/check.ts'
import { findingText } from '../../src/config/finding.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configRegistry } from './config-registry.ts'

export const around = { env: { SECRET: 'hunter2' }, properties: new Map<string, string>(), nowMs: 0 }

export const sound = `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = netcat
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = 44444
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.sinks.k1.type = logger
a1.sinks.k1.channel = c1
`

/** The sound agent with lines replaced (by their key) or added. */
export const withLines = (...lines: string[]): string => {
  const keyOf = (line: string): string => line.split('=')[0]?.trim() ?? ''
  const kept = sound.split('\n').map((line) => lines.find((l) => line !== '' && keyOf(l) === keyOf(line)) ?? line)
  const added = lines.filter((line) => !kept.includes(line))
  return [...kept.filter((line) => line !== ''), ...added].join('\n')
}

export const without = (key: string, text = sound): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(`${key} `))
    .join('\n')

/** The agent a1 of a text, judged: its plan, and the texts of faults and warnings. */
export const check = async (text: string, lenient = false) => {
  const { agents, findings } = await loadConfig([{ file: 'f', text }], around)
  const agent = agents.get('a1')
  const judged = agent === undefined ? undefined : checkAgent(agent, configRegistry, { lenient })
  const all = [...findings, ...(judged?.findings ?? [])]
  return {
    plan: judged?.plan,
    faults: all.filter((f) => f.level === 'fault').map(findingText),
    warnings: all.filter((f) => f.level === 'warning').map(findingText),
  }
}

export const faultsOf = async (text: string): Promise<string[]> => (await check(text)).faults
/** The warnings of a text that must have no faults. */
export const warningsOf = async (text: string): Promise<string[]> => {
  const { plan, faults, warnings } = await check(text)
  expect(faults).toEqual([])
  expect(plan).toBeDefined()
  return warnings
}
