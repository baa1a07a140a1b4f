/** Agent files of the project, spoilt at random, against the real components: whatever stands in a file, the check ends with findings and never throws. */
import * as fc from 'fast-check'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../test/tidy/tree.ts'
import { checkAgent } from '../config/check.ts'
import { loadConfig } from '../config/load.ts'
import { registry } from './registry.ts'

const files = globSync(['{conf,examples/*}/*.properties', '{sources,channels,sinks}/*/example.properties'], {
  cwd: root,
})
const lines = files
  .filter((file) => !file.endsWith('server.properties'))
  .map((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  )

const around = { env: {}, properties: new Map<string, string>(), nowMs: 0 }

/** One change to a file's lines. */
type Spoil = (text: readonly string[]) => readonly string[]

const at = (n: number, text: readonly string[]): number => (text.length === 0 ? 0 : n % text.length)

const value = fc.oneof(
  fc.constantFrom(
    '',
    'true',
    '-1',
    '99999999999999999999',
    'c1',
    'c1,c2',
    'r1 k1',
    'memory',
    'constructor',
    '__proto__',
    '${env:X}',
    '*',
    '(',
    '%{a}',
    '/',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  fc.nat().map((n) => (text: readonly string[]) => text.toSpliced(at(n, text), 1)),
  fc.tuple(fc.nat(), value).map(
    ([n, v]) =>
      (text: readonly string[]) =>
        text.with(at(n, text), `${text[at(n, text)]?.split('=')[0]}= ${v}`),
  ),
  fc.tuple(fc.nat(), value).map(([n, v]) => (text: readonly string[]) => [
    ...text,
    `${text[at(n, text)]?.split(' ')[0]}.${v} = ${v}`,
  ]),
  fc.tuple(fc.nat(), fc.nat(), value).map(([n, m, v]) => (text: readonly string[]) => {
    const line = text[at(n, text)] ?? ''
    const cut = line.length === 0 ? 0 : m % line.length
    return text.with(at(n, text), line.slice(0, cut) + v + line.slice(cut + 1))
  }),
)

describe('check', () => {
  it('never throws, and has a plan exactly when nothing is a fault', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lines),
        fc.array(spoil, { minLength: 1, maxLength: 6 }),
        async (text, spoils) => {
          const spoilt = spoils.reduce(
            (before, one) => (before.length === 0 ? before : one(before)),
            text as readonly string[],
          )
          const { agents } = await loadConfig([{ file: 'f', text: spoilt.join('\n') }], around)
          for (const agent of agents.values()) {
            const strict = checkAgent(agent, registry)
            const faults = strict.findings.filter((f) => f.level === 'fault')
            if (strict.plan !== undefined) expect(faults).toEqual([])
            const { plan } = checkAgent(agent, registry, { lenient: true })
            if (faults.length === 0) expect(plan).toEqual(strict.plan)
            for (const source of plan?.sources ?? [])
              for (const channel of source.channels) expect(plan?.channels.map((c) => c.name)).toContain(channel)
            for (const sink of plan?.sinks ?? []) expect(plan?.channels.map((c) => c.name)).toContain(sink.channel)
            for (const group of plan?.groups ?? [])
              for (const sink of group.sinks) expect(plan?.sinks.map((s) => s.name)).toContain(sink)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
