import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceConformance } from '../../test/conformance/source.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { exec } from './exec.ts'

sourceConformance('exec of tail', ({ defer }) => {
  const folder = mkdtempSync(join(tmpdir(), 'exec-'))
  defer(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'log')
  writeFileSync(file, '')
  return {
    create: (context) =>
      exec.create(valuesOf(exec.settings, { command: `tail -n +1 -s 0.01 -f ${file}`, batchTimeout: '5' }), context),
    feed: (bodies) => appendFileSync(file, bodies.map((body) => `${body}\n`).join('')),
    readsAgain: false,
  }
})
