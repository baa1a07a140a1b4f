/**
 * Tests of what a foreign client does with our broker. What passes is written into compatibility.json beside this file; docs/compatibility.md is made from
 * it. What fails fails the run and changes nothing there: a line goes by hand, with the test that wrote it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { root } from '../tidy/tree.ts'

/** By client, its version, and what it was seen to do. */
type Seen = Record<string, Record<string, Record<string, 'passed'>>>

const file = join(root, 'test/interop/compatibility.json')

const read = (): Seen => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Seen) : {})

/** Versions by number: 0.10.1 comes before 0.10.2, and both before 3.9. What holds nothing is left out. */
const inOrder = <T extends object>(named: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(named)
      .filter(([, inner]) => Object.keys(inner).length > 0)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
  )

const note = (client: string, version: string, what: string): void => {
  const seen = read()
  const abilities = { ...seen[client]?.[version] }
  if (what in abilities) return
  abilities[what] = 'passed'
  const sorted = Object.fromEntries(Object.entries(abilities).sort(([a], [b]) => a.localeCompare(b, 'en')))
  const versions = inOrder({ ...seen[client], [version]: sorted })
  writeFileSync(file, `${JSON.stringify(inOrder({ ...seen, [client]: versions }), undefined, 2)}\n`)
}

/** A test of one thing that a client does, which is written down when it passes. */
export type Witness = (what: string, run: () => Promise<void>) => void

/** Tests of one client in one version. */
export const witness =
  (client: string, version: string): Witness =>
  (what, run) =>
    it(`${client} ${version}: ${what}`, async () => {
      await run()
      note(client, version, what)
    })
