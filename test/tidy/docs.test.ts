import { expect, it } from 'vitest'
import { runCli } from '../support/cli.ts'

it('the generated parts of READMEs and docs are in step with the settings', async () => {
  expect(await runCli('docs', '--check')).toEqual({ code: 0, out: '', err: '' })
})
