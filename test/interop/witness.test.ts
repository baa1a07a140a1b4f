/** What becomes of the lines of docs/compatibility.md: a test that passes writes its line, one that fails takes it out, one that could not be tried leaves it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { root } from '../tidy/tree.ts'

const here = join(root, 'test/interop')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')

const suite = (results: string): string => `
import { build } from ${JSON.stringify(join(here, 'counterparts/toolchain.ts'))}
import { witness } from ${JSON.stringify(join(here, 'witness.ts'))}
const does = witness('client', '1.10', ${JSON.stringify(results)})
does('works', async () => {})
does('fails', async () => { throw new Error('no') })
does('takes too long', () => new Promise(() => {}))
does('cannot be fetched', async () => build('there-is-no-such-tool', [], '.'))
`

const passed = (...abilities: readonly string[]) => Object.fromEntries(abilities.map((ability) => [ability, 'passed']))

it('a line comes when its test passes, and goes when it fails, but not for want of a tool', async () => {
  using folder = temporaryFolder()
  const results = join(folder.path, 'results.json')
  const before = {
    client: { '1.9': passed('fails'), '1.10': passed('cannot be fetched', 'fails', 'not run', 'takes too long') },
  }
  writeFileSync(results, JSON.stringify(before))
  mkdirSync(join(folder.path, 'tests'))
  writeFileSync(join(folder.path, 'tests/client.test.ts'), suite(results))
  const args = ['run', '--root', folder.path, '--testTimeout', '300', '--no-color']
  await using child = new Child(process.execPath, [vitest, ...args])
  expect(await child.exited).toBe(1)
  expect(child.output).toMatch(/3 failed \| 1 passed/)
  expect(JSON.parse(readFileSync(results, 'utf8'))).toEqual({
    client: { '1.9': passed('fails'), '1.10': passed('cannot be fetched', 'not run', 'works') },
  })
})
