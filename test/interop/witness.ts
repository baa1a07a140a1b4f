/**
 * Tests of what a foreign client does with our broker. What passes is written into compatibility.json beside this file, what fails is taken out of it:
 * docs/compatibility.md is made from that file.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { root } from '../tidy/tree.ts'

interface SeenClient {
  readonly client: string
  readonly version: string
  /** What was seen to work, in the order of the alphabet. */
  readonly passed: readonly string[]
}

const file = join(root, 'test/interop/compatibility.json')

const rows = (): SeenClient[] => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SeenClient[]) : [])

/** Versions by number: 0.10.1 comes before 0.10.2, and both before 3.9. */
const byName = (a: SeenClient, b: SeenClient): number =>
  a.client.localeCompare(b.client, 'en') || a.version.localeCompare(b.version, 'en', { numeric: true })

const note = (client: string, version: string, what: string, passes: boolean): void => {
  const all = rows()
  const before = all.find((row) => row.client === client && row.version === version)?.passed ?? []
  if (before.includes(what) === passes) return
  const passed = passes
    ? [...before, what].sort((a, b) => a.localeCompare(b, 'en'))
    : before.filter((one) => one !== what)
  const others = all.filter((row) => row.client !== client || row.version !== version)
  const changed = passed.length === 0 ? others : [...others, { client, version, passed }]
  writeFileSync(file, `${JSON.stringify(changed.toSorted(byName), undefined, 2)}\n`)
}

/** A test of one thing that a client does, whose outcome is written down. */
export type Witness = (what: string, run: () => Promise<void>) => void

/** Tests of one client in one version. */
export const witness =
  (client: string, version: string): Witness =>
  (what, run) =>
    it(`${client} ${version}: ${what}`, async () => {
      try {
        await run()
      } catch (thrown) {
        note(client, version, what, false)
        throw thrown
      }
      note(client, version, what, true)
    })
