import { expect, it } from 'vitest'
import { Child } from '../support/child.ts'
import { root } from '../tidy/tree.ts'

it('npm test says what it leaves out and how to run that, also of a part of the tests', async () => {
  await using child = new Child('npm', ['test', '--', 'src/base/told.test.ts'], { cwd: root })
  expect(await child.exited, child.output).toBe(0)
  expect(String(child.stderr)).toMatch(/^Left out: .*root \(npm run test:faults\).*\(npm run interop\).*\.ci\/run$/m)
})
