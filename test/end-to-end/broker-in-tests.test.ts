/** The test suite of docs/testing.md, as it stands there. */
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { run } from '../support/child.ts'
import { read, root } from '../tidy/tree.ts'

it('runs as the manual has it', async () => {
  using folder = temporaryFolder()
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(read('docs/testing.md')) ?? []
  const source = pathToFileURL(join(root, 'src/broker/index.ts')).href
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  writeFileSync(join(folder.path, 'orders.test.ts'), example.replace("'millrace/broker'", `'${source}'`))
  const printed = await run(process.execPath, ['--test', '--test-reporter=tap', 'orders.test.ts'], { cwd: folder.path })
  expect(printed).toContain('# pass 1')
  expect(printed).toContain('# fail 0')
})
