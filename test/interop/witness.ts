/**
 * Tests of what a foreign client does with our broker. What passes is written into compatibility.json beside this file, what fails is taken out of it, and
 * docs/compatibility.md is made from it. What could not be tried, because a tool is missing or the client could not be fetched or built, leaves its line as
 * it was. Only the line of a test that is renamed or removed goes by hand.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import { root } from '../tidy/tree.ts'
import { Unprepared } from './counterparts/toolchain.ts'

/** By client, its version, and what it was seen to do. */
type Seen = Record<string, Record<string, Record<string, 'passed'>>>

const results = join(root, 'test/interop/compatibility.json')

const read = (file: string): Seen => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Seen) : {})

/** Versions by number: 0.10.1 comes before 0.10.2, and both before 3.9. What holds nothing is left out. */
const inOrder = <T extends object>(named: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(named)
      .filter(([, inner]) => Object.keys(inner).length > 0)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
  )

/** What was seen of a client and what it is able to do now, or is no longer. */
const note = (file: string, client: string, version: string, what: string, isAble: boolean): void => {
  const seen = read(file)
  const { [what]: known, ...others } = seen[client]?.[version] ?? {}
  if ((known !== undefined) === isAble) return
  const abilities = Object.entries(isAble ? { ...others, [what]: 'passed' as const } : others)
  const sorted = Object.fromEntries(abilities.sort(([a], [b]) => a.localeCompare(b, 'en')))
  const versions = inOrder({ ...seen[client], [version]: sorted })
  writeFileSync(file, `${JSON.stringify(inOrder({ ...seen, [client]: versions }), undefined, 2)}\n`)
}

/** A test of one thing that a client does, of which the outcome is written down. */
export type Witness = (what: string, run: () => Promise<void>) => void

/** Tests of one client in one version. */
export const witness =
  (client: string, version: string, file = results): Witness =>
  (what, run) =>
    it(`${client} ${version}: ${what}`, async ({ onTestFinished }) => {
      let isTried = true
      // noted at the end, since a test that takes too long fails while it still runs
      onTestFinished(({ task }) => {
        if (isTried) note(file, client, version, what, task.result?.state === 'pass')
      })
      try {
        await run()
      } catch (error) {
        isTried = !(error instanceof Unprepared)
        throw error
      }
    })
